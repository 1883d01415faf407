"""Reads of PINs, proofs and the PIN-free rule."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from accounts.security.models import Passkey, PaymentPin, PinFreeLimit, StepUpProof
from core.clock.queries import local_day


def pin(customer_id: uuid.UUID) -> PaymentPin | None:
    return PaymentPin.objects.filter(customer_id=customer_id).first()


def proof(customer_id: uuid.UUID, proof_id: uuid.UUID | None) -> StepUpProof | None:
    return StepUpProof.objects.filter(pk=proof_id, customer_id=customer_id).first() if proof_id else None


def passkeys(customer_id: uuid.UUID) -> QuerySet[Passkey]:
    return Passkey.objects.filter(customer_id=customer_id, removed_at=None).order_by("-created_at", "-id")


def pin_free_rule(at: datetime) -> PinFreeLimit | None:
    """The rule in force on the Shanghai day of `at`."""
    return PinFreeLimit.objects.filter(starts_on__lte=local_day(at)).order_by("-starts_on").first()


def pin_free_limit_fen(customer_id: uuid.UUID, at: datetime) -> int:
    """The most a payment without a proof may be, in fen; 0 when every payment needs one."""
    rule = pin_free_rule(at)
    return rule.amount_fen if rule else 0


def personal_data(customer_id: uuid.UUID) -> dict[str, object]:
    """What security holds on a customer, for the customer's own export; secrets are no part of it."""
    held = pin(customer_id)
    return {
        "pin_set_at": held.created_at if held else None,
        "passkeys": [{"id": row.public_id, "name": row.name, "since": row.created_at} for row in passkeys(customer_id)],
    }
