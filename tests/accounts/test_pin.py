"""The payment PIN: what is refused, how tries are counted, how it is reset."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.sockets import SMS
from accounts.security import services
from accounts.security.models import PaymentPin, StepUpProof
from accounts.security.pins import is_weak
from core.errors import Invalid
from core.idempotency.models import IdempotencyRecord
from tests.factories import AT, NAMES, PIN, RecordingSms, api, customer, open_session, plugged, proof, text_proof, unique_id_number
from tests.together import together

BORN = date(1990, 3, 7)


@pytest.fixture(autouse=True)
def sms() -> Iterator[RecordingSms]:
    with plugged(SMS, RecordingSms()) as operator:
        yield operator


@pytest.mark.parametrize(
    "pin", ["111111", "123456", "654321", "121212", "123123", "112112", "900307", "070390", "030790", "199003", "246813"]
)
def test_pins_easy_to_guess_are_weak(pin: str) -> None:
    assert is_weak(pin, born_on=BORN, phone="+8619900246813")


def test_an_ordinary_pin_is_not_weak() -> None:
    assert not is_weak(PIN, born_on=BORN, phone="+8619900000001")


@pytest.mark.django_db
@pytest.mark.parametrize("pin", ["12345", "1234567", "abcdef", "１１１１１１", "111111"])
def test_a_pin_of_wrong_shape_or_weak_is_refused_and_nothing_is_kept(pin: str) -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    answer = client.post("/v1/accounts/pin", {"pin": pin, "proof": text_proof(somebody, client.session, purpose="set_pin"), "nonce": "n"})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["pin"])
    assert PaymentPin.objects.count() == 0
    assert StepUpProof.objects.get().used_at is None


@pytest.mark.django_db
def test_the_birthday_of_the_proven_identity_is_refused_as_pin() -> None:
    somebody = customer(verified_class=1, number=unique_id_number(), at=AT)
    born = services.verification.born_on(somebody.id)
    with pytest.raises(Invalid):
        services.set_pin(customer_id=somebody.id, pin=f"{born:%y%m%d}", at=AT)


@pytest.mark.django_db
def test_a_pin_is_set_once_and_kept_as_an_argon2_hash_under_a_pepper() -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    token = text_proof(somebody, client.session, purpose="set_pin")
    assert client.post("/v1/accounts/pin", {"pin": PIN, "proof": token, "nonce": "n"}).json()["is_set"] is True
    token = proof(somebody, client.session, purpose="set_pin", nonce="m")
    again = client.post("/v1/accounts/pin", {"pin": "380517", "proof": token, "nonce": "m"})
    assert (again.status_code, again.json()["code"]) == (409, "pin_already_set")
    assert StepUpProof.objects.get(nonce="m").used_at is None
    assert services.try_pin(customer_id=somebody.id, pin=PIN, at=AT) is None
    assert PaymentPin.objects.get().hashed.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.django_db
def test_a_session_alone_sets_no_pin_and_a_proof_for_another_act_neither() -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    bare = client.post("/v1/accounts/pin", {"pin": PIN})
    assert (bare.status_code, sorted(error["field"] for error in bare.json()["errors"])) == (422, ["nonce", "proof"])
    invented = client.post("/v1/accounts/pin", {"pin": PIN, "proof": "prf_00000000000000000000000000", "nonce": "n"})
    assert (invented.status_code, invented.json()["code"]) == (403, "proof_mismatch")
    token = text_proof(somebody, client.session, purpose="close_account")
    other_act = client.post("/v1/accounts/pin", {"pin": PIN, "proof": token, "nonce": "n"})
    assert (other_act.status_code, other_act.json()["code"]) == (403, "proof_mismatch")
    assert (PaymentPin.objects.count(), StepUpProof.objects.get().used_at) == (0, None)


@pytest.mark.django_db
def test_the_code_for_a_first_pin_goes_to_the_phone_over_the_api(sms: RecordingSms) -> None:
    client = api(customer(verified_class=None))
    act = {"purpose": "set_pin", "amount": 0, "nonce": "n"}
    assert client.post("/v1/accounts/step-up/codes", act).status_code == 202
    code = sms.sent[0]["text"].split("验证码 ")[1][:6]
    made = client.post("/v1/accounts/step-up/proofs", act | {"method": "sms", "secret": code}).json()["proof"]
    assert client.post("/v1/accounts/pin", {"pin": PIN, "proof": made, "nonce": "n"}).status_code == 201


@pytest.mark.django_db
def test_five_wrong_pins_over_the_api_lock_it_for_half_an_hour_though_each_answer_is_a_refusal() -> None:
    somebody = customer(verified_class=None, pin=PIN)
    client = api(somebody)
    act = {"purpose": "transfer", "amount": 100, "payee": "x", "nonce": "n", "method": "pin"}
    answers = [client.post("/v1/accounts/step-up/proofs", act | {"secret": "000001"}) for _ in range(5)]
    assert [answer.json()["code"] for answer in answers] == ["pin_wrong"] * 4 + ["pin_locked"]
    assert [answer.json().get("remaining") for answer in answers[:4]] == [4, 3, 2, 1]
    right = client.post("/v1/accounts/step-up/proofs", act | {"secret": PIN})
    assert (right.status_code, right.json()["code"]) == (423, "pin_locked")
    assert not IdempotencyRecord.objects.exists()
    locked_until = PaymentPin.objects.get().locked_until
    assert services.try_pin(customer_id=somebody.id, pin=PIN, at=locked_until) is None
    assert PaymentPin.objects.get().tries == 0


@pytest.mark.django_db
def test_a_right_pin_starts_the_count_anew() -> None:
    somebody = customer(verified_class=None, pin=PIN, at=AT)
    for _ in range(4):
        services.try_pin(customer_id=somebody.id, pin="000001", at=AT)
    assert services.try_pin(customer_id=somebody.id, pin=PIN, at=AT) is None
    assert PaymentPin.objects.get().tries == 0


@pytest.mark.django_db(transaction=True)
def test_of_twelve_wrong_pins_at_once_five_are_looked_at() -> None:
    somebody = customer(verified_class=None, pin=PIN, at=AT)
    outcomes = together(lambda turn: services.try_pin(customer_id=somebody.id, pin=f"00000{turn % 10}", at=AT), 12)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PinLocked"] * 8 + ["PinWrong"] * 4
    assert PaymentPin.objects.get().tries == 5


@pytest.mark.django_db
def test_the_database_itself_refuses_a_sixth_try() -> None:
    customer(verified_class=None, pin=PIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentPin.objects.update(tries=6)


@pytest.mark.django_db
def test_a_pin_is_changed_by_the_old_one_and_a_wrong_old_one_counts() -> None:
    client = api(customer(verified_class=None, pin=PIN))
    wrong = client.post("/v1/accounts/pin/change", {"old_pin": "000001", "pin": "380517"})
    assert (wrong.status_code, wrong.json()["remaining"]) == (422, 4)
    assert client.post("/v1/accounts/pin/change", {"old_pin": PIN, "pin": "380517"}).status_code == 200
    assert PaymentPin.objects.get().tries == 0


@pytest.mark.django_db
def test_a_locked_pin_is_reset_by_code_name_and_identity_number_and_only_by_all_three(sms: RecordingSms) -> None:
    number = unique_id_number()
    somebody = customer(verified_class=1, pin=PIN, number=number)
    client = api(somebody)
    PaymentPin.objects.update(tries=5, locked_until=AT + timedelta(days=3650))
    assert client.post("/v1/accounts/pin/reset/codes").status_code == 202
    code = sms.sent[0]["text"].split("验证码 ")[1][:6]
    body = {"code": code, "name": NAMES[0], "id_number": number, "pin": "380517"}
    wrong_name = client.post("/v1/accounts/pin/reset", body | {"name": NAMES[1]})
    assert (wrong_name.status_code, wrong_name.json()["code"]) == (422, "pin_reset_refused")
    spent = client.post("/v1/accounts/pin/reset", body)
    assert spent.json()["code"] == "pin_reset_refused", "a code is good for one try with the identity"
    assert PaymentPin.objects.get().tries == 5


@pytest.mark.django_db
def test_a_reset_makes_the_new_pin_the_only_one() -> None:
    number = unique_id_number()
    somebody = customer(verified_class=1, pin=PIN, number=number, at=AT)
    session = open_session(somebody, at=AT).session
    who = {"customer_id": somebody.id, "session_id": session.id}
    code = services.request_reset_code(**who, address="", at=AT).code
    services.reset_pin(**who, code=code, name=NAMES[0], id_number=number.lower(), pin="380517", at=AT)
    assert services.try_pin(customer_id=somebody.id, pin="380517", at=AT) is None
    assert isinstance(services.try_pin(customer_id=somebody.id, pin=PIN, at=AT), services.PinWrong)
