"""How well a score parts good from bad, and whether those scored have changed. Pure: for the report and for watching it in use.

A score is points: more is better. `bad` is 1 or True for who turned bad.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

STEADY, SHIFTED = 0.1, 0.25
"""Below the first nobody need look, above the second the table no longer fits (Siddiqi, Credit Risk Scorecards)."""
LEAST_SHARE = 0.0001


class NothingToMeasure(ValueError):
    """Good and bad are both needed, and as many outcomes as scores."""


@dataclass(frozen=True)
class Band:
    """Of those scored from `low` to `high` points: how many, how many were bad, and how many were said to be."""

    low: int
    high: int
    count: int
    bad: int
    expected_bad: float


def counted(points: Sequence[int], bad: Sequence[int]) -> list[tuple[int, int, int]]:
    """(points, good, bad), upward. Raises NothingToMeasure."""
    if len(points) != len(bad):
        raise NothingToMeasure(f"{len(points)} scores and {len(bad)} outcomes")
    everybody, turned = Counter(points), Counter(score for score, one in zip(points, bad, strict=True) if one)
    if not turned or turned.total() == len(points):
        raise NothingToMeasure("good and bad are both needed")
    return [(score, everybody[score] - turned[score], turned[score]) for score in sorted(everybody)]


def auc(points: Sequence[int], bad: Sequence[int]) -> Fraction:
    """How often a good one has more points than a bad one, where a draw counts half; exact. Raises NothingToMeasure."""
    rows = counted(points, bad)
    doubled = bad_below = 0
    for _, good, turned in rows:
        doubled += good * (2 * bad_below + turned)
        bad_below += turned
    return Fraction(doubled, 2 * bad_below * sum(good for _, good, _ in rows))


def ks(points: Sequence[int], bad: Sequence[int]) -> Fraction:
    """The widest distance between the two distributions; exact. Raises NothingToMeasure."""
    return max(abs(distance) for _, distance in distances(points, bad))


def distances(points: Sequence[int], bad: Sequence[int]) -> list[tuple[int, Fraction]]:
    """At each score, upward: the part of the bad up to there less the part of the good."""
    rows = counted(points, bad)
    goods, bads = sum(row[1] for row in rows), sum(row[2] for row in rows)
    good_so_far = bad_so_far = 0
    found = []
    for score, good, turned in rows:
        good_so_far, bad_so_far = good_so_far + good, bad_so_far + turned
        found.append((score, Fraction(bad_so_far, bads) - Fraction(good_so_far, goods)))
    return found


def roc(points: Sequence[int], bad: Sequence[int]) -> list[tuple[Fraction, Fraction]]:
    """(part of the good, part of the bad) that a cut-off would refuse, from none to all."""
    rows = counted(points, bad)
    goods, bads = sum(row[1] for row in rows), sum(row[2] for row in rows)
    good_so_far = bad_so_far = 0
    found = [(Fraction(0), Fraction(0))]
    for _, good, turned in rows:
        good_so_far, bad_so_far = good_so_far + good, bad_so_far + turned
        found.append((Fraction(good_so_far, goods), Fraction(bad_so_far, bads)))
    return found


def psi(expected: Sequence[int], actual: Sequence[int]) -> float:
    """The population stability index of two counts over the same bands, in the same order: sum of (a - e) ln(a / e) over their parts. A
    part below 0.01 % counts as 0.01 %, for a logarithm needs one. Raises NothingToMeasure."""
    if len(expected) != len(actual) or not sum(expected) or not sum(actual):
        raise NothingToMeasure("two counts over the same bands, with somebody in each")
    before = [max(count / sum(expected), LEAST_SHARE) for count in expected]
    after = [max(count / sum(actual), LEAST_SHARE) for count in actual]
    return math.fsum((now - then) * math.log(now / then) for then, now in zip(before, after, strict=True))


def edges(points: Sequence[int], bands: int = 10) -> list[int]:
    """The scores that bands of about the same size begin at, without the first; fewer where many have the same score."""
    ordered = sorted(points)
    cuts = {ordered[len(ordered) * place // bands] for place in range(1, bands)}
    return sorted(cuts - {ordered[0]})


def in_bands(points: Sequence[int], begins: Sequence[int]) -> list[int]:
    """How many are in each band: below the first of `begins`, from it to the next, and so on."""
    found = [0] * (len(begins) + 1)
    for score, count in Counter(points).items():
        found[sum(score >= begin for begin in begins)] += count
    return found


def calibration(points: Sequence[int], bad: Sequence[int], said: Mapping[int, float], *, bands: int = 10) -> list[Band]:
    """Bands of about the same size, upward, with what came and what was said. `said`: points to the probability of bad."""
    rows = counted(points, bad)
    begins = edges(points, bands)
    found: list[list[tuple[int, int, int]]] = [[] for _ in range(len(begins) + 1)]
    for row in rows:
        found[sum(row[0] >= begin for begin in begins)].append(row)
    return [
        Band(
            low=inside[0][0],
            high=inside[-1][0],
            count=sum(good + turned for _, good, turned in inside),
            bad=sum(turned for _, _, turned in inside),
            expected_bad=math.fsum(said[score] * (good + turned) for score, good, turned in inside),
        )
        for inside in found
        if inside
    ]
