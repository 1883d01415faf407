"""Premiums that go back, schedules, and a family policy's price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from core.money import Rounding
from wealth.rules.fixed import months_later
from wealth.rules.rounding import percent, whole

COOLING_OFF_DAYS = 15
MOST_PRODUCTION_FEE_FEN = 1_000


class BadTable(ValueError):
    """A table's steps go up, and its shares stay within 0 and the whole."""


def unexpired_fen(*, premium_fen: int, elapsed_days: int, term_days: int, loading_bp: int = 0) -> int:
    """The premium of the days that are left, without its loading: premium * (1 - loading) * (1 - elapsed / term), truncated; nothing
    after the end. A day begun counts as a day gone. Raises ValueError for negative days."""
    if elapsed_days < 0 or term_days < 1:
        raise ValueError("days are counted from the first on")
    left = max(term_days - elapsed_days, 0)
    return whole(premium_fen * (1 - percent(loading_bp)) * Fraction(left, term_days))


def short_rate_fen(*, premium_fen: int, elapsed_days: int, kept: Sequence[tuple[int, int]]) -> int:
    """What goes back when the insurer keeps more than the days' share. `kept`: (days at most, basis points kept), upward; after the last
    step all is kept. Truncated. Raises BadTable."""
    require_steps(kept)
    share = next((basis_points for days, basis_points in kept if elapsed_days <= days), 10_000)
    return whole(premium_fen * (1 - percent(share)))


def cash_value_fen(*, premium_fen: int, years: int, shares: Sequence[tuple[int, int]]) -> int:
    """The value at surrender after so many whole policy years. `shares`: (from year, basis points of the premiums paid), upward; nothing
    before the first step. Truncated. Raises BadTable."""
    require_steps(shares)
    share = next((basis_points for year, basis_points in reversed(shares) if years >= year), 0)
    return whole(premium_fen * percent(share))


def require_steps(steps: Sequence[tuple[int, int]]) -> None:
    rising = all(low[0] < high[0] and low[1] <= high[1] for low, high in pairwise(steps))
    if not rising or any(number < 0 or basis_points < 0 for number, basis_points in steps):
        raise BadTable("steps and shares go up from nought")


def in_cooling_off(*, receipt_on: date, asked_on: date, period_days: int = COOLING_OFF_DAYS) -> bool:
    """Whether `asked_on` lies within the period: natural days from the day after the receipt was signed."""
    return receipt_on <= asked_on <= receipt_on + timedelta(days=period_days)


def cooling_off_refund_fen(
    *, receipt_on: date, asked_on: date, premium_fen: int, production_fee_fen: int = 0, period_days: int = COOLING_OFF_DAYS
) -> int | None:
    """The premium less the cost of making the policy, 10 yuan at most; None outside the period.

    Source: CBIRC, measures on the conduct of insurance sales (cooling-off of personal policies).
    """
    if not in_cooling_off(receipt_on=receipt_on, asked_on=asked_on, period_days=period_days):
        return None
    return premium_fen - min(production_fee_fen, MOST_PRODUCTION_FEE_FEN, premium_fen)


def schedule(*, starts_on: date, payments: int, every_months: int) -> list[date]:
    """The days premiums are due: the first at once, each next one on the same day of its month, or the month's last."""
    return [months_later(starts_on, number * every_months) for number in range(payments)]


@dataclass(frozen=True)
class FamilyTerms:
    """A family product: one sum for up to `threshold` members, a premium for each beyond; with no `lump_sum` a premium for each. Fees a
    member, or one sum for all where that is given. Money in any one unit."""

    lump_sum: int
    threshold: int
    max_members: int
    premium_adult: int
    premium_child: int
    registration_lump_sum: int = 0
    registration_fee: int = 0
    assembly_lump_sum: int = 0
    assembly_fee: int = 0


def family_value(terms: FamilyTerms, *, adults: int, children: int) -> int:
    """The price of a family policy; adults fill the threshold first. Source: the policy values of openIMIS.
    Raises ValueError for a family of nobody or beyond `max_members`."""
    members = adults + children
    if not 0 < members <= terms.max_members:
        raise ValueError(f"a family has one to {terms.max_members} members")
    covered = terms.threshold if terms.lump_sum else 0
    more_adults = max(adults - covered, 0)
    more_children = max(children - max(covered - adults, 0), 0)
    return (
        terms.lump_sum
        + more_adults * terms.premium_adult
        + more_children * terms.premium_child
        + (terms.registration_lump_sum or members * terms.registration_fee)
        + (terms.assembly_lump_sum or members * terms.assembly_fee)
    )


def pro_rata_fen(*, premium_fen: int, days: int, term_days: int) -> int:
    """The premium of `days` of a term, half up: what a change in the middle costs."""
    return whole(Fraction(premium_fen * days, term_days), Rounding.HALF_UP)


@dataclass(frozen=True)
class Band:
    """What persons from `from_age` up to below `below` pay at each payment: basis points of the cover."""

    from_age: int
    below: int
    rate_bp: int


def require_bands(bands: Sequence[Band]) -> None:
    """Raises BadTable unless ages follow each other without a gap."""
    if not bands or any(band.from_age < 0 or band.below <= band.from_age or band.rate_bp < 1 for band in bands):
        raise BadTable("each band has ages and a rate")
    if any(low.below != high.from_age for low, high in pairwise(bands)):
        raise BadTable("each band begins where the one before ends")


def age_on(*, born_on: date, day: date) -> int:
    """Whole years; one born on 29 February is older from 1 March on. Raises ValueError for one not born yet."""
    if born_on > day:
        raise ValueError("not born yet")
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def premium_fen(*, cover_fen: int, rate_bp: int, load_bp: int = 0) -> int:
    """One payment: the rate of the cover and what underwriting loads it with, half up."""
    return whole(cover_fen * percent(rate_bp) * (1 + percent(load_bp)), Rounding.HALF_UP)


@dataclass(frozen=True)
class Paid:
    """A premium that was paid, and the days it pays for: from `from_on` up to before `until_on`."""

    premium_fen: int
    from_on: date
    until_on: date


def gone(period: Paid, on: date) -> int:
    """Days of a period that are over on a day; one begun is."""
    return max((on - period.from_on).days + 1, 0)


def days_of(period: Paid) -> int:
    return (period.until_on - period.from_on).days


def pro_rata_back_fen(*, paid: Sequence[Paid], on: date, loading_bp: int = 0) -> int:
    """What goes back of every premium by its own days."""
    return sum(
        unexpired_fen(premium_fen=one.premium_fen, elapsed_days=gone(one, on), term_days=days_of(one), loading_bp=loading_bp)
        for one in paid
    )


def short_rate_back_fen(*, paid: Sequence[Paid], on: date, kept: Sequence[tuple[int, int]]) -> int:
    """The same by the short-rate table; nothing of a period that is over."""
    return sum(short_rate_fen(premium_fen=one.premium_fen, elapsed_days=gone(one, on), kept=kept) for one in paid if on < one.until_on)


def years_between(start: date, end: date) -> int:
    """Whole policy years."""
    return age_on(born_on=start, day=end) if end >= start else 0
