"""Counting again what was given back of a card's limits."""

from datetime import datetime
from uuid import UUID

from core.clock import queries as clock
from core.limits import services as limits
from payments.cards.services import UNLIMITED, counters


def count_again(*, card_id: UUID, scene: str, amount_fen: int, taken_at: datetime) -> None:
    """Undo `services.give_back_limit`, whatever the caps, in the caller's transaction: the card was charged after all."""
    for counter, period, _ in counters(scene, clock.local_day(taken_at), None, None):
        limits.take(counter=counter, owner=card_id, period=period, amount=amount_fen, cap=UNLIMITED)
