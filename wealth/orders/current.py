"""How orders of the kind `current` are booked: by the room of current holdings, below this one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.errors import DomainError
from wealth.current.services import moving
from wealth.orders.models import WealthOrder

CURRENT = "current"


class CurrentHoldings:
    refusals: Sequence[type[DomainError]] = (moving.UnitsNotFree,)

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        assert order.amount_fen is not None
        assert order.earns_from is not None
        made = moving.buy(
            order_id=order.id,
            customer_id=order.customer_id,
            product_id=order.product_id,
            amount_fen=order.amount_fen,
            fee_fen=order.fee_fen,
            counts_from=order.earns_from,
            at=at,
        )
        return made.journal_id

    def freeze(self, *, order: WealthOrder, at: datetime) -> None:
        assert order.units_fen is not None
        moving.freeze(order_id=order.id, customer_id=order.customer_id, product_id=order.product_id, units_fen=order.units_fen, at=at)

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        moving.unfreeze(order_id=order.id, at=at)

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        if order.fast:
            return moving.redeem_fast(order_id=order.id, at=at).journal_id
        return moving.redeem(order_id=order.id, fee_fen=order.fee_fen, at=at).journal_id
