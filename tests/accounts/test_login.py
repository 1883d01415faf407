"""Logging in over the API: codes, tries, caps, no enumeration, races."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.identity import caps, codes, messages, queries, services
from accounts.identity.codes import CodeRefused
from accounts.identity.models import Customer, DeviceSession, OneTimeCode, PhoneClaim, SandboxMessage
from accounts.identity.services import DeviceFacts
from accounts.identity.sockets import SMS, SmsNotSent
from core.clock import queries as clock
from core.errors import TooManyRequests
from core.outbox.models import OutboxEvent
from tests.factories import AT, Client, RecordingSms, api, customer, new_phone, plugged
from tests.together import together, wait_until_blocked

DEVICE = {"installation_id": "installation-1", "name": "Phone", "platform": "ios"}
FACTS = DeviceFacts("installation-1")


@pytest.fixture(autouse=True)
def sms() -> Iterator[RecordingSms]:
    with plugged(SMS, RecordingSms()) as operator:
        yield operator


def ask(phone: str, device: dict[str, str] = DEVICE) -> str:
    """Ask for a login code over the API and read it where a developer reads it."""
    answer = Client().post("/v1/accounts/sessions/codes", {"phone": phone, "device": device})
    assert answer.status_code == 202, answer.content
    found = Client().get("/sandbox/messages", {"phone": phone}).json()["items"]
    code: str = found[0]["code"]
    return code


def log_in(phone: str, code: str, device: dict[str, str] = DEVICE) -> object:
    return Client().post("/v1/accounts/sessions", {"phone": phone, "code": code, "device": device})


@pytest.mark.django_db
def test_a_first_login_registers_and_a_second_finds_the_same_customer(sms: RecordingSms) -> None:
    phone = new_phone()
    first = log_in(phone, ask(phone))
    assert (first.status_code, first.json()["registered"]) == (201, True)
    assert sms.sent[0]["mobile"] == phone
    OneTimeCode.objects.update(created_at=AT - timedelta(days=365))
    second = log_in(phone, ask(phone))
    assert (second.status_code, second.json()["registered"]) == (201, False)
    assert second.json()["customer"]["id"] == first.json()["customer"]["id"]
    assert Customer.objects.count() == 1
    assert OutboxEvent.objects.filter(topic="customer.registered").count() == 1


@pytest.mark.django_db
def test_the_access_token_opens_me_with_the_phone_masked() -> None:
    phone = new_phone()
    token = log_in(phone, ask(phone)).json()["access_token"]
    client = Client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    me = client.get("/v1/accounts/me").json()
    assert me["phone"] == f"+86 {phone[3:6]}****{phone[-4:]}"
    assert phone[3:] not in str(me)


@pytest.mark.django_db
def test_numbers_with_and_without_an_account_answer_alike_in_body_and_work() -> None:
    known, unknown = customer(verified_class=None).phone, new_phone()
    Client().post("/v1/accounts/sessions/codes", {"phone": new_phone(), "device": DEVICE})
    seen = []
    for phone in (known, unknown):
        with CaptureQueriesContext(connection) as queries_run:
            asked = Client().post("/v1/accounts/sessions/codes", {"phone": phone, "device": DEVICE})
            wrong = Client().post("/v1/accounts/sessions", {"phone": phone, "code": "000000", "device": DEVICE})
        told = (asked.content, wrong.status_code, wrong.json()["code"], wrong.json()["detail"])
        seen.append((told, len([query for query in queries_run if "sandboxclock" not in query["sql"]])))
    assert seen[0] == seen[1]
    assert seen[0][0][1:3] == (422, "code_refused")


@pytest.mark.django_db
def test_a_code_is_kept_as_a_keyed_hash_and_dies_after_five_wrong_tries() -> None:
    phone = new_phone()
    issued = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT)
    assert issued.code.encode() not in bytes(OneTimeCode.objects.get().code_digest)
    wrong = f"{(int(issued.code) + 1) % 10**6:06d}"
    for _ in range(5):
        refused = services.log_in(phone=phone, code=wrong, device=FACTS, address="192.0.2.1", at=AT)
        assert isinstance(refused, CodeRefused)
    assert OneTimeCode.objects.get().tries == 5
    assert isinstance(services.log_in(phone=phone, code=issued.code, device=FACTS, address="192.0.2.1", at=AT), CodeRefused)
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_a_code_lives_five_minutes_and_works_once_on_its_device_and_for_its_purpose() -> None:
    phone = new_phone()
    code = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT).code
    late = services.log_in(phone=phone, code=code, device=FACTS, address="192.0.2.1", at=AT + timedelta(minutes=5))
    elsewhere = services.log_in(phone=phone, code=code, device=DeviceFacts("installation-2"), address="192.0.2.1", at=AT)
    otherwise = codes.redeem(phone=phone, purpose="change_phone", device_index=FACTS.index, binding="", code=code, at=AT)
    assert all(isinstance(refused, CodeRefused) for refused in (late, elsewhere, otherwise))
    last = AT + timedelta(minutes=4, seconds=59)
    assert isinstance(services.log_in(phone=phone, code=code, device=FACTS, address="192.0.2.1", at=last), services.Login)
    assert isinstance(services.log_in(phone=phone, code=code, device=FACTS, address="192.0.2.1", at=last), CodeRefused)


@pytest.mark.django_db
def test_a_code_is_sent_again_after_a_minute_and_not_before() -> None:
    phone = new_phone()
    first = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT)
    with pytest.raises(TooManyRequests) as refused:
        services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT + timedelta(seconds=59))
    assert refused.value.members["retry_after"] == 2
    second = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT + timedelta(seconds=60))
    later = AT + timedelta(seconds=61)
    if first.code != second.code:
        assert isinstance(services.log_in(phone=phone, code=first.code, device=FACTS, address="192.0.2.1", at=later), CodeRefused)
    assert isinstance(services.log_in(phone=phone, code=second.code, device=FACTS, address="192.0.2.1", at=later), services.Login)


@pytest.mark.django_db
def test_a_phone_gets_ten_codes_a_shanghai_day_whatever_device_asks() -> None:
    phone = new_phone()
    for turn in range(10):
        services.request_login_code(phone=phone, device=DeviceFacts(f"installation-{turn}"), address=f"192.0.2.{turn}", at=AT)
    with pytest.raises(TooManyRequests):
        services.request_login_code(phone=phone, device=DeviceFacts("installation-x"), address="198.51.100.1", at=AT)
    midnight = clock.start_of_day(clock.local_day(AT) + timedelta(days=1))
    services.request_login_code(phone=phone, device=DeviceFacts("installation-x"), address="198.51.100.1", at=midnight)


@pytest.mark.django_db
def test_spraying_from_one_address_is_held_off_but_locks_no_known_device_out() -> None:
    somebody = customer(verified_class=None, at=AT)
    services.open_session(customer=somebody, device=FACTS, at=AT)
    for turn in range(caps.TRIES["address"].times.usual):
        stranger = DeviceFacts(f"sprayer-{turn}")
        services.log_in(phone=f"1990001{turn:04d}", code="000000", device=stranger, address="203.0.113.9", at=AT)
    with pytest.raises(TooManyRequests):
        services.log_in(phone=new_phone(), code="000000", device=DeviceFacts("sprayer-x"), address="203.0.113.9", at=AT)
    code = services.request_login_code(phone=somebody.phone, device=FACTS, address="203.0.113.9", at=AT).code
    outcome = services.log_in(phone=somebody.phone, code=code, device=FACTS, address="203.0.113.9", at=AT)
    assert isinstance(outcome, services.Login)


@pytest.mark.django_db
def test_strangers_use_up_a_phones_tries_and_codes_and_its_known_device_still_logs_in() -> None:
    somebody = customer(verified_class=None, at=AT)
    services.open_session(customer=somebody, device=FACTS, at=AT)
    for turn in range(caps.TRIES["phone"].times.usual):
        services.log_in(phone=somebody.phone, code="000000", device=DeviceFacts(f"stranger-{turn}"), address=f"192.0.2.{turn}", at=AT)
    for turn in range(caps.CODES["phone"].times.usual):
        services.request_login_code(phone=somebody.phone, device=DeviceFacts(f"stranger-{turn}"), address=f"192.0.2.{turn}", at=AT)
    with pytest.raises(TooManyRequests):
        services.log_in(phone=somebody.phone, code="000000", device=DeviceFacts("stranger-x"), address="198.51.100.1", at=AT)
    code = services.request_login_code(phone=somebody.phone, device=FACTS, address="198.51.100.2", at=AT).code
    assert isinstance(services.log_in(phone=somebody.phone, code=code, device=FACTS, address="198.51.100.2", at=AT), services.Login)


@pytest.mark.django_db
def test_known_devices_have_their_own_end_of_tries() -> None:
    somebody = customer(verified_class=None, at=AT)
    devices = [DeviceFacts("installation-1"), DeviceFacts("installation-2")]
    for device in devices:
        services.open_session(customer=somebody, device=device, at=AT)
    for turn in range(caps.TRIES["phone"].times.usual):
        services.log_in(phone=somebody.phone, code="000000", device=devices[turn % 2], address="192.0.2.1", at=AT)
    for device in devices:
        with pytest.raises(TooManyRequests):
            services.log_in(phone=somebody.phone, code="000000", device=device, address="192.0.2.1", at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_login_that_meets_the_closing_of_its_account_registers_anew_and_opens_nothing_on_the_closed_one() -> None:
    somebody = customer(verified_class=None, at=AT)
    phone = somebody.phone
    code = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT).code

    def logging_in() -> object:
        try:
            return services.log_in(phone=phone, code=code, device=FACTS, address="192.0.2.1", at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            services.close(customer_id=somebody.id, at=AT)
            login = pool.submit(logging_in)
            wait_until_blocked()
        outcome = login.result(60)
    assert isinstance(outcome, services.Login)
    assert outcome.registered
    assert DeviceSession.objects.filter(customer=somebody).count() == 0
    assert DeviceSession.objects.get().customer_id == queries.by_phone(phone).id != somebody.id


@pytest.mark.django_db(transaction=True)
def test_of_twelve_logins_with_one_code_one_opens_one_session_of_one_customer() -> None:
    phone = new_phone()
    code = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT).code
    outcomes = together(lambda turn: services.log_in(phone=phone, code=code, device=FACTS, address="192.0.2.1", at=AT), 12)
    assert [type(outcome) for outcome in outcomes].count(services.Login) == 1
    assert [type(outcome) for outcome in outcomes].count(CodeRefused) == 11
    assert (Customer.objects.count(), DeviceSession.objects.count(), PhoneClaim.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_parallel_wrong_tries_never_get_past_five() -> None:
    phone = new_phone()
    issued = services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT)
    wrong = f"{(int(issued.code) + 1) % 10**6:06d}"
    together(lambda turn: services.log_in(phone=phone, code=wrong, device=FACTS, address="192.0.2.1", at=AT), 12)
    assert OneTimeCode.objects.get().tries == 5
    assert isinstance(services.log_in(phone=phone, code=issued.code, device=FACTS, address="192.0.2.1", at=AT), CodeRefused)


@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_for_a_code_at_once_one_is_sent() -> None:
    phone = new_phone()
    outcomes = together(lambda turn: services.request_login_code(phone=phone, device=FACTS, address="192.0.2.1", at=AT), 8)
    assert [type(outcome) for outcome in outcomes].count(codes.IssuedCode) == 1
    assert [type(outcome) for outcome in outcomes].count(TooManyRequests) == 7


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_of_one_number_at_once_one_is_refused() -> None:
    phone = new_phone()
    outcomes = together(lambda turn: services.register(phone=phone, at=AT), 6)
    assert [type(outcome) for outcome in outcomes].count(services.PhoneTaken) == 5
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_number_with_two_owners() -> None:
    first, second = customer(verified_class=None), customer(verified_class=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhoneClaim.objects.create(phone_index=first.phone_index, customer=second, created_at=AT)


@pytest.mark.django_db
def test_in_production_the_inbox_is_not_there_and_nothing_is_kept(sms: RecordingSms) -> None:
    issued = services.request_login_code(phone=new_phone(), device=FACTS, address="192.0.2.1", at=AT)
    with override_settings(PRODUCTION=True):
        messages.send_code(issued=issued, at=AT)
        assert Client().get("/sandbox/messages").status_code == 404
        assert Client().get("/sandbox/inbox").status_code == 404
    assert SandboxMessage.objects.count() == 0
    assert issued.code in sms.sent[0]["text"]


@pytest.mark.django_db
def test_in_production_a_message_no_operator_takes_is_told_as_unavailable() -> None:
    class Refusing:
        def send(self, *, mobile: str, text: str, request_no: str) -> None:
            raise SmsNotSent

    issued = services.request_login_code(phone=new_phone(), device=FACTS, address="192.0.2.1", at=AT)
    with plugged(SMS, Refusing()), override_settings(PRODUCTION=True), pytest.raises(messages.SmsUnavailable):
        messages.send_code(issued=issued, at=AT)


@pytest.mark.django_db
def test_the_inbox_page_shows_a_code_and_asks_nothing_from_outside() -> None:
    phone = new_phone()
    code = ask(phone)
    page = Client().get("/sandbox/inbox").content.decode()
    assert code in page
    assert "src=" not in page


@pytest.mark.django_db
def test_the_list_shows_my_sessions_alone_and_one_ended_is_out_at_once() -> None:
    somebody = customer(verified_class=None)
    here, there = api(somebody, installation="here-1234"), api(somebody, installation="there-1234")
    api(customer(verified_class=None))
    listed = here.get("/v1/accounts/sessions").json()["items"]
    assert [row["is_current"] for row in listed] == [False, True]
    assert here.delete(f"/v1/accounts/sessions/{listed[0]['id']}").status_code == 204
    assert there.get("/v1/accounts/me").status_code == 401
    assert here.get("/v1/accounts/me").status_code == 200


@pytest.mark.django_db
def test_logging_out_everywhere_keeps_this_session_only_when_asked() -> None:
    somebody = customer(verified_class=None)
    here, there = api(somebody, installation="here-1234"), api(somebody, installation="there-1234")
    assert here.delete("/v1/accounts/sessions?keep_current=true").status_code == 204
    assert (here.get("/v1/accounts/me").status_code, there.get("/v1/accounts/me").status_code) == (200, 401)
    assert here.delete("/v1/accounts/sessions").status_code == 204
    assert here.get("/v1/accounts/me").status_code == 401
    assert queries.sessions(somebody.id).count() == 0


@pytest.mark.django_db
def test_anothers_session_cannot_be_ended_and_answers_as_an_unknown_one() -> None:
    mine, theirs = api(customer(verified_class=None)), api(customer(verified_class=None))
    answer = mine.delete(f"/v1/accounts/sessions/{theirs.session.public_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert theirs.get("/v1/accounts/me").status_code == 200


@pytest.mark.django_db
def test_a_frozen_customer_reads_and_logs_out_and_does_nothing_else() -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    services.freeze(customer_id=somebody.id, reason="police order", at=AT)
    assert client.get("/v1/accounts/me").json()["state"] == "frozen"
    refused = client.patch("/v1/accounts/me", {"nickname": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "account_frozen")
    assert client.delete("/v1/accounts/sessions").status_code == 204


@pytest.mark.django_db
def test_a_session_on_a_closed_account_reads_nothing() -> None:
    somebody = customer(verified_class=None)
    services.close(customer_id=somebody.id, at=clock.now())
    client = api(somebody)
    assert client.get("/v1/accounts/me").status_code == 403
    assert client.patch("/v1/accounts/me", {"nickname": "x"}).status_code == 403
    assert client.delete("/v1/accounts/sessions").status_code == 403
    assert Customer.objects.get().nickname == ""


@pytest.mark.django_db
def test_last_seen_is_written_once_a_minute() -> None:
    somebody = customer(verified_class=None, at=AT)
    session = services.open_session(customer=somebody, device=FACTS, at=AT).session
    for seconds, seen in ((59, AT), (60, AT + timedelta(seconds=60)), (90, AT + timedelta(seconds=60))):
        session.refresh_from_db()
        services.note_seen(session=session, at=AT + timedelta(seconds=seconds))
        assert DeviceSession.objects.get(pk=session.pk).last_seen_at == seen


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_with_one_token_at_once_at_most_one_gets_tokens_and_the_family_ends() -> None:
    opened = services.open_session(customer=customer(verified_class=None, at=AT), device=FACTS, at=AT)
    outcomes = together(lambda turn: services.refresh(refresh_token=opened.refresh_token, at=AT), 6)
    assert [type(outcome) for outcome in outcomes].count(services.Login) == 1
    assert DeviceSession.objects.get().end == DeviceSession.End.REUSE


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["", "10086", "010-62345678", "+999123", "abc", "1" * 24, "１９９"])
def test_what_is_no_mobile_number_is_refused_by_field(bad: str) -> None:
    answer = Client().post("/v1/accounts/sessions/codes", {"phone": bad, "device": DEVICE})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "phone"
    assert OneTimeCode.objects.count() == 0
