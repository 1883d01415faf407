"""Keys of apps and of the platform: registering, changing over, warning, expiring, rotating."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as DjangoClient

from accounts.security.services import ProofMismatch, StepUpNeeded
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.merchants import queries, signing, tasks
from payments.merchants.models import AppKey, MerchantApp, PlatformKey
from payments.merchants.services import apps, keys, platform_keys
from payments.merchants.services.applications import MerchantNotOpen
from payments.merchants.services.platform_keys import RotationUnderWay
from tests.payments.merchants.world import PEOPLE, ROOT, add_app, add_key, applied, opened, private_pem, program
from tests.payments.wallet.world import holder, intent, open_day, proven, session_of
from tests.rules import capped
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def fresh_app() -> MerchantApp:
    return queries.app(add_app(opened()).id)


def events(app: MerchantApp, topic: str) -> int:
    return OutboxEvent.objects.filter(topic=topic, payload__app_id=str(app.id)).count()


def add(app: MerchantApp, pem: str, given: Any = None) -> AppKey:
    given = given or proven(app.merchant.owner, amount_fen=0, payee=app.public_id, purpose=keys.PURPOSE)
    return keys.add(intent=given, app_id=app.id, public_key_pem=pem, life_days=30, at=clock.now())


def test_a_key_needs_a_proof_made_for_its_app() -> None:
    app, other = fresh_app(), fresh_app()
    owner, pem = app.merchant.owner, signing.public_half(private_pem())
    with pytest.raises(StepUpNeeded):
        add(app, pem, intent(owner, session_of(owner)))
    with pytest.raises(ProofMismatch):
        add(app, pem, proven(owner, amount_fen=0, payee=other.public_id, purpose=keys.PURPOSE))
    with pytest.raises(ProofMismatch):
        add(app, pem, proven(owner, amount_fen=0, payee=app.public_id, purpose="merchant_card"))
    with pytest.raises(NotFound):
        add(app, pem, proven(other.merchant.owner, amount_fen=0, payee=app.public_id, purpose=keys.PURPOSE))
    assert AppKey.objects.count() == 0
    assert add(app, pem).serial_no == signing.serial_of(pem)
    assert events(app, "merchant.key_added") == 1


def test_what_is_no_good_key_is_refused_and_a_private_one_is_not_kept() -> None:
    app = fresh_app()
    with pytest.raises(keys.PrivateKeySent):
        add(app, private_pem())
    with pytest.raises(keys.BadPublicKey):
        add(app, "no key")
    add(app, signing.public_half(private_pem()))
    for again in (app, fresh_app()):
        with pytest.raises(keys.KeyKnown):
            add(again, signing.public_half(private_pem()))
    assert AppKey.objects.count() == 1


def test_a_third_key_waits_until_one_is_retired() -> None:
    app = fresh_app()
    first, second = add_key(app, private_pem(0)), add_key(app, private_pem(1))
    assert {first.slot, second.slot} == {1, 2}
    with pytest.raises(keys.TooManyKeys):
        add_key(app, private_pem(2))
    owner = app.merchant.owner_id
    retired = keys.retire(owner_id=owner, key_id=first.id, at=clock.now())
    assert (retired.state, retired.slot) == ("retired", None)
    with pytest.raises(WrongState):
        keys.revoke(owner_id=owner, key_id=first.id, at=clock.now())
    with pytest.raises(NotFound):
        keys.revoke(owner_id=holder().id, key_id=second.id, at=clock.now())
    assert add_key(app, private_pem(2)).slot == 1
    assert events(app, "merchant.key_retired") == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_keys_at_once_two_are_taken() -> None:
    app = fresh_app()
    pems = [signing.public_half(private_pem(number)) for number in range(6)]
    given = [proven(app.merchant.owner, amount_fen=0, payee=app.public_id, purpose=keys.PURPOSE) for _ in pems]
    answers = together(lambda number: add(app, pems[number], given[number]), len(pems))
    assert sum(isinstance(answer, AppKey) for answer in answers) == 2
    assert sum(isinstance(answer, keys.TooManyKeys) for answer in answers) == 4


@pytest.mark.django_db(transaction=True)
def test_one_key_offered_to_many_apps_at_once_is_one_apps() -> None:
    merchant = opened()
    mine = [queries.app(add_app(merchant).id) for _ in range(4)]
    given = [proven(merchant.owner, amount_fen=0, payee=app.public_id, purpose=keys.PURPOSE) for app in mine]
    pem = signing.public_half(private_pem())
    answers = together(lambda number: add(mine[number], pem, given[number]), 4)
    assert sum(isinstance(answer, AppKey) for answer in answers) == 1
    assert sum(isinstance(answer, keys.KeyKnown) for answer in answers) == 3


def test_an_owner_is_told_once_that_a_key_ends_and_then_it_ends() -> None:
    app, at = fresh_app(), clock.now()
    key = add_key(app, private_pem(), life_days=60)
    assert (keys.warn(at=at), keys.expire(at=at)) == (0, 0)
    soon = at + timedelta(days=31)
    assert (keys.warn(at=soon), keys.warn(at=soon), keys.expire(at=soon)) == (1, 0, 0)
    over = at + timedelta(days=61)
    assert (keys.expire(at=over), keys.expire(at=over)) == (1, 0)
    ended = AppKey.objects.get(pk=key.pk)
    assert (ended.state, ended.ended_at, ended.slot) == ("retired", key.expires_at, None)
    assert (events(app, "merchant.key_expiring"), events(app, "merchant.key_retired")) == (1, 1)
    assert tasks.end_keys() == 0
    assert tasks.forget_nonces() == 0


def test_keys_whose_time_is_over_make_room() -> None:
    app = fresh_app()
    old = [add_key(app, private_pem(number)) for number in (0, 1)]
    AppKey.objects.update(created_at=clock.now() - timedelta(days=9), expires_at=clock.now() - timedelta(days=1))
    assert add_key(app, private_pem(2)).slot == 1
    assert set(AppKey.objects.filter(pk__in=[key.pk for key in old]).values_list("state", flat=True)) == {"retired"}


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/n",
        "ftp://x.example",
        "https://",
        "https://u:p@shop.example/",
        "https://shop.example/#x",
        "https://shop.example/a b",
        "javascript:alert(1)",
        "https://shop.example:0/",
        "https://[::1",
        "https://店.example/",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_news_goes_over_https_to_an_address_without_a_login(url: str) -> None:
    with pytest.raises(Invalid):
        apps.checked_url(url, "notify_url")


def test_in_development_news_may_go_to_this_machine(settings: Any) -> None:
    assert apps.checked_url("https://shop.example:8443/n?a=1", "notify_url") == "https://shop.example:8443/n?a=1"
    assert apps.checked_url("", "notify_url") == ""
    assert apps.checked_url("http://127.0.0.1:9000/n", "notify_url") == "http://127.0.0.1:9000/n"
    settings.PRODUCTION = True
    with pytest.raises(Invalid):
        apps.checked_url("http://127.0.0.1:9000/n", "notify_url")


def test_apps_belong_to_open_merchants_and_are_not_endless() -> None:
    with pytest.raises(MerchantNotOpen):
        add_app(applied())
    merchant = opened()
    capped(apps.APPS, 2)
    add_app(merchant)
    app = add_app(merchant)
    with pytest.raises(apps.TooManyApps):
        add_app(merchant)
    with pytest.raises(NotFound):
        apps.stop(owner_id=holder().id, app_id=app.id, at=clock.now())
    apps.stop(owner_id=merchant.owner_id, app_id=app.id, at=clock.now())
    with pytest.raises(WrongState):
        apps.stop(owner_id=merchant.owner_id, app_id=app.id, at=clock.now())


def certificates() -> list[str]:
    return [row["serial_no"] for row in DjangoClient().get(f"{ROOT}/certificates").json()["items"]]


def rotate(days: int, at: Any) -> PlatformKey:
    with applying(platform_keys.ROTATE, **PEOPLE):
        return platform_keys.rotate(overlap_days=days, at=at)


def test_a_new_platform_key_is_readable_before_it_signs_and_the_old_one_after_it_stopped() -> None:
    at = clock.now()
    old = platform_keys.signer(at).serial_no
    with pytest.raises(ApprovalNeeded):
        platform_keys.rotate(overlap_days=7, at=at)
    later = at + timedelta(minutes=1)
    new = rotate(7, later).serial_no
    with pytest.raises(RotationUnderWay):
        rotate(7, later + timedelta(minutes=1))

    def stand(days: float) -> tuple[str, list[str]]:
        then = later + timedelta(days=days)
        return platform_keys.signer(then).serial_no, [row.serial_no for row in queries.platform_keys(then)]

    assert stand(0) == (old, [new, old])
    assert stand(6.9) == (old, [new, old])
    assert stand(7) == (new, [new, old])
    assert stand(13.9) == (new, [new, old])
    assert stand(14) == (new, [new])
    assert certificates() == [new, old]


def test_a_stolen_platform_key_is_gone_at_once() -> None:
    at = clock.now()
    old = platform_keys.signer(at).serial_no
    new = rotate(0, at + timedelta(seconds=1)).serial_no
    then = at + timedelta(seconds=1)
    assert platform_keys.signer(then).serial_no == new != old
    assert [row.serial_no for row in queries.platform_keys(then)] == [new]


@pytest.mark.django_db(transaction=True)
def test_the_first_platform_key_is_one_whoever_needs_it_first() -> None:
    at = clock.now()
    signers = together(lambda _: platform_keys.signer(at).serial_no, 6)
    assert len(set(signers)) == 1
    assert PlatformKey.objects.count() == 1


def test_a_private_key_is_closed_in_the_database_and_in_what_is_printed() -> None:
    signer = platform_keys.signer(clock.now())
    raw = PlatformKey.objects.extra(select={"raw": "private_key_pem"}).values("raw")[0]["raw"]
    assert b"PRIVATE" not in bytes(raw)
    assert "PRIVATE" not in repr(signer)
    assert program(number=0).private not in repr(program(number=1))
