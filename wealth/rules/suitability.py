"""Which products fit which investor.

Source: SAC/AMAC guidelines on investor suitability (in force 2017-07-01): investors C1..C5 match products R1..R5; the most cautious (C1
minimum) may buy R1 alone; others may insist on more after a written warning; professional investors are free.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

LEVELS = ("C1", "C2", "C3", "C4", "C5")
RISKS = ("R1", "R2", "R3", "R4", "R5")
MINIMUM = "C1_MIN"
PROFESSIONAL = "PROFESSIONAL"


class Ruling(StrEnum):
    ALLOW = "allow"
    WARN = "warn_and_confirm"
    REJECT = "reject"


class BadQuestionnaire(ValueError):
    """The bands leave a score without a level, or give it two."""


def ruling(*, investor: str, risk: str) -> Ruling:
    """What an investor (C1_MIN, C1..C5 or PROFESSIONAL) meets who buys a product of R1..R5. Raises ValueError for other words."""
    asked = RISKS.index(risk)
    if investor == PROFESSIONAL:
        return Ruling.ALLOW
    if investor == MINIMUM:
        return Ruling.ALLOW if asked == 0 else Ruling.REJECT
    return Ruling.ALLOW if asked <= LEVELS.index(investor) else Ruling.WARN


def score(*, points: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]]) -> int:
    """The sum over all questions of the points of what was chosen; of several options of one question the highest counts.

    Raises KeyError for a question without an answer or an option that is none of it.
    """
    return sum(max(options[one] for one in chosen[question]) for question, options in points.items())


def level(*, score: int, bands: Sequence[tuple[int, str]]) -> str:
    """The level of a score: `bands` are (lowest score, level) upward; a score below the first one has the first level."""
    require_bands(bands)
    return next((name for lowest, name in reversed(bands) if score >= lowest), bands[0][1])


def require_bands(bands: Sequence[tuple[int, str]]) -> None:
    """Raises BadQuestionnaire unless there is one band a level, C1 to C5, each beginning above the one before."""
    if tuple(name for _, name in bands) != LEVELS or any(low >= high for (low, _), (high, _) in pairwise(bands)):
        raise BadQuestionnaire("one band for each of C1 to C5, each beginning above the one before")
