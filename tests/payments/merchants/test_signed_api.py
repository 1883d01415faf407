"""The signed server API: who gets in, who does not and is told nothing, and the signature on every answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as DjangoClient

from core.clock import queries as clock
from payments.merchants import queries
from payments.merchants.models import ApiNonce, AppKey, Store
from payments.merchants.services import apps, keys, nonces, platform_keys
from tests.payments.merchants.world import ROOT, Program, add_key, answer_is_signed, opened, private_pem, program, suspend
from tests.payments.wallet.world import open_day
from tests.query_counts import queries_of
from tests.together import together

pytestmark = pytest.mark.django_db
SELF = f"{ROOT}/self"
STORES = f"{ROOT}/stores"
STORE = {"name": "Riverside", "address": "1 Riverside Road"}


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def refused(answer: Any, code: str = "signature_refused", status: int = 401) -> bool:
    return (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_signed_request_is_answered_and_the_answer_is_signed() -> None:
    caller = program(number=0)
    answer = caller.get(SELF)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["merchant"]["id"], body["app"]["id"], body["key"]["serial_no"]) == (
        caller.merchant.public_id,
        caller.app.public_id,
        caller.key.serial_no,
    )
    assert answer_is_signed(answer)
    assert AppKey.objects.get(pk=caller.key.pk).last_used_on == clock.local_day(clock.now())


def test_nothing_but_the_signed_request_itself_gets_in() -> None:
    caller, other = program(number=0), program(number=1)
    body = b'{"name": "Riverside", "address": "1 Riverside Road"}'
    good = caller.signed("POST", STORES, body)

    def sent(header: str, *, path: str = STORES, raw: bytes = body) -> Any:
        return DjangoClient().post(path, raw, content_type="application/json", headers={"Authorization": header, "Idempotency-Key": "k"})

    wrong = {
        "nothing": sent(""),
        "a login": sent("Bearer bya_x"),
        "another body": sent(good, raw=body + b" "),
        "another path": sent(good, path=f"{STORES}?a=1"),
        "another method": DjangoClient().get(STORES, headers={"Authorization": good}),
        "another app": sent(caller.signed("POST", STORES, body, app_id=other.app.public_id)),
        "another key": sent(caller.signed("POST", STORES, body, serial_no=other.key.serial_no)),
        "no such key": sent(caller.signed("POST", STORES, body, serial_no="0" * 40)),
        "another's key": sent(Program(caller.app, caller.key, other.private).signed("POST", STORES, body)),
    }
    assert [name for name, answer in wrong.items() if not refused(answer)] == []
    assert len({answer.json()["detail"] for answer in wrong.values()}) == 1
    assert {answer["WWW-Authenticate"] for answer in wrong.values()} == {"BANYAN-SHA256-RSA2048"}
    assert (Store.objects.count(), ApiNonce.objects.count()) == (0, 0)
    assert sent(good).status_code == 201


def test_a_clock_that_is_wrong_is_told_so_and_up_to_five_minutes_are_forgiven() -> None:
    caller = program(number=0)
    for skew_s in (-299, 299):
        caller.skew_s = skew_s
        assert caller.get(SELF).status_code == 200
    for skew_s in (-302, 302):
        caller.skew_s = skew_s
        answer = caller.get(SELF)
        assert refused(answer, "clock_skew")
        assert abs(answer.json()["server_time"] - clock.wall().timestamp()) < 10


def test_a_copy_of_a_request_is_refused_even_where_its_key_would_answer() -> None:
    caller = program(number=0)
    first = caller.post(STORES, STORE, key="k", nonce="0123456789abcdef")
    assert first.status_code == 201
    assert refused(caller.post(STORES, STORE, key="k", nonce="0123456789abcdef"))
    again = caller.post(STORES, STORE, key="k")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert answer_is_signed(again)
    assert (first["Banyan-Nonce"], again["Banyan-Nonce"] != first["Banyan-Nonce"]) == ("0123456789abcdef", True)
    assert Store.objects.count() == 1


def test_a_refused_request_has_used_its_nonce_and_its_answer_is_signed() -> None:
    caller = program(number=0)
    answer = caller.post(STORES, {"name": ""}, nonce="0123456789abcdef")
    assert answer.status_code == 422
    assert answer_is_signed(answer)
    assert refused(caller.post(STORES, STORE, nonce="0123456789abcdef"))
    assert caller.get(f"{STORES}/sto_x").status_code == 404


def test_the_same_nonce_is_two_apps_own() -> None:
    for number in (0, 1):
        caller = program(number=number)
        assert caller.get(SELF, header=caller.signed("GET", SELF, nonce="0123456789abcdef")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_copies_at_once_one_gets_in() -> None:
    caller = program(number=0)
    header = caller.signed("GET", SELF)
    caller.get(SELF)
    answers = together(lambda _: caller.get(SELF, header=header).status_code, 12)
    assert sorted(answers) == [200] + [401] * 11


@pytest.mark.django_db(transaction=True)
def test_one_key_of_idempotency_is_one_store_in_many_threads() -> None:
    caller = program(number=0)
    caller.get(SELF)
    answers = together(lambda _: caller.post(STORES, STORE, key="k"), 12)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert Store.objects.count() == 1
    assert all(answer_is_signed(answer) for answer in answers)


def test_a_suspended_merchant_reads_and_does_nothing() -> None:
    caller = program(number=0)
    suspend(caller.merchant)
    answer = caller.get(SELF)
    assert (answer.status_code, answer.json()["merchant"]["state"]) == (200, "suspended")
    answer = caller.post(STORES, STORE)
    assert refused(answer, "merchant_suspended", 403)
    assert answer_is_signed(answer)
    assert Store.objects.count() == 0


def test_a_key_that_is_over_and_an_app_that_is_stopped_sign_nothing() -> None:
    caller = program(number=0)
    owner = caller.merchant.owner_id
    apps.stop(owner_id=owner, app_id=caller.app.id, at=clock.now())
    assert refused(caller.get(SELF))
    apps.start(owner_id=owner, app_id=caller.app.id, at=clock.now())
    assert caller.get(SELF).status_code == 200
    AppKey.objects.filter(pk=caller.key.pk).update(created_at=clock.now() - timedelta(days=2), expires_at=clock.now() - timedelta(days=1))
    assert refused(caller.get(SELF))
    AppKey.objects.filter(pk=caller.key.pk).update(expires_at=clock.now() + timedelta(days=1))
    keys.revoke(owner_id=owner, key_id=caller.key.id, at=clock.now())
    assert refused(caller.get(SELF))


def test_the_log_tells_operators_why_a_signature_was_refused_and_the_answer_does_not(caplog: pytest.LogCaptureFixture) -> None:
    caller, other = program(number=0), program(number=1)
    header = caller.signed("GET", SELF)
    caller.get(SELF, header=header)
    stolen = Program(caller.app, caller.key, other.private)
    answers = [
        caller.get(SELF, header=header),
        stolen.get(SELF),
        caller.get(SELF, header=caller.signed("GET", SELF, app_id=other.app.public_id)),
        caller.get(SELF, header=caller.signed("GET", SELF, serial_no="0" * 40)),
    ]
    keys.revoke(owner_id=caller.merchant.owner_id, key_id=caller.key.id, at=clock.now())
    answers.append(caller.get(SELF))
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    told = [line["why"] for line in lines if line.get("event") == "signature_refused"]
    assert told == ["nonce used before", "wrong signature", "the key of another app", "unknown key", "a key that is revoked"]
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_two_keys_work_side_by_side_while_a_program_changes_over() -> None:
    caller = program(number=0)
    newer = Program(caller.app, add_key(queries.app(caller.app.id), private_pem(1)), private_pem(1))
    assert (caller.get(SELF).status_code, newer.get(SELF).status_code) == (200, 200)
    keys.retire(owner_id=caller.merchant.owner_id, key_id=caller.key.id, at=clock.now())
    assert refused(caller.get(SELF))
    assert newer.get(SELF).status_code == 200


def test_a_merchants_stores_are_nobody_elses() -> None:
    caller, other = program(number=0), program(number=1)
    made = caller.post(STORES, STORE).json()
    for path in (f"{STORES}/{made['id']}", f"{STORES}/sto_{'0' * 26}"):
        assert other.get(path).status_code == 404
        assert other.post(path, STORE).status_code == 404
        assert other.post(f"{path}/close").status_code == 404
        assert other.post(f"{path}/reopen").status_code == 404
    assert other.get(STORES).json()["items"] == []
    assert [row["id"] for row in caller.get(STORES).json()["items"]] == [made["id"]]


def test_a_store_is_changed_closed_and_opened_again() -> None:
    caller = program(number=0)
    path = f"{STORES}/{caller.post(STORES, STORE).json()['id']}"
    assert caller.post(path, STORE | {"name": "Lakeside"}).json()["name"] == "Lakeside"
    assert caller.post(f"{path}/close").json()["state"] == "closed"
    assert refused(caller.post(f"{path}/close"), "wrong_state", 409)
    assert caller.post(f"{path}/reopen").json()["state"] == "open"


def test_the_balances_of_a_new_merchant_are_nothing() -> None:
    answer = program(number=0).get(f"{ROOT}/balances").json()
    assert [(row["account"], row["posted"], row["held"]) for row in answer["items"]] == [
        (name, 0, 0) for name in ("pending", "available", "reserve", "frozen")
    ]


def test_certificates_are_for_everybody_and_unsigned() -> None:
    answer = DjangoClient().get(f"{ROOT}/certificates")
    assert (answer.status_code, len(answer.json()["items"])) == (200, 1)
    assert "PRIVATE" not in answer.content.decode()
    assert "Banyan-Signature" not in answer.headers


def test_a_signed_read_costs_few_queries() -> None:
    caller = program(number=0)
    caller.get(SELF)
    assert len(queries_of(lambda: caller.get(SELF))) == 3


def test_nonces_are_forgotten_once_their_timestamps_are_refused_anyway() -> None:
    app, wall = program(number=0).app, clock.wall()
    assert nonces.use(app_id=app.id, nonce="n", wall=wall)
    assert not nonces.use(app_id=app.id, nonce="n", wall=wall)
    assert nonces.forget_old(wall=wall + timedelta(seconds=2 * nonces.SKEW_S + 59)) == 0
    assert nonces.forget_old(wall=wall + timedelta(seconds=2 * nonces.SKEW_S + 61)) == 1


def test_the_first_platform_key_is_made_once() -> None:
    opened()
    at = clock.now()
    assert platform_keys.signer(at) == platform_keys.signer(at)
