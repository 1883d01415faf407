"""Nobody reaches a page without a password and a second factor, and guessing is slow."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.desk import attempts, known
from core.errors import TooManyRequests
from core.limits.models import LimitCounter
from tests.desk.people import PASSWORD, code, staff, unverified, verified, with_password, wrong_code

pytestmark = pytest.mark.django_db
WINDOW_SECONDS = 15 * 60
LOGIN, INDEX, FACTOR = reverse("admin:login"), reverse("admin:index"), reverse("admin:second_factor")
AUDIT_LIST = reverse("admin:core_auditrecord_changelist")


@pytest.fixture(autouse=True)
def within_one_window(time_machine: Any) -> None:
    """Tries are counted by the quarter of an hour: a test begins in the first minute of one, so that none turns under it."""
    now = int(clock.wall().timestamp())
    time_machine.move_to(now - now % WINDOW_SECONDS + 30, tick=True)


def log_in(client: Client, username: str, password: str = PASSWORD, **extra: str) -> object:
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def test_the_first_login_sets_the_second_factor_up_with_a_qr_code_and_only_then_opens_the_desk() -> None:
    with_password(staff("lin", "auditor"))
    client = Client()
    assert log_in(client, "lin").status_code == 302
    asked = client.get(AUDIT_LIST, follow=True)
    assert asked.redirect_chain[-1][0].startswith(FACTOR)
    page = client.get(f"{FACTOR}?next={AUDIT_LIST}").content.decode()
    device = TOTPDevice.objects.get(user__username="lin")
    assert not device.confirmed
    picture = b64decode(page.partition("data:image/svg+xml;base64,")[2].partition('"')[0])
    assert b"<svg" in picture
    assert "data-totp-key" in page
    before = client.session.session_key
    done = client.post(FACTOR, {"code": code(device), "next": AUDIT_LIST})
    assert (done.status_code, done["Location"]) == (302, AUDIT_LIST)
    assert client.session.session_key != before
    assert client.get(AUDIT_LIST).status_code == 200
    assert TOTPDevice.objects.get(user__username="lin").confirmed
    assert AuditRecord.objects.filter(act="staff.second_factor_set_up", actor="staff:lin").exists()


def test_a_login_by_the_bare_address_of_the_login_page_leads_to_the_desk() -> None:
    with_password(staff("lin", "auditor"))
    assert log_in(Client(), "lin").headers["Location"] == INDEX


def test_a_later_login_asks_for_a_code_and_never_shows_the_key_again() -> None:
    user = with_password(staff("lin", "auditor"))
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    client = Client()
    log_in(client, "lin")
    page = client.get(FACTOR).content.decode()
    assert "data-totp-key" not in page
    assert "<svg" not in page
    assert client.post(FACTOR, {"code": wrong_code(device)}).status_code == 200
    assert client.get(INDEX).status_code == 302
    device.throttle_reset()
    assert client.post(FACTOR, {"code": code(device)}).status_code == 302
    assert client.get(INDEX).status_code == 200


def test_a_code_is_used_once_and_wrong_codes_slow_the_next_try() -> None:
    user = with_password(staff("lin"))
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    first, second = unverified(user), unverified(user)
    shown = code(device)
    assert first.post(FACTOR, {"code": shown}).status_code == 302
    assert second.post(FACTOR, {"code": shown}).status_code == 200
    assert TOTPDevice.objects.get(pk=device.pk).throttling_failure_count == 1
    assert second.get(INDEX).status_code == 302


def test_the_next_page_is_never_another_site() -> None:
    user = staff("lin")
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    done = unverified(user).post(FACTOR, {"code": code(device), "next": "https://elsewhere.example/admin/"})
    assert done["Location"] == INDEX


@pytest.mark.parametrize("address", [INDEX, AUDIT_LIST, "/admin/core/approval/", "/admin/password_change/", "/admin/jsi18n/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_superuser_without_the_second_factor_reaches_nothing(address: str, method: str) -> None:
    client = unverified(staff("root", superuser=True))
    answer = getattr(client, method)(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_logging_out_works_before_the_second_factor() -> None:
    client = unverified(staff("lin"))
    assert client.post(reverse("admin:logout")).status_code in {200, 302}
    assert client.get(FACTOR)["Location"] == LOGIN


def test_someone_who_is_not_staff_does_not_get_in() -> None:
    with_password(User.objects.create(username="customer", is_staff=False))
    client = Client()
    assert "errornote" in log_in(client, "customer").content.decode() or log_in(client, "customer").status_code == 200
    assert client.get(FACTOR)["Location"] == LOGIN


def message(answer: object) -> list[str]:
    return [str(words) for words in answer.context["form"].non_field_errors()]


def test_wrong_password_and_unknown_name_answer_alike_also_when_the_tries_run_out() -> None:
    with_password(staff("lin"))
    told: dict[str, list[list[str]]] = {}
    for name in ("lin", "nobody"):
        told[name] = [message(log_in(Client(), name, "wrong password", REMOTE_ADDR=f"10.0.0.{len(name)}")) for _ in range(6)]
    assert told["lin"][0] == told["nobody"][0]
    assert told["lin"][4] == told["lin"][0]
    assert told["lin"][5] != told["lin"][0]
    assert [words[0].split(" in ")[0] for words in told["lin"][5:]] == [words[0].split(" in ")[0] for words in told["nobody"][5:]]


def test_after_five_wrong_tries_even_the_right_password_waits_from_there_but_not_from_elsewhere() -> None:
    with_password(staff("lin"))
    for _ in range(5):
        log_in(Client(), "lin", "wrong password", REMOTE_ADDR="10.0.0.9")
    assert log_in(Client(), "lin", REMOTE_ADDR="10.0.0.9").status_code == 200
    assert log_in(Client(), "lin", REMOTE_ADDR="10.0.0.10").status_code == 302


def known_browser(name: str) -> Client:
    """A browser that has passed both factors from 10.0.0.1, and logged out."""
    client, user = Client(REMOTE_ADDR="10.0.0.1"), User.objects.get(username=name)
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    assert log_in(client, name).status_code == 302
    assert client.post(FACTOR, {"code": code(device)}).status_code == 302
    assert client.post(reverse("admin:logout")).status_code in {200, 302}
    return client


def attacked(name: str) -> None:
    """Every try the account has for strangers is used up, from many addresses."""
    for number in range(attempts.CAPS["desk.login.account"]):
        attempts.count(username=name, address=f"10.9.0.{number // 4}", at=clock.wall())


def test_strangers_who_use_up_an_accounts_tries_keep_nobody_out_of_a_browser_they_know() -> None:
    with_password(staff("lin"))
    mine = known_browser("lin")
    attacked("lin")
    for _ in range(attempts.CAPS["desk.login.pair"]):
        log_in(Client(), "lin", "wrong password", REMOTE_ADDR="10.0.0.1")
    assert log_in(Client(), "lin", REMOTE_ADDR="10.0.0.2").status_code == 200
    assert log_in(mine, "lin").status_code == 302
    assert log_in(mine, "lin", REMOTE_ADDR="10.7.7.7").status_code == 302


def test_a_known_browser_has_its_own_ten_tries_and_no_more() -> None:
    with_password(staff("lin"))
    mine = known_browser("lin")
    for _ in range(attempts.CAPS["desk.login.device"]):
        log_in(mine, "lin", "wrong password")
    assert log_in(mine, "lin").status_code == 200
    assert log_in(Client(), "lin", REMOTE_ADDR="10.0.0.2").status_code == 302


def test_a_browser_known_to_one_account_is_a_stranger_to_another_and_a_forged_one_to_all() -> None:
    with_password(staff("lin"))
    with_password(staff("wei"))
    mine = known_browser("lin")
    attacked("wei")
    assert log_in(mine, "wei").status_code == 200
    forged = Client(REMOTE_ADDR="10.0.0.1")
    forged.cookies[known.COOKIE] = mine.cookies[known.COOKIE].value.replace(":lin:", ":wei:")
    assert log_in(forged, "wei").status_code == 200
    forged.cookies[known.COOKIE] = mine.cookies[known.COOKIE].value
    attacked("lin")
    assert log_in(forged, "lin").status_code == 302


def test_the_password_alone_makes_no_browser_known() -> None:
    with_password(staff("lin"))
    client = Client()
    assert log_in(client, "lin").status_code == 302
    assert known.COOKIE not in client.cookies
    client.logout()
    attacked("lin")
    assert log_in(client, "lin").status_code == 200


def test_a_right_password_gives_its_try_back() -> None:
    with_password(staff("lin"))
    for _ in range(8):
        assert log_in(Client(), "lin").status_code == 302
    assert set(LimitCounter.objects.filter(counter__startswith="desk.login").values_list("used", flat=True)) == {0}


def test_a_forged_forwarding_header_does_not_change_where_a_try_comes_from() -> None:
    with_password(staff("lin"))
    for number in range(6):
        log_in(Client(), "lin", "wrong password", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    assert log_in(Client(), "lin", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="10.2.2.2").status_code == 200


def test_spraying_one_address_over_many_accounts_stops_at_its_cap_until_the_window_turns() -> None:
    at = datetime(2026, 11, 22, 3, 3, tzinfo=UTC)
    for number in range(attempts.CAPS["desk.login.address"]):
        attempts.count(username=f"name{number}", address="10.0.0.9", at=at)
    with pytest.raises(TooManyRequests) as refused:
        attempts.count(username="one-more", address="10.0.0.9", at=at)
    assert refused.value.members["retry_after"] == 12 * 60
    attempts.count(username="one-more", address="10.0.0.9", at=at + timedelta(minutes=12))


def test_pages_with_personal_data_or_forms_are_never_cached() -> None:
    client = verified(staff("lin", "auditor"))
    for address in (INDEX, AUDIT_LIST):
        assert "no-store" in client.get(address)["Cache-Control"]
