"""How orders of the kind `fixed_term` are booked (plugged into wealth.orders)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.errors import DomainError, Invalid, NotFound
from wealth.catalog.dates import OrderDates, ordered_at
from wealth.catalog.queries import ProductVersion
from wealth.fixed_term import queries, refusals, terms
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import lots
from wealth.fixed_term.services.instructing import require_offered
from wealth.fixed_term.states import Instruction
from wealth.orders.queries import WealthOrder

KIND = "fixed_term"


class FixedTerms:
    refusals: Sequence[type[DomainError]] = (
        refusals.LockedTerm,
        refusals.MaturesBefore,
        refusals.LotNotFree,
        refusals.RestTooSmall,
        refusals.LotEnded,
    )
    own = False
    holding_prefix = FixedHolding.PREFIX

    def accept(
        self, *, customer_id: UUID, version: ProductVersion, amount_fen: int, details: Mapping[str, Any], at: datetime
    ) -> dict[str, Any]:
        """`instruction`: what happens at the end; paid out unless told."""
        if set(details) - {"instruction"}:
            raise Invalid("details", "A fixed term takes an instruction alone.", "定期产品仅支持填写到期方式。")
        chosen = details.get("instruction", Instruction.PAY_OUT.value)
        require_offered(terms.terms_of(version).instructions, chosen, "details.instruction")
        return {"instruction": chosen}

    def dates(self, *, version: ProductVersion, at: datetime) -> OrderDates | None:
        return None

    def hold(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing beyond the quotas."""

    def require(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing beyond what orders ask."""

    def closed(self, *, order: WealthOrder, at: datetime) -> None:
        """Nothing was set aside."""

    def worth(self, *, customer_id: UUID, version: ProductVersion, holding_id: UUID | None, units_fen: int, at: datetime) -> int | None:
        assert holding_id is not None
        lot = queries.own_one(customer_id, holding_id)
        if lot.product_id != version.product_id:
            raise NotFound()
        return lots.leaving(lot, part_fen=units_fen, confirms_on=ordered_at(version, at).confirmed_on).worth_fen

    def bought(self, *, order: WealthOrder, at: datetime) -> UUID:
        assert order.amount_fen is not None
        assert order.earns_from is not None
        return lots.buy(
            order_id=order.id,
            customer_id=order.customer_id,
            version=order.version,
            amount_fen=order.amount_fen,
            fee_fen=order.fee_fen,
            starts_on=order.earns_from,
            details=order.details,
            at=at,
        )

    def freeze(self, *, order: WealthOrder, at: datetime) -> int | None:
        assert order.units_fen is not None
        assert order.holding_id is not None
        return lots.freeze(
            order_id=order.id,
            customer_id=order.customer_id,
            product_id=order.product_id,
            holding_id=order.holding_id,
            part_fen=order.units_fen,
            confirms_on=order.confirms_on,
            at=at,
        )

    def unfreeze(self, *, order: WealthOrder, at: datetime) -> None:
        lots.unfreeze(order_id=order.id, at=at)

    def redeemed(self, *, order: WealthOrder, at: datetime) -> UUID:
        return lots.leave(order_id=order.id, fee_fen=order.fee_fen, at=at)
