"""The engine stands by itself."""

import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Rounding
from credit.engine.money import BadAmount, EngineError, cents, fen, rounded, yuan

ROOT = Path(__file__).resolve().parents[3]
MODULES = [
    "accrue",
    "allocate",
    "apr",
    "coupons",
    "day_count",
    "delinquency",
    "levels",
    "minimum",
    "money",
    "paying",
    "replan",
    "schedule",
    "split",
    "terms",
    "unit_periods",
    "walk",
]


def test_every_module_can_be_used_where_there_is_no_django() -> None:
    imports = "; ".join(f"import credit.engine.{module}" for module in MODULES)
    code = f"import sys; sys.modules['django'] = None; {imports}; assert not any(name.startswith('rest_framework') for name in sys.modules)"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": paths})


@given(st.integers(-(10**15), 10**15))
def test_fen_are_yuan_and_back(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize("amount", ["0.001", "Infinity", "NaN"])
def test_what_is_no_whole_fen_is_refused_and_its_field_named(amount: str) -> None:
    with pytest.raises(BadAmount, match="price") as refused:
        fen(Decimal(amount), "price")
    assert refused.value.field == "price"
    assert issubclass(BadAmount, EngineError)
    assert issubclass(EngineError, ValueError)


@given(st.fractions(-1_000, 1_000), st.sampled_from(list(Rounding)), st.sampled_from(["0.01", "0.10", "1", "50"]))
def test_rounding_ends_on_the_nearest_multiple_on_the_right_side(value: Fraction, how: Rounding, unit: str) -> None:
    got = rounded(value, Decimal(unit), how)
    assert got % Decimal(unit) == 0
    away = abs(Fraction(got) - value)
    assert away < Fraction(unit)
    if how.name.startswith("HALF"):
        assert away * 2 <= Fraction(unit)


def test_a_half_is_rounded_from_the_exact_value() -> None:
    just_below = Fraction(1, 200) - Fraction(1, 10**40)
    assert [cents(value, Rounding.HALF_UP) for value in (just_below, Fraction(1, 200))] == [Decimal("0.00"), Decimal("0.01")]
    assert [cents(Fraction(cent, 200), Rounding.HALF_EVEN) for cent in (1, 3, -1, -3)] == [Decimal(c) / 100 for c in (0, 2, 0, -2)]
