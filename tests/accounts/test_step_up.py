"""Step-up proofs: bound to session, purpose, amount, payee and nonce; once; five minutes. By PIN, text code and passkey."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer, DeviceSession
from accounts.identity.sockets import SMS
from accounts.security import passkeys, services
from accounts.security.models import Passkey, PasskeyChallenge, StepUpProof
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.security.tasks import forget_old
from core.clock import queries as clock
from core.idempotency.services import KEY_LENGTH
from tests.accounts.authenticator import VERIFIED, Authenticator
from tests.factories import AT, PIN, Client, RecordingSms, api, customer, new_phone, open_session, plugged, proof
from tests.together import together

ACT = {"purpose": "transfer", "amount_fen": 5000, "payee": "cus_x", "nonce": "n-1"}
WIRE = {"purpose": "transfer", "amount": 5000, "payee": "cus_x", "nonce": "n-1"}


@pytest.fixture(autouse=True)
def sms() -> Iterator[RecordingSms]:
    with plugged(SMS, RecordingSms()) as operator:
        yield operator


@pytest.fixture
def somebody(db: None) -> Customer:
    return customer(verified_class=None, pin=PIN, at=AT)


def spend(made: Customer, session: DeviceSession, token: str, *, at: Any = AT, **changes: Any) -> int:
    return services.spend_proof(customer_id=made.id, session_id=session.id, token=token, at=at, **(ACT | changes))


def test_a_proof_is_good_once_for_its_act(somebody: Customer) -> None:
    session = open_session(somebody, at=AT).session
    token = proof(somebody, session, **ACT, at=AT)
    assert spend(somebody, session, token) == 1
    with pytest.raises(ProofExpired):
        spend(somebody, session, token)


@pytest.mark.parametrize("change", [{"purpose": "withdraw"}, {"amount_fen": 5001}, {"payee": "cus_y"}, {"nonce": "n-2"}])
def test_a_proof_for_another_act_is_refused_and_stays_unused(somebody: Customer, change: dict[str, Any]) -> None:
    session = open_session(somebody, at=AT).session
    token = proof(somebody, session, **ACT, at=AT)
    with pytest.raises(ProofMismatch):
        spend(somebody, session, token, **change)
    assert StepUpProof.objects.get().used_at is None


def test_the_longest_idempotency_key_can_be_approved_and_spent(somebody: Customer) -> None:
    client, key = api(somebody), "k" * KEY_LENGTH
    asked = WIRE | {"nonce": key, "method": "pin", "secret": PIN}
    made = client.post("/v1/accounts/step-up/proofs", asked)
    assert made.status_code == 201
    assert spend(somebody, client.session, made.json()["proof"], nonce=key, at=clock.now()) == 1
    assert client.post("/v1/accounts/step-up/proofs", asked | {"nonce": key + "k"}).status_code == 422


def test_a_proof_of_another_session_or_customer_is_refused(somebody: Customer) -> None:
    here, there = open_session(somebody, at=AT).session, open_session(somebody, at=AT, installation="there-123").session
    token = proof(somebody, here, **ACT, at=AT)
    with pytest.raises(ProofMismatch):
        spend(somebody, there, token)
    other = customer(verified_class=None, at=AT)
    with pytest.raises(ProofMismatch):
        spend(other, here, token)
    with pytest.raises(ProofMismatch):
        spend(somebody, here, "prf_nonsense")
    with pytest.raises(StepUpNeeded):
        spend(somebody, here, "")


def test_a_proof_lives_five_minutes(somebody: Customer) -> None:
    session = open_session(somebody, at=AT).session
    token = proof(somebody, session, **ACT, at=AT)
    with pytest.raises(ProofExpired):
        spend(somebody, session, token, at=AT + timedelta(minutes=5))
    spend(somebody, session, token, at=AT + timedelta(minutes=4, seconds=59))


@pytest.mark.django_db(transaction=True)
def test_of_ten_acts_with_one_proof_at_once_one_is_approved() -> None:
    made = customer(verified_class=None, pin=PIN, at=AT)
    session = open_session(made, at=AT).session
    token = proof(made, session, **ACT, at=AT)
    outcomes = together(lambda turn: spend(made, session, token), 10)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ProofExpired"] * 9 + ["int"]


def test_a_text_code_approves_exactly_the_act_it_was_sent_for(somebody: Customer) -> None:
    session = open_session(somebody, at=AT).session
    who = {"customer_id": somebody.id, "session_id": session.id}
    code = services.request_step_up_code(**who, **ACT, address="", at=AT).code
    wrong = services.prove(**who, method="sms", secret=code, **(ACT | {"amount_fen": 9999}), at=AT)
    assert isinstance(wrong, services.codes.CodeRefused)
    _, token = services.prove(**who, method="sms", secret=code, **ACT, at=AT)
    assert spend(somebody, session, token) == 1
    assert StepUpProof.objects.get().method == "sms"


def test_small_payments_need_no_proof_ten_times_a_shanghai_day(somebody: Customer) -> None:
    for _ in range(10):
        services.take_pin_free(customer_id=somebody.id, amount_fen=20_000, at=AT)
    for amount_fen in (1, 20_001):
        with pytest.raises(StepUpNeeded):
            services.take_pin_free(customer_id=somebody.id, amount_fen=amount_fen, at=AT)
    services.take_pin_free(customer_id=somebody.id, amount_fen=1, at=clock.start_of_day(clock.local_day(AT) + timedelta(days=1)))


def registered(client: Client, made: Customer) -> Authenticator:
    """A passkey registered over the API."""
    device = Authenticator()
    options = client.post("/v1/accounts/passkeys/options").json()
    token = proof(made, client.session, purpose="register_passkey", nonce="r")
    credential = device.create(options["public_key"])
    body = {"challenge_id": options["challenge_id"], "credential": credential, "name": "Phone", "proof": token, "nonce": "r"}
    answer = client.post("/v1/accounts/passkeys", body)
    assert answer.status_code == 201, answer.content
    return device


def approve(client: Client, device: Authenticator, **changes: Any) -> Any:
    """A step-up by passkey over the API; `changes` tamper with the act after the challenge was made."""
    options = client.post("/v1/accounts/step-up/passkey-options", WIRE).json()
    credential = device.get(options["public_key"])
    body = WIRE | {"method": "passkey", "challenge_id": options["challenge_id"], "credential": credential} | changes
    return client.post("/v1/accounts/step-up/proofs", body)


def test_a_passkey_is_registered_and_approves_an_act_as_one_factor_on_its_first_day_and_two_after(somebody: Customer) -> None:
    client = api(somebody)
    device = registered(client, somebody)
    token = approve(client, device).json()["proof"]
    assert spend(somebody, client.session, token, at=clock.now()) == 1
    assert Passkey.objects.get().sign_count == 2
    Passkey.objects.update(created_at=clock.now() - timedelta(hours=24))
    token = approve(client, device).json()["proof"]
    assert spend(somebody, client.session, token, at=clock.now()) == 2


def test_a_passkey_counts_as_two_factors_from_exactly_a_day_on() -> None:
    fresh = Passkey(created_at=AT)
    assert passkeys.factors_of(fresh, AT + timedelta(hours=24) - timedelta(microseconds=1)) == 1
    assert passkeys.factors_of(fresh, AT + timedelta(hours=24)) == 2


def test_a_passkey_is_not_registered_without_a_step_up(somebody: Customer) -> None:
    client = api(somebody)
    options = client.post("/v1/accounts/passkeys/options").json()
    body = {"challenge_id": options["challenge_id"], "credential": Authenticator().create(options["public_key"])}
    answer = client.post("/v1/accounts/passkeys", body | {"proof": "prf_00000000000000000000000000", "nonce": "r"})
    assert (answer.status_code, answer.json()["code"]) == (403, "proof_mismatch")
    assert Passkey.objects.count() == 0


@pytest.mark.parametrize("change", [{"amount": 5001}, {"payee": "cus_y"}, {"nonce": "n-2"}, {"purpose": "withdraw"}])
def test_a_signature_for_one_act_approves_no_other(somebody: Customer, change: dict[str, Any]) -> None:
    client = api(somebody)
    device = registered(client, somebody)
    answer = approve(client, device, **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "passkey_refused")
    assert StepUpProof.objects.filter(method="passkey").count() == 0


def test_wrong_origin_wrong_party_unverified_user_copied_counter_and_foreign_key_are_refused(somebody: Customer) -> None:
    client = api(somebody)
    device = registered(client, somebody)
    device.origin = "https://evil.example"
    assert approve(client, device).json()["code"] == "passkey_refused"
    device.origin, device.rp_id = "http://127.0.0.1:8000", "evil.example"
    assert approve(client, device).json()["code"] == "passkey_refused"
    device.rp_id, device.flags = "127.0.0.1", device.flags & ~VERIFIED
    assert approve(client, device).json()["code"] == "passkey_refused"
    device.flags |= VERIFIED
    device.count = 0
    assert approve(client, device).json()["code"] == "passkey_refused"
    assert approve(client, Authenticator()).json()["code"] == "passkey_refused"
    device.count = 10
    assert approve(client, device).status_code == 201


def test_a_challenge_is_good_once(somebody: Customer) -> None:
    client = api(somebody)
    device = registered(client, somebody)
    options = client.post("/v1/accounts/step-up/passkey-options", WIRE).json()
    body = WIRE | {"method": "passkey", "challenge_id": options["challenge_id"]}
    first = client.post("/v1/accounts/step-up/proofs", body | {"credential": device.get(options["public_key"])})
    second = client.post("/v1/accounts/step-up/proofs", body | {"credential": device.get(options["public_key"])})
    assert (first.status_code, second.status_code) == (201, 422)


def test_a_passkey_is_removed_with_a_step_up_and_approves_nothing_more(somebody: Customer) -> None:
    client = api(somebody)
    device = registered(client, somebody)
    passkey = client.get("/v1/accounts/passkeys").json()["items"][0]["id"]
    other = api(customer(verified_class=None))
    token = proof(somebody, client.session, purpose="remove_passkey", payee=passkey, nonce="d")
    removal = f"/v1/accounts/passkeys/{passkey}/removal"
    assert other.post(removal, {"proof": token, "nonce": "d"}).status_code == 404
    assert client.post(removal, {"proof": token, "nonce": "d"}).status_code == 200
    assert client.get("/v1/accounts/passkeys").json()["items"] == []
    with pytest.raises(passkeys.NoPasskey):
        passkeys.step_up_options(customer_id=somebody.id, session_id=client.session.id, **ACT, at=AT)
    assert device.count > 0


def test_a_phone_is_changed_with_its_code_and_a_step_up_and_other_sessions_end(somebody: Customer, sms: RecordingSms) -> None:
    here, there = api(somebody, installation="here-1234"), api(somebody, installation="there-1234")
    number = new_phone()
    assert here.post("/v1/accounts/phone/codes", {"phone": number}).status_code == 202
    code = sms.sent[0]["text"].split("验证码 ")[1][:6]
    assert sms.sent[0]["mobile"] == number
    body = {"phone": number, "code": code, "nonce": "p"}
    refused = here.post("/v1/accounts/phone", body | {"proof": "prf_00000000000000000000000000"})
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_mismatch")
    somebody.refresh_from_db()
    assert somebody.phone != number
    token = proof(somebody, here.session, purpose="change_phone", payee=number, nonce="p")
    assert here.post("/v1/accounts/phone", body | {"proof": token}).status_code == 200
    somebody.refresh_from_db()
    assert somebody.phone == number
    assert (here.get("/v1/accounts/me").status_code, there.get("/v1/accounts/me").status_code) == (200, 401)


def test_a_number_of_another_account_is_not_taken_over(somebody: Customer) -> None:
    other = customer(verified_class=None)
    session = open_session(somebody, at=AT).session
    who = {"customer_id": somebody.id, "session_id": session.id}
    code = services.identity_services.request_phone_code(**who, phone=other.phone, address="", at=AT).code
    token = proof(somebody, session, purpose="change_phone", payee=other.phone, nonce="p", at=AT)
    with pytest.raises(services.identity_services.PhoneTaken):
        services.change_phone(**who, phone=other.phone, code=code, proof=token, nonce="p", at=AT)
    assert StepUpProof.objects.get().used_at is None


def test_proofs_and_challenges_are_forgotten_a_day_after_their_end(somebody: Customer) -> None:
    client = api(somebody, at=AT)
    who = {"customer_id": somebody.id, "session_id": client.session.id}
    ends = AT + timedelta(minutes=5)
    for at in (AT, AT + timedelta(hours=1)):
        proof(somebody, client.session, **ACT, at=at)
        passkeys.registration_options(**who, user_name="x", at=at)
    assert services.forget_old(at=ends + timedelta(days=1)) == 0
    assert services.forget_old(at=ends + timedelta(days=1, seconds=1)) == 2
    assert list(StepUpProof.objects.values_list("created_at", flat=True)) == [AT + timedelta(hours=1)]
    assert list(PasskeyChallenge.objects.values_list("created_at", flat=True)) == [AT + timedelta(hours=1)]
    proof(somebody, client.session, **ACT, at=AT)
    proof(somebody, client.session, **ACT, at=AT)
    assert services.forget_old(at=ends + timedelta(days=1, seconds=1), batch=1) == 1
    assert forget_old() == 3, "the job forgets what is old by the platform's clock"
