"""Model portfolios: how far one has drifted, what to buy and sell to come back, and where a plan may lead. Money in fen, weights in basis
points that sum to 10,000."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import NormalDist

from core.allotment import allot_weights
from core.money import Rounding
from wealth.rules.rounding import BP, whole

SELL_AT_BP = 300
MONTHS = 12


class NoMix(ValueError):
    """No mix of these funds, without debts, has the exposures that are asked for."""


class BadWeights(ValueError):
    """Target weights are not negative and sum to 10,000 basis points."""


def require_weights(weights_bp: Sequence[int]) -> None:
    if sum(weights_bp) != BP or any(weight < 0 for weight in weights_bp):
        raise BadWeights(f"{list(weights_bp)} does not sum to {BP}")


def drift_bp(*, target_bp: Sequence[Fraction | int], current_bp: Sequence[Fraction | int]) -> Fraction:
    """Half the sum of absolute deviations, in basis points."""
    return sum((abs(Fraction(now) - want) for want, now in zip(target_bp, current_bp, strict=True)), Fraction(0)) / 2


def weights_of(amounts_fen: Sequence[int]) -> list[Fraction]:
    """Each amount's part of the whole in basis points, exact; nothing of nothing is 0."""
    total = sum(amounts_fen)
    return [Fraction(amount * BP, total) if total else Fraction(0) for amount in amounts_fen]


def mix(*, exposures: Sequence[Sequence[Fraction]], amounts: Sequence[Fraction]) -> list[Fraction]:
    """How much of each fund gives the wanted amount of each asset class. `exposures[fund][class]` is the part of a fund in a class.

    As many funds as classes. Raises NoMix where the funds cannot be told apart or one would have to be sold short.
    """
    size = len(amounts)
    rows = [[exposures[fund][asset] for fund in range(size)] + [amounts[asset]] for asset in range(size)]
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            raise NoMix("these funds cover the same classes in the same way")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(size):
            if row != column:
                factor = rows[row][column]
                rows[row] = [value - factor * base for value, base in zip(rows[row], rows[column], strict=True)]
    found = [row[-1] for row in rows]
    if any(amount < 0 for amount in found):
        raise NoMix("one of the funds would have to be sold short")
    return found


@dataclass(frozen=True)
class Plan:
    """Fen to buy (positive) and sell (negative) of each, and the cash that is left."""

    trades_fen: Mapping[str, int]
    cash_left_fen: int


def plan(
    *,
    targets_bp: Mapping[str, int],
    holdings_fen: Mapping[str, int],
    cash_fen: int,
    minimum_fen: int = 1,
    sell_at_bp: int = SELL_AT_BP,
) -> Plan:
    """What brings a portfolio back to its target: new cash buys what is short of its part of the total with that cash; only when the
    drift would still be `sell_at_bp` or more is anything sold. What is held without a target has a target of nothing. No trade is smaller
    than `minimum_fen`. Raises BadWeights.
    """
    require_weights(list(targets_bp.values()))
    targets_bp = dict.fromkeys(holdings_fen, 0) | dict(targets_bp)
    names = list(targets_bp)
    held = [holdings_fen.get(name, 0) for name in names]
    wanted = allot_weights(sum(held) + cash_fen, [targets_bp[name] for name in names])
    short = [max(want - have, 0) for want, have in zip(wanted, held, strict=True)]
    buys = allot_weights(min(cash_fen, sum(short)), short) if sum(short) else [0] * len(names)
    with_cash = [have + buy for have, buy in zip(held, buys, strict=True)]
    drifted = drift_bp(target_bp=[targets_bp[name] for name in names], current_bp=weights_of(with_cash))
    trades = buys if drifted < sell_at_bp else [want - have for want, have in zip(wanted, held, strict=True)]
    kept = [trade if abs(trade) >= minimum_fen else 0 for trade in trades]
    return affordable(dict(zip(names, kept, strict=True)), cash_fen, minimum_fen)


def affordable(trades: dict[str, int], cash_fen: int, minimum_fen: int) -> Plan:
    """Trades whose buys cost no more than cash and sales bring: a sale that was too small to make is missing from what buys may cost. A buy
    that is too small then is left out, and its cash stays."""
    over = sum(trades.values()) - cash_fen
    for name in sorted(trades, key=lambda one: (-trades[one], one)):
        cut = min(max(over, 0), max(trades[name], 0))
        left = trades[name] - cut
        trades[name] = 0 if 0 < left < minimum_fen else left
        over -= cut
    return Plan(trades, cash_fen - sum(trades.values()))


@dataclass(frozen=True)
class Tradable:
    """How one product is ordered: bought from `minimum_fen` on in steps of `step_fen`; of it `sellable_fen` can be given up today, and up
    to `fast_fen` of that is paid at once."""

    minimum_fen: int
    step_fen: int
    sellable_fen: int = 0
    fast_fen: int = 0
    bought: bool = True


@dataclass(frozen=True)
class Orders:
    """Fen to sell and to buy now, by name; `fast`: sales that are paid at once. `left_fen`: what is to be bought once the other sales are
    paid, earlier ones among them."""

    sells_fen: Mapping[str, int]
    buys_fen: Mapping[str, int]
    fast: frozenset[str]
    left_fen: int


def stepped(amount_fen: int, product: Tradable) -> int:
    """The most that can be bought for an amount."""
    if amount_fen < product.minimum_fen or not product.bought:
        return 0
    return amount_fen - (amount_fen - product.minimum_fen) % product.step_fen


def orderable(
    trades_fen: Mapping[str, int], *, products: Mapping[str, Tradable], cash_fen: int, coming_fen: int = 0, minimum_fen: int
) -> Orders:
    """The part of a plan's trades that can be ordered now: no more is sold than may be, and bought only with money that is there, which is
    the cash and what is paid at once; not with what is still coming from earlier sales."""
    sells = {name: min(-fen, products[name].sellable_fen) for name, fen in trades_fen.items() if fen < 0}
    sells = {name: fen for name, fen in sells.items() if fen >= minimum_fen}
    wanted = {name: fen for name, fen in trades_fen.items() if fen > 0 and products[name].bought}
    bought = affordable(wanted | {name: -fen for name, fen in sells.items()}, cash_fen + coming_fen, minimum_fen)
    afforded = {name: fen for name, fen in bought.trades_fen.items() if fen > 0}
    fast = frozenset(name for name, fen in sells.items() if fen <= products[name].fast_fen)
    there = cash_fen + sum(sells[name] for name in fast)
    now = affordable(dict(afforded), there, minimum_fen).trades_fen
    buys = {name: stepped(fen, products[name]) for name, fen in now.items()}
    return Orders(
        sells_fen=sells,
        buys_fen={name: fen for name, fen in buys.items() if fen >= minimum_fen},
        fast=fast,
        left_fen=sum(afforded.values()) - sum(now.values()),
    )


@dataclass(frozen=True)
class Band:
    """Fen at the end: what one in ten (`low`), half and nine in ten of the outcomes stay below."""

    low_fen: int
    middle_fen: int
    high_fen: int


def whole_months(start: date, end: date) -> int:
    """Whole months from one day to another: how often a month's end adds to a goal."""
    return max(0, (end.year - start.year) * MONTHS + end.month - start.month - (end.day < start.day))


def filled(amounts_fen: Sequence[int], have_fen: int) -> list[int]:
    """What one has, shared out to goals in their order: each takes what it lacks before the next has any."""
    found = []
    for amount in amounts_fen:
        found.append(min(amount, max(0, have_fen)))
        have_fen -= found[-1]
    return found


def projected(*, now_fen: int, monthly_fen: int, months: int, mean_bp: int, deviation_bp: int, outside: float = 0.1) -> Band:
    """Where an amount and a monthly addition at each month's end may lead if yearly returns are lognormal, with `mean_bp` as the middle
    return and `deviation_bp` as the deviation: each band is the growth at that quantile's constant rate. Rounded down."""
    years = months / MONTHS
    middle, deviation = math.log1p(mean_bp / BP), deviation_bp / BP

    def at(quantile: float) -> int:
        spread = NormalDist().inv_cdf(quantile) * deviation / math.sqrt(years) if months else 0.0
        growth = math.exp((middle + spread) / MONTHS)
        grown = now_fen * growth**months + monthly_fen * sum(growth**left for left in range(months))
        return whole(Fraction(grown), Rounding.FLOOR)

    return Band(at(outside), at(0.5), at(1 - outside))
