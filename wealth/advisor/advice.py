"""Where a customer stands: what they have beside what the model of their level would hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from core.money import Rounding
from payments.wallet import queries as wallet
from wealth.advisor import queries
from wealth.advisor.mixes import KINDS
from wealth.advisor.models import AdvisorTerms, ModelPortfolio, terms_in_force
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Product
from wealth.catalog.sockets import HOLDINGS
from wealth.orders import queries as orders
from wealth.orders.sockets import BOOKINGS
from wealth.orders.states import OrderState, Side
from wealth.rules.advisor import drift_bp, weights_of
from wealth.rules.rounding import whole
from wealth.suitability import queries as suitability

E2 = 100
COMING_IN = (OrderState.PAID, OrderState.SUBMITTED)
GOING_OUT = (OrderState.UNITS_FROZEN, OrderState.SUBMITTED, OrderState.FAST_PAID)
OWED = (OrderState.UNITS_FROZEN, OrderState.SUBMITTED, OrderState.CONFIRMED)


@dataclass(frozen=True)
class Position:
    """One product a customer has, or should have. `value_fen`: what they hold, with purchases that are paid and without what they are
    giving up. `sellable_fen`: what could be given up today."""

    product: Product
    value_fen: int
    sellable_fen: int
    target_bp: int
    weight_bp: Fraction


@dataclass(frozen=True)
class Standing:
    """`profile`: valid, missing or expired; no model without a valid one. `coming_fen`: redeemed and not paid out yet, `promised_fen` of it
    by plans, to be invested anew. `balance_fen`: idle in the wallet. No drift where nothing is invested or there is no model."""

    profile: str
    level: str
    model: ModelPortfolio | None
    terms: AdvisorTerms
    positions: list[Position]
    coming_fen: int
    promised_fen: int
    balance_fen: int

    @property
    def invested_fen(self) -> int:
        return sum(one.value_fen for one in self.positions)

    @property
    def drift_e2bp(self) -> int | None:
        if self.model is None or not self.invested_fen:
            return None
        targets, current = [one.target_bp for one in self.positions], [one.weight_bp for one in self.positions]
        return in_e2(drift_bp(target_bp=targets, current_bp=current))

    @property
    def suggested(self) -> bool:
        """Whether the drift is worth selling something; not while a plan's sales are on their way."""
        return not self.promised_fen and self.drift_e2bp is not None and self.drift_e2bp >= self.terms.sell_at_bp * E2


def in_e2(found_bp: Fraction) -> int:
    """Hundredths of a basis point."""
    return whole(found_bp * E2, Rounding.HALF_UP)


def standing(customer_id: UUID, at: datetime) -> Standing:
    """In a constant number of queries."""
    profile = suitability.newest(customer_id)
    state = "missing" if profile is None else "expired" if profile.expires_at <= at else "valid"
    level = profile.level if profile is not None and state == "valid" else ""
    model = queries.model_of(level, at) if level else None
    held, sellable = held_of(customer_id, at)
    coming = under_way(customer_id, held)
    sold_by_plans = queries.ordered_by_plans(list(coming))
    return Standing(
        profile=state,
        level=level,
        model=model,
        terms=terms_in_force(at),
        positions=positions_of(held, sellable, {} if model is None else model.weights),
        coming_fen=sum(coming.values()),
        promised_fen=sum(fen for order_id, fen in coming.items() if order_id in sold_by_plans),
        balance_fen=max(0, wallet.balance(customer_id).available),
    )


def held_of(customer_id: UUID, at: datetime) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """By product, fen a customer holds and could give up today: what is held in lots runs to its day."""
    held: dict[UUID, int] = defaultdict(int)
    sellable: dict[UUID, int] = defaultdict(int)
    for kind in KINDS:
        plug, booking = HOLDINGS.get(kind), BOOKINGS.get(kind)
        by_units = booking is not None and not booking.holding_prefix
        for line in () if plug is None else plug.held(customer_id=customer_id, at=at):
            held[line.product_id] += line.value_fen
            sellable[line.product_id] += line.available_fen if by_units else 0
    return held, sellable


def under_way(customer_id: UUID, held: dict[UUID, int]) -> dict[UUID, int]:
    """Count orders that are not booked yet into `held`; returns fen on their way to the balance, by order."""
    coming: dict[UUID, int] = {}
    for order in orders.open_of(customer_id).filter(kind__in=KINDS):
        amount, units = order.amount_fen or 0, order.units_fen or 0
        if order.side == Side.BUY:
            held[order.product_id] += amount if order.state in COMING_IN else 0
            continue
        held[order.product_id] -= units if order.state in GOING_OUT else 0
        if order.state in OWED and not order.fast:
            coming[order.id] = amount or units
    return coming


def positions_of(held: dict[UUID, int], sellable: dict[UUID, int], weights: dict[str, int]) -> list[Position]:
    """What is in the model or held, the model's first, in the order of its parts."""
    products = catalog.many_by_code_or_id(codes=list(weights), product_ids=[one for one, fen in held.items() if fen > 0])
    products.sort(key=lambda one: (-weights.get(one.code, 0), one.code))
    values = [max(0, held.get(one.id, 0)) for one in products]
    parts = weights_of(values)
    return [
        Position(product, value, min(sellable.get(product.id, 0), value), weights.get(product.code, 0), part)
        for product, value, part in zip(products, values, parts, strict=True)
    ]
