"""Reads of PINs, proofs and the PIN-free rule."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.security.models import Passkey, PaymentPin, StepUpProof
from core.clock.queries import local_day
from core.questions import Question, ask


def pin(customer_id: uuid.UUID) -> PaymentPin | None:
    return PaymentPin.objects.filter(customer_id=customer_id).first()


def proof(customer_id: uuid.UUID, proof_id: uuid.UUID | None) -> StepUpProof | None:
    return StepUpProof.objects.filter(pk=proof_id, customer_id=customer_id).first() if proof_id else None


def passkeys(customer_id: uuid.UUID) -> QuerySet[Passkey]:
    return Passkey.objects.filter(customer_id=customer_id, removed_at=None).order_by("-created_at", "-id")


class PinFree(NamedTuple):
    """Up to which amount a payment needs no proof, and how often a day."""

    amount_fen: int
    per_day: int


PIN_FREE = "SELECT ARRAY[amount_fen, per_day] FROM accounts_pinfreelimit WHERE starts_on <= %s ORDER BY starts_on DESC LIMIT 1"


def pin_free_rule(at: datetime) -> PinFree | None:
    """The rule in force on the Shanghai day of `at`."""
    rule: PinFree | None
    (rule,) = ask(pin_free_rule_at(at))
    return rule


def pin_free_rule_at(at: datetime) -> Question[PinFree | None]:
    """`pin_free_rule` as a question, for a payment that asks other rooms too."""
    return Question(PIN_FREE, (local_day(at),), lambda row: PinFree(*row) if row else None)


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
