"""Measures against cases worked out by hand."""

from fractions import Fraction
from itertools import pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring import measures
from credit.scoring.measures import Band, NothingToMeasure

POINTS, BAD = [10, 20, 20, 30, 40], [1, 1, 0, 0, 0]


def test_the_area_counts_pairs_and_a_draw_as_half() -> None:
    assert measures.auc(POINTS, BAD) == Fraction(11, 12)  # 6 pairs: 5 in order, 1 drawn
    assert measures.auc([1, 2, 3, 4], [1, 1, 0, 0]) == 1
    assert measures.auc([1, 2, 3, 4], [0, 0, 1, 1]) == 0
    assert measures.auc([5, 5, 5], [0, 1, 0]) == Fraction(1, 2)


def test_the_widest_distance() -> None:
    assert measures.ks(POINTS, BAD) == Fraction(2, 3)  # at 20: all of the bad, a third of the good
    assert measures.distances(POINTS, BAD) == [(10, Fraction(1, 2)), (20, Fraction(2, 3)), (30, Fraction(1, 3)), (40, Fraction(0))]
    assert measures.ks([5, 5], [0, 1]) == 0


def test_what_a_cut_off_would_refuse() -> None:
    third = Fraction(1, 3)
    assert measures.roc(POINTS, BAD) == [(0, 0), (0, Fraction(1, 2)), (third, 1), (2 * third, 1), (1, 1)]


def test_a_shift_between_bands() -> None:
    assert measures.psi([50, 50], [500, 500]) == 0
    assert measures.psi([50, 50], [60, 40]) == pytest.approx(0.1 * log(0.6 / 0.5) - 0.1 * log(0.4 / 0.5))
    assert measures.psi([100, 0], [50, 50]) == pytest.approx(-0.5 * log(0.5) + (0.5 - 0.0001) * log(0.5 / 0.0001))


def test_bands_of_about_the_same_size() -> None:
    assert measures.edges(list(range(100))) == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert measures.edges([7] * 100) == []
    assert measures.edges([1, 1, 1, 1, 2], bands=5) == [2]
    assert measures.in_bands([0, 9, 10, 10, 25, 99], [10, 20]) == [2, 2, 2]


def test_calibration_sets_what_came_beside_what_was_said() -> None:
    said = {10: 0.5, 20: 0.25, 30: 0.125, 40: 0.125}
    assert measures.calibration(POINTS, BAD, said, bands=2) == [Band(10, 10, 1, 1, 0.5), Band(20, 40, 4, 1, 0.75)]


@pytest.mark.parametrize("measure", [measures.auc, measures.ks, measures.roc, measures.distances])
@pytest.mark.parametrize(("points", "bad"), [([], []), ([1, 2], [0, 0]), ([1, 2], [1, 1]), ([1, 2], [1])])
def test_good_and_bad_are_both_needed(measure: object, points: list[int], bad: list[int]) -> None:
    with pytest.raises(NothingToMeasure):
        measure(points, bad)  # type: ignore[operator]


@pytest.mark.parametrize(("expected", "actual"), [([1], [1, 2]), ([0, 0], [1, 1]), ([1, 1], [0, 0]), ([], [])])
def test_a_shift_needs_two_counts_over_the_same_bands(expected: list[int], actual: list[int]) -> None:
    with pytest.raises(NothingToMeasure):
        measures.psi(expected, actual)


SCORED = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=2, max_size=40).filter(
    lambda rows: len({bad for _, bad in rows}) == 2
)


@given(SCORED)
def test_the_area_is_that_of_all_pairs_and_under_the_curve(rows: list[tuple[int, int]]) -> None:
    points, bad = [row[0] for row in rows], [row[1] for row in rows]
    goods, bads = ([one for one, turned in rows if turned == which] for which in (0, 1))
    pairs = [Fraction((good > low) * 2 + (good == low), 2) for good in goods for low in bads]
    curve = measures.roc(points, bad)
    under = sum((right[0] - left[0]) * (right[1] + left[1]) / 2 for left, right in pairwise(curve))
    assert measures.auc(points, bad) == sum(pairs) / len(pairs) == under
    assert measures.ks(points, bad) == max(abs(y - x) for x, y in curve)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3), st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_a_shift_is_never_below_nought_and_the_same_both_ways(before: list[int], after: list[int]) -> None:
    if sum(before) and sum(after):
        assert measures.psi(before, after) >= 0
        assert measures.psi(before, after) == pytest.approx(measures.psi(after, before))
