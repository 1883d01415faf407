"""What upper rooms plug into refunds: what forbids one, and what has to happen before one."""

import uuid
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.errors import DomainError
from core.sockets import Socket
from payments.cashier.queries import PaymentOrder


@runtime_checkable
class RefundObstacle(Protocol):
    """A room in which an order may have something that forbids a refund (an open dispute)."""

    def obstacle(self, *, order_id: uuid.UUID) -> DomainError | None:
        """Why the order is not refunded now, in words that say what to do; None when it may be. Called with the order's row locked."""
        ...


@runtime_checkable
class BeforeRefund(Protocol):
    """A room that has to give the merchant money back first (a split order's receivers)."""

    def before(self, *, order: PaymentOrder, amount_fen: int, at: datetime) -> None:
        """Called in the transaction that begins a refund of `amount_fen`, with the order's row locked and the room for the refund
        taken (`order.refunding_fen` counts it), before money is set aside at the merchant. Raises a DomainError to refuse it."""
        ...

    def given_up(self, *, order: PaymentOrder, refund: str, at: datetime) -> None:
        """Undo what `before` did for `refund` (its public id) and no other refund needs. Called in the transaction that gives it up,
        with the order's row locked, its room and the merchant's money free again. Raises a DomainError to refuse the giving up."""
        ...


OBSTACLES: Socket[RefundObstacle] = Socket("payments.refunds.obstacles", RefundObstacle)  # type: ignore[type-abstract]
BEFORE: Socket[BeforeRefund] = Socket("payments.refunds.before", BeforeRefund)  # type: ignore[type-abstract]
