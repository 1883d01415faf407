"""Redeemed cash that goes on to a card. Its owner agrees when they redeem; the withdrawal begins in the transaction that pays the cash, and
the wallet's sweeper sends it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import DomainError
from payments.cards import queries as cards
from payments.wallet.services import authority, withdrawals
from payments.wallet.services.authority import Intent
from wealth.orders.models import WealthOrder
from wealth.orders.services.telling import publish


@dataclass(frozen=True)
class ToCard:
    """A card, and how its owner approves: as a withdrawal to it of what the units come to."""

    card_id: UUID
    intent: Intent

    def agreed(self, amount_fen: int, at: datetime) -> int:
        """How many factors stand behind it. Raises NotFound, CardNotUsable, StepUpNeeded, ProofMismatch, ProofExpired."""
        payee = cards.usable(self.intent.customer_id, self.card_id).public_id
        with authority.saying(purpose=authority.WITHDRAW, amount_fen=amount_fen, payee=payee):
            return authority.require(intent=self.intent, purpose=authority.WITHDRAW, amount_fen=amount_fen, payee=payee, at=at)


def send_on(order: WealthOrder, cash_fen: int, at: datetime) -> None:
    """The cash is on the balance: on to the card with it, less the fee of a withdrawal. What is refused stays on the balance, and its
    owner hears why."""
    if order.card_id is None:
        return
    assert order.session_id is not None
    try:
        with transaction.atomic():
            fee = withdrawals.quote(customer_id=order.customer_id, amount_fen=cash_fen, at=at).fee.fee_fen
            made = withdrawals.hold_agreed(
                customer_id=order.customer_id,
                session_id=order.session_id,
                factors=order.factors,
                card_id=order.card_id,
                amount_fen=cash_fen - fee,
                at=at,
            )
    except DomainError as refused:
        if refused.afterwards is not None:
            refused.afterwards()
        publish("wealth.order_card_refused", order, at, code=refused.code)
        return
    WealthOrder.objects.filter(pk=order.pk).update(withdrawal_id=made.id)
    order.withdrawal_id = made.id
