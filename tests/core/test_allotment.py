"""Allotment: exact cases from ledger.md and the property that nothing is lost or made."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.allotment import REST, BadAllotment, allot_ratio, allot_weights


def test_fifteen_by_four_fifths_and_two_small_shares_is_13_1_1() -> None:
    assert allot_ratio(15, [Fraction(4, 5), Fraction(2, 25), Fraction(3, 25)]) == [13, 1, 1]


def test_fifteen_by_two_halves_and_the_rest_is_8_7_0() -> None:
    assert allot_ratio(15, [Fraction(1, 2), Fraction(1, 2), REST]) == [8, 7, 0]


def test_the_rest_is_the_ratio_left_and_takes_part_like_the_others() -> None:
    assert allot_ratio(16, [Fraction(1, 3), REST]) == [6, 10]
    assert allot_ratio(16, [REST, Fraction(1, 3)]) == [11, 5]
    assert allot_ratio(-16, [Fraction(1, 3), REST]) == [-6, -10]


def test_a_share_of_zero_never_gets_a_unit() -> None:
    assert allot_ratio(15, [Fraction(0), Fraction(1, 2), Fraction(1, 2)]) == [0, 8, 7]
    assert allot_ratio(15, [REST, Fraction(1, 2), Fraction(1, 2)]) == [0, 8, 7]


@pytest.mark.parametrize("share", [1, 0.5, "rest", None])
def test_a_share_that_is_no_fraction_is_refused_and_not_taken_for_the_rest(share: object) -> None:
    with pytest.raises(BadAllotment, match="Fraction or REST"):
        allot_ratio(15, [Fraction(1, 2), share])  # type: ignore[list-item]


def test_two_rests_are_refused() -> None:
    with pytest.raises(BadAllotment):
        allot_ratio(15, [REST, REST])


def test_ratios_that_do_not_reach_one_are_refused_without_a_rest() -> None:
    with pytest.raises(BadAllotment):
        allot_ratio(15, [Fraction(1, 2)])


def test_largest_remainder_gives_the_left_over_to_the_largest_fraction() -> None:
    assert allot_weights(100, [1, 1, 1]) == [34, 33, 33]
    assert allot_weights(10, [3, 3, 1]) == [4, 4, 2]
    assert allot_weights(-100, [1, 1, 1]) == [-34, -33, -33]


@given(total=st.integers(-(10**15), 10**15), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_weights_never_lose_or_make_a_unit_and_stay_within_one_of_the_share(total: int, weights: list[int]) -> None:
    parts = allot_weights(total, weights)
    assert sum(parts) == total
    assert all(abs(part - Fraction(total * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True))


@given(total=st.integers(0, 10**15), cuts=st.lists(st.integers(0, 1000), min_size=1, max_size=10).filter(any))
def test_ratios_never_lose_or_make_a_unit_and_zero_stays_zero(total: int, cuts: list[int]) -> None:
    parts = allot_ratio(total, [Fraction(cut, sum(cuts)) for cut in cuts])
    assert sum(parts) == total
    assert min(parts) >= 0
    assert all(part == 0 for part, cut in zip(parts, cuts, strict=True) if cut == 0)
