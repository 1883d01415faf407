"""A room that asks for payments and payouts and only counts what it is told: the channels' outcome, apart from any books."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from payments.cards.models import Card
from payments.channels import services
from payments.channels.models import ChannelRequest
from payments.channels.sockets import OUTCOMES
from tests.payments.world import AT

BUSINESS = "test_order"


@dataclass
class Counter:
    """What was told, in order: (state, code), and ("returned", code)."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        assert transaction.get_connection().in_atomic_block
        self.told.append((str(request.state), request.code))

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        self.told.append(("returned", request.code))


@contextmanager
def counting() -> Iterator[Counter]:
    counter = Counter()
    OUTCOMES.plug(BUSINESS, counter)
    try:
        yield counter
    finally:
        OUTCOMES.unplug(BUSINESS)


def placed(card: Card, operation: str = "pay", amount_fen: int = 10_000, *, at: datetime = AT) -> ChannelRequest:
    """A call written down and not sent."""
    return services.place(
        channel="sandbox_bank",
        operation=operation,
        business=BUSINESS,
        business_id=uuid.uuid4(),
        reference="test" if amount_fen else "",
        customer_id=card.customer_id,
        card_id=card.id,
        amount_fen=amount_fen,
        at=at,
    )


def sent(card: Card, operation: str = "pay", amount_fen: int = 10_000, *, at: datetime = AT) -> ChannelRequest:
    return services.send(request_id=placed(card, operation, amount_fen, at=at).id, at=at)
