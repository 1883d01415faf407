"""Passkeys (WebAuthn level 2): registering, removing, and approving an act with one."""

import hmac
import os
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.security import queries
from accounts.security.models import Passkey, PasskeyChallenge, StepUpProof
from accounts.security.services import binding_of, keep_proof, spend_act
from core.errors import DomainError, NotFound
from core.ids import new_id
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.outbox.services import publish

MOST = CapKind("security.passkeys", _("Passkeys of one customer"), usual=10, most=50)
CHALLENGE_LIFE = timedelta(minutes=5)
SEASONED_AFTER = timedelta(hours=24)
Purpose = PasskeyChallenge.Purpose


class PasskeyRefused(DomainError):
    code = "passkey_refused"
    status = 422
    en = "The passkey's answer does not fit the challenge. Ask for a new challenge and try again."
    zh = "通行密钥验证失败,请重新获取挑战后再试。"


class TooManyPasskeys(DomainError):
    code = "too_many_passkeys"
    en = "There are {most} passkeys already. Remove one first."
    zh = "通行密钥已达上限 {most} 个,请先移除一个。"


class NoPasskey(DomainError):
    code = "no_passkey"
    en = "Register a passkey first."
    zh = "请先注册通行密钥。"


def relying_party() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def origins() -> list[str]:
    return [settings.PUBLIC_URL.rstrip("/"), *settings.PASSKEY_ORIGINS]


def new_challenge(customer_id: uuid.UUID, session_id: uuid.UUID, purpose: str, binding: str, at: datetime) -> PasskeyChallenge:
    """A challenge that is a hash over fresh random bytes and what is approved: the signature covers both."""
    bound = sha256(binding.encode()).digest()
    return PasskeyChallenge.objects.create(
        id=new_id(),
        customer_id=customer_id,
        session_id=session_id,
        purpose=purpose,
        challenge=sha256(os.urandom(32) + bound).digest(),
        binding=bound,
        created_at=at,
        expires_at=at + CHALLENGE_LIFE,
    )


def descriptors(customer_id: uuid.UUID) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(row.credential_id)) for row in queries.passkeys(customer_id)]


@transaction.atomic
def registration_options(*, customer_id: uuid.UUID, session_id: uuid.UUID, user_name: str, at: datetime) -> dict[str, Any]:
    """What the app hands to `navigator.credentials.create`. Raises TooManyPasskeys."""
    known = descriptors(customer_id)
    most = cap(MOST, at)
    if len(known) >= most:
        raise TooManyPasskeys(most=most)
    challenge = new_challenge(customer_id, session_id, Purpose.REGISTER, "", at)
    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name="Banyan",
        user_id=customer_id.bytes,
        user_name=user_name,
        challenge=bytes(challenge.challenge),
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return {"challenge_id": str(challenge.id), "public_key": webauthn.helpers.options_to_json_dict(options)}


def take_challenge(
    customer_id: uuid.UUID, session_id: uuid.UUID, challenge_id: uuid.UUID, purpose: str, binding: str, at: datetime
) -> bytes:
    """Use a challenge up. Raises PasskeyRefused for an old, used or foreign one, or one for another act."""
    rows = PasskeyChallenge.objects.filter(pk=challenge_id, customer_id=customer_id, session_id=session_id, purpose=purpose)
    row = rows.first()
    bound = sha256(binding.encode()).digest()
    if row is None or not hmac.compare_digest(bytes(row.binding), bound):
        raise PasskeyRefused()
    if not rows.filter(used_at=None, expires_at__gt=at).update(used_at=at):
        raise PasskeyRefused()
    return bytes(row.challenge)


@transaction.atomic
def register(
    *,
    customer_id: uuid.UUID,
    session_id: uuid.UUID,
    challenge_id: uuid.UUID,
    credential: Mapping[str, Any],
    name: str,
    proof: str,
    nonce: str,
    at: datetime,
) -> Passkey:
    """Keep a new passkey, approved by a step-up (`register_passkey`). Raises PasskeyRefused, TooManyPasskeys, and as `spend_proof`."""
    spend_act(customer_id=customer_id, session_id=session_id, token=proof, purpose="register_passkey", payee="", nonce=nonce, at=at)
    challenge = take_challenge(customer_id, session_id, challenge_id, Purpose.REGISTER, "", at)
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            require_user_verification=True,
        )
    except WebAuthnException as problem:
        raise PasskeyRefused() from problem
    most = cap(MOST, at)
    if queries.passkeys(customer_id).count() >= most:
        raise TooManyPasskeys(most=most)
    row = Passkey(
        id=new_id(),
        customer_id=customer_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        backed_up=verified.credential_backed_up,
        name=name,
        created_at=at,
    )
    if not Passkey.objects.bulk_create([row], ignore_conflicts=True) or not Passkey.objects.filter(pk=row.pk).exists():
        raise PasskeyRefused()
    publish(topic="passkey.registered", owner=customer_id, payload={"customer": str(customer_id), "passkey": str(row.id)}, at=at)
    return row


@transaction.atomic
def step_up_options(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, purpose: str, amount_fen: int, payee: str, nonce: str, at: datetime
) -> dict[str, Any]:
    """What the app hands to `navigator.credentials.get` to approve one act. Raises NoPasskey."""
    known = descriptors(customer_id)
    if not known:
        raise NoPasskey()
    challenge = new_challenge(customer_id, session_id, Purpose.STEP_UP, binding_of(purpose, amount_fen, payee, nonce), at)
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(),
        challenge=bytes(challenge.challenge),
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return {"challenge_id": str(challenge.id), "public_key": webauthn.helpers.options_to_json_dict(options)}


@transaction.atomic
def prove(
    *,
    customer_id: uuid.UUID,
    session_id: uuid.UUID,
    challenge_id: uuid.UUID,
    credential: Mapping[str, Any],
    purpose: str,
    amount_fen: int,
    payee: str,
    nonce: str,
    at: datetime,
) -> tuple[StepUpProof, str]:
    """Approve one act by a passkey whose challenge was made for exactly this act. Raises PasskeyRefused."""
    challenge = take_challenge(customer_id, session_id, challenge_id, Purpose.STEP_UP, binding_of(purpose, amount_fen, payee, nonce), at)
    passkey = verify_assertion(customer_id, credential, challenge, at)
    return keep_proof(
        customer_id=customer_id,
        session_id=session_id,
        method=StepUpProof.Method.PASSKEY,
        factors=factors_of(passkey, at),
        purpose=purpose,
        amount_fen=amount_fen,
        payee=payee,
        nonce=nonce,
        at=at,
    )


def factors_of(passkey: Passkey, at: datetime) -> int:
    """One in a passkey's first day: it is worth no more than the one factor that let it in, and its owner has a day to notice."""
    return 2 if at >= passkey.created_at + SEASONED_AFTER else 1


def verify_assertion(customer_id: uuid.UUID, credential: Mapping[str, Any], challenge: bytes, at: datetime) -> Passkey:
    """The passkey that signed.

    Raises PasskeyRefused for an unknown or removed one, a wrong signature, or a counter that went back (a copy).
    """
    try:
        asserted = webauthn.helpers.parse_authentication_credential_json(dict(credential))
    except WebAuthnException as problem:
        raise PasskeyRefused() from problem
    row = queries.passkeys(customer_id).filter(credential_id=asserted.raw_id).select_for_update().first()
    if row is None:
        raise PasskeyRefused()
    try:
        verified = webauthn.verify_authentication_response(
            credential=asserted,  # type: ignore[arg-type]
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as problem:
        raise PasskeyRefused() from problem
    Passkey.objects.filter(pk=row.pk).update(sign_count=verified.new_sign_count, last_used_at=at)
    return row


@transaction.atomic
def remove(*, customer_id: uuid.UUID, session_id: uuid.UUID, passkey_id: uuid.UUID, proof: str, nonce: str, at: datetime) -> Passkey:
    """Remove a passkey, approved by a step-up (`remove_passkey`, its id as payee). Raises NotFound, and as `spend_proof`."""
    row = queries.passkeys(customer_id).filter(pk=passkey_id).first()
    if row is None:
        raise NotFound()
    spend_act(
        customer_id=customer_id, session_id=session_id, token=proof, purpose="remove_passkey", payee=row.public_id, nonce=nonce, at=at
    )
    Passkey.objects.filter(pk=row.pk, removed_at=None).update(removed_at=at)
    row.removed_at = at
    publish(topic="passkey.removed", owner=customer_id, payload={"customer": str(customer_id), "passkey": str(row.id)}, at=at)
    return row
