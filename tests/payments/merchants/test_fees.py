"""The fee of a payment: percent, floor, cap, half up, never more than the amount."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.merchants.fees import fee_fen


@dataclass
class Rate:
    rate_ppm: int
    floor_fen: int = 0
    cap_fen: int | None = None


@pytest.mark.parametrize(
    ("amount", "rate", "fee"),
    [
        (500_000, Rate(6000, 0, 3500), 3000),
        (1_000_000, Rate(6000, 0, 3500), 3500),
        (10_000, Rate(6000), 60),
        (83, Rate(6000), 0),
        (84, Rate(6000), 1),
        (250, Rate(6000), 2),
        (1, Rate(6000, 10), 1),
        (1000, Rate(6000, 10), 10),
        (10_000, Rate(0), 0),
        (10_000, Rate(1_000_000), 10_000),
    ],
)
def test_a_fee_is_a_share_between_a_floor_and_a_cap(amount: int, rate: Rate, fee: int) -> None:
    assert fee_fen(amount, rate) == fee


@given(
    amount=st.integers(1, 10**12),
    ppm=st.integers(0, 1_000_000),
    floor=st.integers(0, 10_000),
    more=st.none() | st.integers(0, 10**9),
)
def test_a_fee_is_the_rounded_share_bounded_and_never_above_the_amount(amount: int, ppm: int, floor: int, more: int | None) -> None:
    cap = None if more is None else floor + more
    fee = fee_fen(amount, Rate(ppm, floor, cap))
    share = Fraction(amount * ppm, 1_000_000)
    assert 0 <= fee <= amount
    assert fee >= min(floor, amount)
    assert cap is None or fee <= cap
    if floor < fee < min(amount, cap if cap is not None else amount):
        assert Fraction(-1, 2) < share - fee < Fraction(1, 2) or share - fee == Fraction(-1, 2)
