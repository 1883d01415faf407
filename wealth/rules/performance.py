"""How well money did: time-weighted, money-weighted, by lots. What cannot be said is None, never 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pyxirr import DayCount, xirr

STEPS = 200


@dataclass(frozen=True)
class Flow:
    """Money into what is measured on a day (positive) or out of it; fen or any unit, the same throughout."""

    on: date
    amount: Decimal


@dataclass(frozen=True)
class DayValue:
    """A day of a time-weighted return: the value before it, what came in (out: negative) at its beginning, and its end."""

    begin: int
    flow: int
    end: int


def time_weighted(days: Sequence[DayValue]) -> Fraction | None:
    """The daily linked return: prod(end / (begin + flow)) - 1. Days on which nothing was invested say nothing; None when all do."""
    product, seen = Fraction(1), False
    for day in days:
        base = day.begin + day.flow
        if base > 0:
            product, seen = product * Fraction(day.end, base), True
    return product - 1 if seen else None


def money_weighted(flows: Sequence[Flow]) -> float | None:
    """XIRR on ACT/365F of the investor's flows (paid in negative, taken out and the end's value positive), as a ratio a year. None where
    no rate makes them worth nothing: all of one sign, or all on one day."""
    if len({flow.on for flow in flows}) < 2:
        return None
    amounts = [float(flow.amount) for flow in flows]
    if min(amounts) >= 0 or max(amounts) <= 0:
        return None
    return xirr([flow.on for flow in flows], amounts, day_count=DayCount.ACT_365F, silent=True)


def modified_dietz(*, begin: Decimal, end: Decimal, flows: Sequence[tuple[Fraction, Decimal]]) -> Fraction | None:
    """(end - begin - flows) / (begin + flows by weight); a flow's weight is the part of the time it was there. None for a base of 0."""
    moved = sum((Fraction(amount) for _, amount in flows), Fraction(0))
    base = Fraction(begin) + sum((weight * Fraction(amount) for weight, amount in flows), Fraction(0))
    return (Fraction(end) - Fraction(begin) - moved) / base if base else None


def day_weight(*, day: int, days: int) -> Fraction:
    """The weight of a flow on day `day` of `days`."""
    return Fraction(days - day, days)


def period_return(*, begin: Decimal, end: Decimal, flows: Sequence[tuple[Fraction, Decimal]]) -> float | None:
    """The internal rate of the whole stretch, not a year's: end = begin (1+R) + sum(flow (1+R)^weight). None where there is none."""
    low, high = -0.999999, 1_000.0

    def short(rate: float) -> float:
        return float(begin) * (1 + rate) + sum(float(amount) * (1 + rate) ** float(weight) for weight, amount in flows) - float(end)

    if short(low) * short(high) > 0:
        return None
    rising = short(high) > 0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if (short(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return high


@dataclass(frozen=True)
class Trade:
    """`quantity` bought (positive) or sold (negative) at `price` a piece; `fee` beside it."""

    on: date
    quantity: Decimal
    price: Decimal
    fee: Decimal = Decimal(0)


@dataclass(frozen=True)
class OnInvestment:
    """Gains in money and as ratios of the time-weighted investment; ratios None when nothing was invested for a day."""

    gross: Fraction
    net: Fraction
    time_weighted_investment: Fraction
    gross_ratio: Fraction | None
    net_ratio: Fraction | None


def on_investment(trades: Sequence[Trade], *, as_of: date, price: Decimal) -> OnInvestment:
    """Return on average investment: what was gained over what was invested on average, by days, at average cost.

    Source: the ROAI calculator of Ghostfolio. Trades in order of time, none after `as_of`; raises ValueError for selling more than is held.
    """
    held = invested = gained = fees = weighted = Fraction(0)
    ordered = [*trades, Trade(as_of, Decimal(0), Decimal(0))]
    for trade, following in zip(trades, ordered[1:], strict=True):
        quantity = Fraction(trade.quantity)
        fees += Fraction(trade.fee)
        if quantity >= 0:
            invested += quantity * Fraction(trade.price)
        else:
            if -quantity > held:
                raise ValueError("more is sold than is held")
            cost = invested * -quantity / held
            gained, invested = gained - quantity * Fraction(trade.price) - cost, invested - cost
        held += quantity
        weighted += invested * (following.on - trade.on).days
    gross = gained + held * Fraction(price) - invested
    days = (as_of - trades[0].on).days
    average = weighted / days if days else Fraction(0)
    ratios = (gross / average, (gross - fees) / average) if average else (None, None)
    return OnInvestment(gross, gross - fees, average, *ratios)


@dataclass(frozen=True)
class Lot:
    """`quantity` bought (positive) or sold (negative) for `total` in money."""

    quantity: Decimal
    total: Decimal


def first_in_first_out(lots: Sequence[Lot], *, price: Decimal) -> tuple[Fraction, Fraction]:
    """(realised, unrealised) gain: what is sold is what was bought first. Raises ValueError for selling more than is held."""
    open_lots: list[tuple[Fraction, Fraction]] = []
    realised = Fraction(0)
    for lot in lots:
        quantity, total = Fraction(lot.quantity), Fraction(lot.total)
        if quantity > 0:
            open_lots.append((quantity, total / quantity))
            continue
        realised, left = realised + total, -quantity
        while left:
            if not open_lots:
                raise ValueError("more is sold than is held")
            first, cost = open_lots[0]
            used = min(first, left)
            realised, left = realised - used * cost, left - used
            open_lots[0:1] = [(first - used, cost)] if first > used else []
    unrealised = sum((quantity * (Fraction(price) - cost) for quantity, cost in open_lots), Fraction(0))
    return realised, unrealised
