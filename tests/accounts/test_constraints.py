"""The database itself refuses rows that break a rule of identity, security or verification."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.identity import codes
from accounts.identity.models import Customer, Device, DeviceSession, OneTimeCode, RefreshToken
from accounts.security import passkeys
from accounts.security.models import Passkey, PasskeyChallenge, PinFreeLimit, StepUpProof
from accounts.verification.models import ClassRule, Evidence, IdentityClaim, RealNameCheck
from core.ids import new_id
from tests.factories import AT, PIN, api, customer, open_session, proof

BROKEN: list[tuple[Any, dict[str, Any]]] = [
    (Customer, {"state": "gone"}),
    (Customer, {"phone_index": None}),
    (Customer, {"shard": 64}),
    (DeviceSession, {"ended_at": AT}),
    (DeviceSession, {"end": "revoked"}),
    (RefreshToken, {"expires_at": F("created_at")}),
    (OneTimeCode, {"tries": 6}),
    (OneTimeCode, {"purpose": "anything"}),
    (OneTimeCode, {"expires_at": F("created_at")}),
    (StepUpProof, {"method": "smile"}),
    (StepUpProof, {"amount_fen": -1}),
    (StepUpProof, {"factors": 0}),
    (StepUpProof, {"factors": 3}),
    (StepUpProof, {"expires_at": F("created_at")}),
    (PasskeyChallenge, {"purpose": "anything"}),
    (PasskeyChallenge, {"expires_at": F("created_at")}),
    (Passkey, {"sign_count": -1}),
    (PinFreeLimit, {"amount_fen": -1}),
    (ClassRule, {"account_class": 0}),
    (Evidence, {"kind": "hearsay"}),
    (RealNameCheck, {"state": "believed"}),
    (RealNameCheck, {"shard": -1}),
]


@pytest.fixture
def one_of_each(db: None) -> Customer:
    made = customer(verified_class=1, pin=PIN, at=AT)
    session = open_session(made, at=AT).session
    codes.issue(phone=made.phone, purpose="login", device_index=b"d" * 32, binding="", at=AT)
    proof(made, session, purpose="transfer", at=AT)
    passkeys.registration_options(customer_id=made.id, session_id=session.id, user_name="x", at=AT)
    Passkey.objects.create(customer=made, credential_id=b"c", public_key=b"k", sign_count=0, backed_up=False, created_at=AT)
    return made


def test_each_broken_row_is_refused(one_of_each: Customer) -> None:
    for model, change in BROKEN:
        assert model._default_manager.exists(), model
        with pytest.raises(IntegrityError), transaction.atomic():
            model._default_manager.update(**change)


def test_a_second_row_of_what_there_is_once_is_refused(one_of_each: Customer) -> None:
    session, device = DeviceSession.objects.get(), Device.objects.get()
    tokens = {"customer": one_of_each, "session": session, "digest": b"x", "created_at": AT, "expires_at": AT + timedelta(days=1)}
    code = OneTimeCode.objects.get()
    copies: list[tuple[Any, dict[str, Any]]] = [
        (Device, {"customer": one_of_each, "installation_index": device.installation_index, "created_at": AT, "last_login_at": AT}),
        (DeviceSession, {"customer": one_of_each, "device": device, "access_digest": b"x", "access_expires_at": AT, "created_at": AT,
                         "last_seen_at": AT}),
        (RefreshToken, tokens),
        (OneTimeCode, {"phone_index": code.phone_index, "purpose": "login", "device_index": code.device_index, "code_digest": b"x",
                       "binding": b"x", "created_at": AT, "expires_at": AT + timedelta(minutes=1)}),
        (Passkey, {"customer": one_of_each, "credential_id": b"c", "public_key": b"k", "sign_count": 0, "backed_up": False,
                   "created_at": AT}),
        (IdentityClaim, {"customer": one_of_each, "id_index": IdentityClaim.objects.get().id_index, "created_at": AT}),
        (Evidence, {"customer": one_of_each, "kind": "real_name", "source": "x", "reference": Evidence.objects.get().reference,
                    "created_at": AT}),
        (ClassRule, {"account_class": 1, "starts_on": ClassRule.objects.earliest("id").starts_on, "checks": 1, "least_age": 16,
                     "created_at": AT}),
    ]  # fmt: skip
    for model, values in copies:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(id=new_id() if model is not ClassRule else None, **values)


def test_a_closed_customer_never_opens_again(one_of_each: Customer) -> None:
    Customer.objects.update(state="closed", phone_index=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.update(state="active", phone_index=b"x")


def test_free_text_that_holds_a_card_number_is_refused(one_of_each: Customer) -> None:
    answer = api(one_of_each).patch("/v1/accounts/me", {"nickname": "4111 1111 1111 1111"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "nickname")
