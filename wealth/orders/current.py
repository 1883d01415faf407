"""How orders of the kind `current` are booked: by the room of current holdings, below this one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.errors import DomainError, Invalid
from wealth.catalog.dates import OrderDates
from wealth.catalog.queries import ProductVersion
from wealth.current.services import moving
from wealth.orders.models import WealthOrder

CURRENT = "current"


class CurrentHoldings:
    refusals: Sequence[type[DomainError]] = (moving.UnitsNotFree,)
    own = False
    holding_prefix = ""

    def accept(
        self, *, customer_id: UUID, version: ProductVersion, amount_fen: int, details: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        if details:
            raise Invalid("details", "A money fund asks nothing along. Leave it out.", "货币基金无需其他信息,请勿填写。")
        return {}

    def dates(self, *, version: ProductVersion, at: datetime) -> OrderDates | None:
        return None

    def hold(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing beyond the quotas is counted."""

    def require(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing beyond what every product asks."""

    def closed(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing was set aside."""

    def worth(self, *, customer_id: UUID, version: ProductVersion, holding_id: UUID | None, units_fen: int, at: datetime) -> int | None:
        return None

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

    def freeze(self, *, order: WealthOrder, at: datetime) -> int | None:
        assert order.units_fen is not None
        moving.freeze(order_id=order.id, customer_id=order.customer_id, product_id=order.product_id, units_fen=order.units_fen, at=at)
        return None

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        moving.unfreeze(order_id=order.id, at=at)

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        if order.fast:
            return moving.redeem_fast(order_id=order.id, at=at).journal_id
        return moving.redeem(order_id=order.id, fee_fen=order.fee_fen, at=at).journal_id
