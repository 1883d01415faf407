"""Whether the customer really wants this: nothing is asked for small amounts, a step-up proof for all others."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from accounts.security import services as security
from accounts.security.services import StepUpNeeded
from core.money import CNY
from payments.risk.services.deciding import StrongerProofNeeded

TOP_UP = "top_up"
TRANSFER = "transfer"
WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Intent:
    """Who approves and how: the session it happens in, the proof's token ("" for none) and the nonce it was made for, which is
    the Idempotency-Key of the request it approves."""

    customer_id: uuid.UUID
    session_id: uuid.UUID
    nonce: str
    token: str = field(default="", repr=False)


@contextmanager
def saying(*, purpose: str, amount_fen: int, payee: str | None) -> Iterator[None]:
    """A refusal for want of a proof says what the proof must be about. `payee` None: not looked up yet."""
    try:
        yield
    except (StepUpNeeded, StrongerProofNeeded) as needed:
        needed.members = {"purpose": purpose, "amount": amount_fen, "currency": CNY.code}
        if payee is not None:
            needed.members["payee"] = payee
        raise


def refuse_unapproved(*, intent: Intent, purpose: str, amount_fen: int, at: datetime) -> None:
    """Refuse what `require` would refuse whoever the payee is, before a payee is looked up; nothing is spent or counted.

    Raises what `require` raises.
    """
    if intent.token:
        security.refuse_unfit_proof(
            customer_id=intent.customer_id,
            session_id=intent.session_id,
            token=intent.token,
            purpose=purpose,
            amount_fen=amount_fen,
            nonce=intent.nonce,
            at=at,
        )
        return
    with saying(purpose=purpose, amount_fen=amount_fen, payee=None):
        security.refuse_over_pin_free(customer_id=intent.customer_id, amount_fen=amount_fen, at=at)


def require(*, intent: Intent, purpose: str, amount_fen: int, payee: str, at: datetime) -> int:
    """Spend the proof, or count one more payment of the day that needs none. Returns how many factors stand behind it.

    `payee` is the public id of who or what the act is for: the payee, or the card that pays or is paid. Raises StepUpNeeded
    over the PIN-free amount or number a day, ProofMismatch or ProofExpired for a proof made for something else, too long ago
    or used.
    """
    if not intent.token:
        security.take_pin_free(customer_id=intent.customer_id, amount_fen=amount_fen, at=at)
        return 0
    return spend(intent=intent, purpose=purpose, amount_fen=amount_fen, payee=payee, at=at)


def spend(*, intent: Intent, purpose: str, amount_fen: int, payee: str, at: datetime) -> int:
    """Spend the proof. Returns how many factors stand behind it. Raises StepUpNeeded, ProofMismatch, ProofExpired."""
    return security.spend_proof(
        customer_id=intent.customer_id,
        session_id=intent.session_id,
        token=intent.token,
        purpose=purpose,
        amount_fen=amount_fen,
        payee=payee,
        nonce=intent.nonce,
        at=at,
    )
