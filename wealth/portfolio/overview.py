"""Everything a customer has and owes in one view. What cannot be known is None with its reason, never 0."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from core.clock.queries import local_day
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Label
from wealth.catalog.sockets import HOLDINGS, Held, Told
from wealth.catalog.states import Risk
from wealth.orders import queries as orders
from wealth.portfolio import queries
from wealth.portfolio.sockets import BESIDE, Amount, Beside
from wealth.portfolio.words import NO_DAY_OVER, NO_RATE, NOT_BOOKED, NOT_TOLD, NOTHING_INVESTED
from wealth.rules.portfolio import DayFigures, Slice, linked_return, rung, rungs, slices, yearly_return

T = TypeVar("T")
TODAY, LATER, LOCKED = "today", "later", "locked"
CASH = "cash"


@dataclass(frozen=True)
class Line:
    """A holding with its product, of the version it was bought by (what is sold now, where the holding does not say)."""

    held: Held
    product: Label

    @property
    def fast_fen(self) -> int:
        """What of it would be paid out today."""
        return max(min(self.held.available_fen, self.product.t0_cap_fen, self.held.value_fen), 0)

    @property
    def locked_fen(self) -> int:
        """What cannot be asked back today."""
        return max(self.held.value_fen - self.held.available_fen, 0)


@dataclass(frozen=True)
class Side:
    """What stands beside products under one name; `amount` None: it cannot be told now."""

    kind: str
    source: Beside
    amount: Amount | None

    @property
    def signed_fen(self) -> int:
        return 0 if self.amount is None else self.source.sign * self.amount.fen


@dataclass(frozen=True)
class Known(Generic[T]):
    """A figure, or why there is none."""

    value: T | None
    reason: Told | None = None


@dataclass(frozen=True)
class Overview:
    """`settling_fen`: what is on its way between the wallet and products, below zero for what was paid out before its units are gone."""

    on: date
    lines: Sequence[Line]
    sides: Sequence[Side]
    net_fen: Known[int]
    products_fen: int
    settling_fen: int
    accrued_fen: int
    income_yesterday_fen: Known[int]
    income_month_fen: Known[int]
    income_total_fen: Known[int]
    linked_percent: Known[Decimal]
    yearly_percent: Known[Decimal]
    kept: queries.Kept | None

    @property
    def assets_fen(self) -> int:
        return self.products_fen + sum(side.signed_fen for side in self.sides if side.source.sign > 0)

    def allocations(self) -> Mapping[str, list[Slice]]:
        """What they have, by what it is, how safe, how soon it is there and when it falls due."""
        return {"kind": self.by_kind(), "safety": self.by_safety(), "liquidity": self.by_liquidity(), "term": self.by_term()}

    def by_kind(self) -> list[Slice]:
        return slices(added([*self.beside(lambda side: side.kind), *((line.held.kind, line.held.value_fen) for line in self.lines)]))

    def by_safety(self) -> list[Slice]:
        rows = [(line.product.risk or CASH, line.held.value_fen) for line in self.lines]
        found = added([*self.beside(lambda side: CASH), *rows])
        return slices({key: found[key] for key in (CASH, *Risk.values) if key in found})

    def by_liquidity(self) -> list[Slice]:
        found = {TODAY: self.liquid_fen, LATER: 0, LOCKED: 0}
        for line in self.lines:
            found[LOCKED] += line.locked_fen
            found[LATER] += max(line.held.value_fen, 0) - line.locked_fen - line.fast_fen
        found[LOCKED] += sum(side.amount.fen - side.amount.available_fen for side in self.sides if side.source.sign > 0 and side.amount)
        return slices(found)

    def by_term(self) -> list[Slice]:
        rows = [(rung(self.days_left(line)), line.held.value_fen) for line in self.lines]
        found = added([*self.beside(lambda side: rung(None)), *rows])
        return slices({key: found[key] for key in rungs() if key in found})

    def days_left(self, line: Line) -> int | None:
        return None if line.held.matures_on is None else (line.held.matures_on - self.on).days

    @property
    def liquid_fen(self) -> int:
        """What is there today."""
        beside = sum(side.amount.available_fen for side in self.sides if side.source.sign > 0 and side.amount)
        return beside + sum(line.fast_fen for line in self.lines)

    def beside(self, key: Callable[[Side], str]) -> list[tuple[str, int]]:
        return [(key(side), side.signed_fen) for side in self.sides if side.source.sign > 0]


def added(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, fen in rows:
        found[key] = found.get(key, 0) + max(fen, 0)
    return found


def overview(*, customer_id: UUID, at: datetime) -> Overview:
    """As many queries for one holding as for many."""
    on = local_day(at)
    lines, sides = lines_of(customer_id, at), sides_of(customer_id, at)
    kept, days = queries.kept_of_products(customer_id)
    products, settling = sum(line.held.value_fen for line in lines), orders.settling_fen(customer_id)
    unknown = any(side.amount is None for side in sides)
    return Overview(
        on=on,
        lines=lines,
        sides=sides,
        net_fen=Known(None, NOT_TOLD) if unknown else Known(products + settling + sum(side.signed_fen for side in sides)),
        products_fen=products,
        settling_fen=settling,
        accrued_fen=sum(line.held.accrued_fen for line in lines),
        income_yesterday_fen=yesterday([line.held for line in lines if line.held.kind != queries.PROTECTION]),
        income_month_fen=income(days, kept, since=on.replace(day=1)),
        income_total_fen=income(days, kept, since=date.min),
        linked_percent=linked(days, kept),
        yearly_percent=yearly(days, kept),
        kept=kept,
    )


def lines_of(customer_id: UUID, at: datetime) -> list[Line]:
    held = [one for holdings in HOLDINGS for one in holdings.held(customer_id=customer_id, at=at)]
    labels = catalog.labels({(one.product_id, one.version_id) for one in held})
    return [Line(one, labels[one.product_id, one.version_id]) for one in held]


def sides_of(customer_id: UUID, at: datetime) -> list[Side]:
    return [Side(kind, source, source.amount(customer_id=customer_id, at=at)) for kind, source in BESIDE.items()]


def yesterday(held: Sequence[Held]) -> Known[int]:
    found = [one.yesterday_fen for one in held]
    known = [fen for fen in found if fen is not None]
    if not found:
        return Known(None, NOTHING_INVESTED)
    return Known(sum(known)) if len(known) == len(found) else Known(None, NOT_BOOKED)


def income(days: Sequence[DayFigures], kept: queries.Kept | None, *, since: date) -> Known[int]:
    if kept is None or kept.last < since:
        return Known(None, NO_DAY_OVER)
    return Known(sum(one.income_fen for one in days if one.day >= since)) if days else Known(None, NOTHING_INVESTED)


def linked(days: Sequence[DayFigures], kept: queries.Kept | None) -> Known[Decimal]:
    if kept is None:
        return Known(None, NO_DAY_OVER)
    found = linked_return(days)
    return Known(None, NOTHING_INVESTED) if found is None else Known(found)


def yearly(days: Sequence[DayFigures], kept: queries.Kept | None) -> Known[Decimal]:
    if kept is None:
        return Known(None, NO_DAY_OVER)
    found = yearly_return(days, through=kept.last)
    return Known(None, NO_RATE if days else NOTHING_INVESTED) if found is None else Known(found)
