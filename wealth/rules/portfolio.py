"""What a portfolio is made of, and what check-ups say of it. Money in fen, shares in basis points that sum to 10,000."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.allotment import allot_weights
from wealth.rules.performance import DayValue, Flow, money_weighted, time_weighted
from wealth.rules.rounding import BP, places

LADDER = (30, 90, 180, 365)
OPEN_TERM, BEYOND = "open", "over_365"
MONTHS = 3
"""What goes out is looked at over so many months, of 30 days each."""


@dataclass(frozen=True)
class Slice:
    key: str
    fen: int
    bp: int


def slices(amounts: Mapping[str, int]) -> list[Slice]:
    """Each part with its share by largest remainder; parts below zero count as nothing. Empty where there is nothing to share."""
    held = {key: max(fen, 0) for key, fen in amounts.items()}
    if not any(held.values()):
        return []
    shares = allot_weights(BP, list(held.values()))
    return [Slice(key, fen, bp) for (key, fen), bp in zip(held.items(), shares, strict=True) if fen]


def rung(days: int | None) -> str:
    """The step of the term ladder of what falls due in so many days; None: open."""
    if days is None:
        return OPEN_TERM
    return next((f"up_to_{most}" for most in LADDER if days <= most), BEYOND)


def rungs() -> list[str]:
    return [OPEN_TERM, *(f"up_to_{most}" for most in LADDER), BEYOND]


@dataclass(frozen=True)
class DayFigures:
    """A day of what is measured: its value at the end, what was paid in and out, and its income."""

    day: date
    value_fen: int = 0
    paid_in_fen: int = 0
    paid_out_fen: int = 0
    income_fen: int = 0


def linked_return(days: Sequence[DayFigures]) -> Decimal | None:
    """Time-weighted, in percent with four decimals; days in order, those left out had nothing. None where nothing was invested."""
    values, before = [], DayFigures(date.min)
    for one in days:
        begin = before.value_fen if one.day - before.day == timedelta(days=1) else 0
        values.append(DayValue(begin, one.paid_in_fen - one.paid_out_fen, one.value_fen))
        before = one
    found = time_weighted(values)
    return None if found is None else places(found * 100, 4)


def yearly_return(days: Sequence[DayFigures], *, through: date) -> Decimal | None:
    """Money-weighted (XIRR), in percent a year with four decimals, up to the end of `through`. None where there is none."""
    flows = [Flow(one.day, Decimal(one.paid_out_fen - one.paid_in_fen)) for one in days if one.paid_out_fen != one.paid_in_fen]
    if days and days[-1].day == through and days[-1].value_fen:
        flows.append(Flow(through, Decimal(days[-1].value_fen)))
    found = money_weighted(flows)
    return None if found is None else places(Fraction(found) * 100, 4)


class Answer(StrEnum):
    OK = "ok"
    ATTENTION = "attention"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True)
class Verdict:
    """What a check-up says, and the numbers it says it by."""

    answer: Answer
    numbers: Mapping[str, int | str] = field(default_factory=dict)


UNKNOWN = Verdict(Answer.NOT_AVAILABLE)


def said(wrong: bool, **numbers: int | str) -> Verdict:
    return Verdict(Answer.ATTENTION if wrong else Answer.OK, numbers)


def emergency(*, liquid_fen: int, outflow_fen: int, months: int) -> Verdict:
    """Whether what is there today lasts `months` at the outflow of the last three. Unknown while nothing went out."""
    if outflow_fen <= 0:
        return UNKNOWN
    wanted = months * outflow_fen
    return said(
        liquid_fen * MONTHS < wanted,
        liquid_fen=liquid_fen,
        monthly_fen=outflow_fen // MONTHS,
        wanted_fen=-(-wanted // MONTHS),
        months=months,
        lasts_days=liquid_fen * MONTHS * 30 // outflow_fen,
    )


def concentration(*, largest_fen: int, total_fen: int, most_bp: int) -> Verdict:
    """Whether one product is more than a share of everything. Unknown while there is no product."""
    if total_fen <= 0 or largest_fen <= 0:
        return UNKNOWN
    share = largest_fen * BP // total_fen
    return said(largest_fen * BP > most_bp * total_fen, largest_fen=largest_fen, total_fen=total_fen, share_bp=share, most_bp=most_bp)


def idle(*, cash_fen: int, total_fen: int, most_bp: int, most_fen: int) -> Verdict:
    """Whether more than a share and more than an amount lies where it earns nothing. Unknown while there is nothing."""
    if total_fen <= 0:
        return UNKNOWN
    wrong = cash_fen > most_fen and cash_fen * BP > most_bp * total_fen
    share = cash_fen * BP // total_fen
    return said(wrong, cash_fen=cash_fen, total_fen=total_fen, share_bp=share, most_bp=most_bp, most_fen=most_fen)


def wall(*, due: Sequence[tuple[date, int]], days: int, most_bp: int) -> Verdict:
    """Whether more than a share of what has a term falls due within so many days of each other. Unknown where nothing has, or one thing
    alone: there is nothing to spread."""
    total = sum(fen for _, fen in due)
    if total <= 0 or len(due) < 2:
        return UNKNOWN
    within = [sum(fen for on, fen in due if first <= on < first + timedelta(days=days)) for first, _ in due]
    most = max(within)
    first = min(on for (on, _), fen in zip(due, within, strict=True) if fen == most)
    return said(
        most * BP > most_bp * total,
        due_fen=most, total_fen=total, share_bp=most * BP // total, most_bp=most_bp, days=days, due_on=first.isoformat(),
    )  # fmt: skip


def debts(*, owed_fen: int | None, deposits_fen: int, most_bp: int) -> Verdict:
    """Whether what is owed is more than a share of deposits. Unknown where nobody tells what is owed."""
    if owed_fen is None:
        return UNKNOWN
    share = owed_fen * BP // deposits_fen if deposits_fen > 0 else (BP if owed_fen else 0)
    wrong = owed_fen * BP > most_bp * max(deposits_fen, 0)
    return said(wrong, owed_fen=owed_fen, deposits_fen=deposits_fen, share_bp=share, most_bp=most_bp)
