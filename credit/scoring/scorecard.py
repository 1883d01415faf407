"""A points scorecard: bins to points, stored as data (`credit.scoring.table`). Pure; nothing is learnt at run time.

Scaling: at `score_at` points there are `odds_at` good customers to one bad one, and `pdo` points more double the odds (Siddiqi, Credit
Risk Scorecards).
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cached_property

from core.money import Rounding
from credit.scoring.facts import Facts, Reason, number, text

MOST_REASONS = 4
DIGITS = 28
PLACES = 6


@dataclass(frozen=True)
class Bin:
    """One of: a range (`low` within, `high` not; None has no end), some texts, every `other` text, or nothing known (`missing`)."""

    points: int
    en: str
    zh: str
    low: Decimal | None = None
    high: Decimal | None = None
    values: tuple[str, ...] = ()
    other: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Characteristic:
    """A fact that is scored. `help_*`: what would help someone who lost points here, empty where nobody can change it.

    Bins of a number go upward, the missing one last; those of a category are the texts, then the other ones, then the missing one.
    """

    name: str
    en: str
    zh: str
    bins: tuple[Bin, ...]
    help_en: str = ""
    help_zh: str = ""

    @cached_property
    def category(self) -> bool:
        return any(one.values or one.other for one in self.bins)

    @cached_property
    def best(self) -> int:
        """The most points of what can be said: nobody is told that silence would be better."""
        return max(one.points for one in self.bins if not one.missing)

    @cached_property
    def _cuts(self) -> list[Decimal]:
        return [one.high for one in self.bins if one.high is not None]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {value: place for place, one in enumerate(self.bins) for value in one.values}

    @cached_property
    def _last(self) -> int:
        return len(self.bins) - 1

    def place(self, facts: Facts) -> int:
        """Which bin a fact falls in. Raises BadFact."""
        if self.category:
            word = text(facts, self.name)
            return self._last if word is None else self._places.get(word, self._last - 1)
        value = number(facts, self.name)
        return self._last if value is None else bisect_right(self._cuts, value)


@dataclass(frozen=True)
class Scorecard:
    name: str
    version: int
    base_points: int
    characteristics: tuple[Characteristic, ...]
    pdo: int
    odds_at: Decimal
    score_at: int

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of what it scores."""
        return tuple(one.name for one in self.characteristics)

    @property
    def least_points(self) -> int:
        return self.base_points + sum(min(one.points for one in each.bins) for each in self.characteristics)

    @property
    def most_points(self) -> int:
        return self.base_points + sum(max(one.points for one in each.bins) for each in self.characteristics)


@dataclass(frozen=True)
class Part:
    """What one characteristic gave, and how much less than its best bin would have; not knowing is no bin to strive for."""

    name: str
    bin: int
    points: int
    shortfall: int


@dataclass(frozen=True)
class Scored:
    points: int
    by_characteristic: tuple[Part, ...]
    reasons: tuple[Reason, ...]


def total(card: Scorecard, facts: Facts) -> int:
    """The points alone. Raises BadFact."""
    return card.base_points + sum(each.bins[each.place(facts)].points for each in card.characteristics)


def score(card: Scorecard, facts: Facts, *, most: int = MOST_REASONS) -> Scored:
    """Points, where they come from, and as reasons up to `most` characteristics that cost most against their best bin, the dearest first
    and in the table's order where they cost the same. Raises BadFact."""
    parts = []
    for each in card.characteristics:
        place = each.place(facts)
        parts.append(Part(each.name, place, each.bins[place].points, max(each.best - each.bins[place].points, 0)))
    costly = sorted((part for part in parts if part.shortfall), key=lambda part: -part.shortfall)[:most]
    named = {each.name: each for each in card.characteristics}
    return Scored(
        points=card.base_points + sum(part.points for part in parts),
        by_characteristic=tuple(parts),
        reasons=tuple(reason(named[part.name], part) for part in costly),
    )


def reason(characteristic: Characteristic, part: Part) -> Reason:
    found = characteristic.bins[part.bin]
    help_en, help_zh = characteristic.help_en, characteristic.help_zh
    if found.missing:
        help_en, help_zh = f"Tell us: {characteristic.en}.", f"请补充:{characteristic.zh}。"
    return Reason(f"score.{part.name}", f"{characteristic.en}: {found.en}", f"{characteristic.zh}:{found.zh}", help_en, help_zh)


def probability(card: Scorecard, points: int) -> Decimal:
    """How likely such a customer turns bad, with six decimals, half up."""
    with localcontext(Context(prec=DIGITS)):
        odds = card.odds_at * Decimal(2) ** (Decimal(points - card.score_at) / card.pdo)
        return Rounding.HALF_UP.places(1 / (1 + odds), PLACES)
