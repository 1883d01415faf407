"""Fixed terms: day counts, tiers, simple and compounded interest, leaving early."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from core.money import Rounding
from wealth.rules.calendar import Sessions
from wealth.rules.rounding import percent, whole

MONTHS = 12
DAYS_OF_MONTH = 30


class DayCount(StrEnum):
    """How a stretch of days becomes a part of a year (ISDA 2006 section 4.16: (d), (e), (g))."""

    ACT_365F = "act_365f"
    ACT_360 = "act_360"
    THIRTY_E_360 = "30e_360"

    @property
    def year(self) -> int:
        return 365 if self is DayCount.ACT_365F else 360


class BadTiers(ValueError):
    """Tiers are half-open intervals without gap or overlap, from the first one's `at_least` to no end."""


class NoTier(ValueError):
    """The value lies below the first tier."""


@dataclass(frozen=True)
class Tier:
    """`rate_bp` holds for `at_least` <= value < `below`; None: without end."""

    at_least: int
    below: int | None
    rate_bp: int


def days_between(start: date, end: date, basis: DayCount) -> int:
    """Days from `start` to `end`, the first counted and the last not; on 30E/360 every month has thirty, the 31st being the 30th."""
    if basis is not DayCount.THIRTY_E_360:
        return (end - start).days
    first, last = min(start.day, DAYS_OF_MONTH), min(end.day, DAYS_OF_MONTH)
    return 360 * (end.year - start.year) + DAYS_OF_MONTH * (end.month - start.month) + last - first


def interest(*, principal_fen: int, rate_bp: int, days: int, basis: DayCount) -> Fraction:
    """Simple interest in fen, exact, of `days` as counted by `basis`."""
    return principal_fen * percent(rate_bp) * Fraction(days, basis.year)


def interest_fen(
    *, principal_fen: int, rate_bp: int, days: int, basis: DayCount = DayCount.ACT_365F, rounding: Rounding = Rounding.DOWN
) -> int:
    """Simple interest in whole fen, rounded once at the end."""
    return whole(interest(principal_fen=principal_fen, rate_bp=rate_bp, days=days, basis=basis), rounding)


def compounded(*, principal: Fraction, rate_bp: int, months: int, every_months: int) -> Fraction:
    """What `principal` has become after `months` when interest joins it every `every_months`; months left over earn simple interest."""
    periods, rest = divmod(months, every_months)
    rate = percent(rate_bp)
    return principal * (1 + rate * Fraction(every_months, MONTHS)) ** periods * (1 + rate * Fraction(rest, MONTHS))


def require_contiguous(tiers: Sequence[Tier]) -> None:
    """Raises BadTiers for no tier, a gap, an overlap, an empty one, or an end."""
    joined = all(low.below == high.at_least for low, high in pairwise(tiers))
    filled = all(tier.below is None or tier.below > tier.at_least for tier in tiers)
    if not tiers or not joined or not filled or tiers[-1].below is not None:
        raise BadTiers("tiers follow each other without gap or overlap, and the last has no end")


def rate_for(tiers: Sequence[Tier], value: int) -> int:
    """The rate in basis points of the tier that `value` (fen, days or months) falls into. Raises BadTiers, NoTier."""
    require_contiguous(tiers)
    if value < tiers[0].at_least:
        raise NoTier(f"{value} is less than {tiers[0].at_least}")
    return next(tier.rate_bp for tier in reversed(tiers) if value >= tier.at_least)


@dataclass(frozen=True)
class EarlyExit:
    """Fen: interest of what leaves now, at the demand rate, and of what stays, at the contract's to its end."""

    withdrawn_interest_fen: int
    rest_fen: int
    rest_interest_fen: int


def early_exit(
    *,
    principal_fen: int,
    withdrawn_fen: int,
    contract_rate_bp: int,
    demand_rate_bp: int,
    term_days: int,
    held_days: int,
    basis: DayCount = DayCount.ACT_365F,
    rounding: Rounding = Rounding.DOWN,
) -> EarlyExit:
    """Leaving with a part or all before the end. Source: PBOC rules on time deposits: the part that is drawn early earns the demand rate
    for the days it was there, the rest keeps the contract's rate. Raises ValueError for more than there is, or after the end."""
    if not 0 < withdrawn_fen <= principal_fen or not 0 <= held_days < term_days:
        raise ValueError("a part of the principal leaves before the end")
    rest_fen = principal_fen - withdrawn_fen
    return EarlyExit(
        interest_fen(principal_fen=withdrawn_fen, rate_bp=demand_rate_bp, days=held_days, basis=basis, rounding=rounding),
        rest_fen,
        interest_fen(principal_fen=rest_fen, rate_bp=contract_rate_bp, days=term_days, basis=basis, rounding=rounding),
    )


def matures_on(*, starts_on: date, term_days: int, sessions: Sessions) -> date:
    """The day the term ends, or the first open day after it. Raises BeyondCalendar."""
    return sessions.on_or_after(starts_on + timedelta(days=term_days))


def months_later(start: date, months: int) -> date:
    """The same day so many months on; the last day of a month that is shorter."""
    year, month = divmod(start.year * MONTHS + start.month - 1 + months, MONTHS)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Deposit:
    """What a lot was promised. `months`: its term, where it is counted in months; `every_months`: how often interest joins the principal
    (None: never)."""

    rate_bp: int
    starts_on: date
    ends_on: date
    basis: DayCount = DayCount.ACT_365F
    rounding: Rounding = Rounding.DOWN
    months: int | None = None
    every_months: int | None = None


def ends_on(*, starts_on: date, term_days: int, months: int | None) -> date:
    """The day a term ends: so many months on, or days."""
    return starts_on + timedelta(days=term_days) if months is None else months_later(starts_on, months)


def at_end_fen(deposit: Deposit, principal_fen: int) -> int:
    """The interest of the whole term in fen, rounded once."""
    if deposit.every_months is None:
        days = days_between(deposit.starts_on, deposit.ends_on, deposit.basis)
        return interest_fen(principal_fen=principal_fen, rate_bp=deposit.rate_bp, days=days, basis=deposit.basis, rounding=deposit.rounding)
    assert deposit.months is not None, "what is compounded by months has a term in months"
    grown = compounded(principal=Fraction(principal_fen), rate_bp=deposit.rate_bp, months=deposit.months, every_months=deposit.every_months)
    return whole(grown - principal_fen, deposit.rounding)


def accrued_fen(deposit: Deposit, principal_fen: int, on: date) -> int:
    """What has accrued by the beginning of `on`, for display: whole fen, rounded down, never more than the end pays. Interest of a period
    that is not over is simple."""
    day, since, grown = min(on, deposit.ends_on), deposit.starts_on, Fraction(principal_fen)
    if day <= since:
        return 0
    if deposit.every_months is not None:
        periods = whole_months(since, day) // deposit.every_months
        grown *= (1 + percent(deposit.rate_bp) * Fraction(deposit.every_months, MONTHS)) ** periods
        since = months_later(since, periods * deposit.every_months)
    grown *= 1 + percent(deposit.rate_bp) * Fraction(days_between(since, day, deposit.basis), deposit.basis.year)
    return min(whole(grown - principal_fen), at_end_fen(deposit, principal_fen))


def early_fen(deposit: Deposit, *, part_fen: int, demand_rate_bp: int, on: date) -> int:
    """The interest of a part that leaves on `on`: the demand rate for the days it was there."""
    days = max(0, days_between(deposit.starts_on, on, deposit.basis))
    return interest_fen(principal_fen=part_fen, rate_bp=demand_rate_bp, days=days, basis=deposit.basis, rounding=deposit.rounding)


def whole_months(start: date, end: date) -> int:
    """Months that are over between two days; `months_later` of as many is not after `end`."""
    months = (end.year - start.year) * MONTHS + end.month - start.month
    return months - (months_later(start, months) > end)
