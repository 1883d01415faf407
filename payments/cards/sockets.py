"""What upper rooms plug into cards."""

from typing import Protocol, runtime_checkable
from uuid import UUID

from core.sockets import Socket


@runtime_checkable
class OpenUse(Protocol):
    """A room that uses cards: a card with something open there cannot be unbound."""

    words_en: str
    words_zh: str

    def count(self, *, card_id: UUID) -> int:
        """How many acts with this card are not over (asked with the card locked)."""
        ...


OPEN_USES: Socket[OpenUse] = Socket("payments.cards.open_uses", OpenUse)
