"""Money: whole minor units, one currency at a time, every rounding by name."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CNY, POINTS, CurrencyMismatch, Money, Rounding

FEN = st.integers(-(10**15), 10**15)


def test_amounts_of_one_currency_add_compare_and_turn_round() -> None:
    assert Money(150) + Money(-50) == Money(100)
    assert Money(150) - Money(200) == Money(-50)
    assert -Money(5) == Money(-5)
    assert (Money(1) < Money(2), Money(2) <= Money(2), Money(3) > Money(2), Money(2) >= Money(3)) == (True, True, True, False)
    assert (bool(Money(0)), bool(Money(-1))) == (False, True)


def test_currencies_never_mix() -> None:
    for act in (lambda: Money(1) + Money(1, "POINTS"), lambda: Money(1) - Money(1, "USD"), lambda: Money(1) < Money(2, "USD")):
        with pytest.raises(CurrencyMismatch):
            act()
    assert Money(1) != Money(1, "POINTS")


@pytest.mark.parametrize("amount", [1.0, Decimal(1), "1", True])
def test_only_whole_numbers_are_money(amount: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rounding", "up", "down", "low"),
    [
        (Rounding.HALF_UP, 3, -3, 1),
        (Rounding.HALF_EVEN, 2, -2, 1),
        (Rounding.HALF_DOWN, 2, -2, 1),
        (Rounding.DOWN, 2, -2, 1),
        (Rounding.UP, 3, -3, 2),
        (Rounding.FLOOR, 2, -3, 1),
        (Rounding.CEILING, 3, -2, 2),
    ],
)
def test_each_rounding_does_what_its_name_says(rounding: Rounding, up: int, down: int, low: int) -> None:
    assert (rounding.whole(Decimal("2.5")), rounding.whole(Decimal("-2.5")), rounding.whole(Decimal("1.1"))) == (up, down, low)
    assert Money(5).times(Decimal("0.5"), rounding) == Money(up)


def test_a_product_is_rounded_once_from_all_its_digits() -> None:
    just_under_half = Decimal("0.4" + "9" * 29)
    assert Money(1).times(just_under_half, Rounding.HALF_UP) == Money(0)
    assert CNY.minor("0.004" + "9" * 29, Rounding.HALF_UP) == 0
    third = Decimal("0." + "3" * 40)
    assert Money(10**15).times(third, Rounding.CEILING) == Money(333_333_333_333_334)
    assert Rounding.DOWN.whole(Decimal("9" * 40 + ".9")) == int("9" * 40)
    with pytest.raises(ValueError, match="more than 2 decimals"):
        CNY.minor("1." + "0" * 30 + "1")


@given(FEN, st.decimals(min_value=-1000, max_value=1000, allow_nan=False, places=40))
def test_a_product_is_the_fraction_s_own(amount: int, factor: Decimal) -> None:
    assert Money(amount).times(factor, Rounding.FLOOR) == Money(floor(amount * Fraction(factor)))


def test_a_rounding_keeps_the_decimals_asked_for() -> None:
    assert Rounding.HALF_UP.places(Decimal("1.23455"), 4) == Decimal("1.2346")


def test_whole_units_become_minor_ones_exactly_or_not_at_all() -> None:
    assert (CNY.minor("12.34"), CNY.minor(7), POINTS.minor("7")) == (1234, 700, 7)
    with pytest.raises(ValueError, match="more than 2 decimals"):
        CNY.minor("0.005")
    assert CNY.minor("0.005", Rounding.HALF_UP) == 1


@given(FEN)
def test_minor_units_survive_the_way_to_whole_units_and_back(amount: int) -> None:
    assert CNY.minor(CNY.major(amount)) == amount


@given(FEN, FEN)
def test_adding_and_taking_away_ends_where_it_began(first: int, second: int) -> None:
    assert Money(first) + Money(second) - Money(second) == Money(first)


def test_money_is_written_with_its_decimals_and_currency() -> None:
    assert (str(Money(123456)), str(Money(-5)), str(Money(9, "POINTS")), str(Money(7, "XAU"))) == (
        "1234.56 CNY",
        "-0.05 CNY",
        "9 POINTS",
        "7 XAU",
    )
