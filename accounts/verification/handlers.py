"""Cards as evidence: a bank that let a customer bind a card has checked name, number, phone and card itself."""

import uuid

from accounts.verification import services
from accounts.verification.models import Evidence
from core.outbox.registry import Event, handles


@handles("card.bound", name="accounts.verification.count_card")
def count_card(event: Event) -> None:
    """Payload: customer_id, card_id, bank. Two cards of one bank are one check."""
    facts = event.payload
    services.record_evidence(
        customer_id=uuid.UUID(facts["customer_id"]),
        kind=Evidence.Kind.CARD,
        source=f"bank:{facts['bank']}",
        reference=facts["card_id"],
        at=event.occurred_at,
    )


@handles("card.unbound", name="accounts.verification.withdraw_card")
def withdraw_card(event: Event) -> None:
    """An unbound card vouches no more."""
    facts = event.payload
    services.withdraw_evidence(
        customer_id=uuid.UUID(facts["customer_id"]), kind=Evidence.Kind.CARD, reference=facts["card_id"], at=event.occurred_at
    )
