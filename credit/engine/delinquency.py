"""How late a customer is: days past due with grace and pauses, buckets, classification, provision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import Rounding
from credit.engine.money import BadDay, BadRate, BadTerm, cents, checked


@dataclass(frozen=True)
class Pause:
    """No days are counted from `from_on` (still counted) to `to_on` (not counted any more). Raises BadDay."""

    from_on: date
    to_on: date

    def __post_init__(self) -> None:
        if self.to_on < self.from_on:
            raise BadDay("pauses", f"{self.to_on} is before {self.from_on}")


@dataclass(frozen=True)
class Lateness:
    """`past_due_days`: since the due day. `delinquent_days`: less the grace and the days of pauses."""

    past_due_days: int
    delinquent_days: int


def lateness(due_on: date, day: date, *, grace_days: int = 0, pauses: Sequence[Pause] = ()) -> Lateness:
    """On `day`, of the oldest instalment that is unpaid, due on `due_on`. A pause counts where it overlaps the days past due, each day
    once. Source: Apache Fineract, delinquency pause. Raises BadTerm for a negative grace."""
    if grace_days < 0:
        raise BadTerm("grace_days", f"{grace_days} days")
    past = max(0, (day - due_on).days)
    paused, reached = 0, due_on
    for pause in sorted(pauses, key=lambda pause: pause.from_on):
        start, end = max(pause.from_on, reached), min(pause.to_on, day)
        if end > start:
            paused, reached = paused + (end - start).days, end
    return Lateness(past, max(0, past - grace_days - paused))


BUCKETS = ((1, 3), (4, 30), (31, 60), (61, 90), (91, 120), (121, 150), (151, 180), (181, None))


def bucket(days: int) -> int:
    """0 for nobody late, 1 to 8 by `BUCKETS` of days past due. Raises BadTerm for less than none."""
    if days < 0:
        raise BadTerm("days", f"{days} days past due")
    return sum(1 for first, _ in BUCKETS if days >= first)


class Tier(StrEnum):
    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


class Scheme(StrEnum):
    """CARD: 0 / 1-90 / 91-120 / 121-180 / more. Source: PRC measures on credit cards of commercial banks, art. 92. GENERAL: 0 / to 90 / to
    270 / to 360 / more. Source: PRC measures on the risk classification of financial assets (2023), art. 10-12."""

    CARD = "card"
    GENERAL = "general"


LAST_DAYS = {Scheme.CARD: (0, 90, 120, 180), Scheme.GENERAL: (0, 90, 270, 360)}


def classified(days: int, scheme: Scheme) -> Tier:
    """The tier of so many days past due. Raises BadTerm for less than none."""
    if days < 0:
        raise BadTerm("days", f"{days} days past due")
    return list(Tier)[sum(1 for last in LAST_DAYS[scheme] if days > last)]


def provision(balance: Decimal, tier: Tier, rates: Mapping[Tier, Decimal], rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """What is set aside for `balance` yuan: its tier's rate (0.25 is 25 %). Raises BadRate for no rate, or one beyond 0 to 1; BadAmount."""
    if tier not in rates or not 0 <= rates[tier] <= 1:
        raise BadRate("rates", f"no rate from 0 to 1 for {tier}")
    return cents(Fraction(checked(balance, "balance")) * Fraction(rates[tier]), rounding)
