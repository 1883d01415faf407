"""The fee of a withdrawal, at the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.wallet.fees import Fee, withdrawal_fee

fen = st.integers(min_value=0, max_value=10_000_000_000)


@pytest.mark.parametrize(
    ("amount_fen", "free_left_fen", "expected"),
    [
        (60_000, 0, Fee(fee_fen=200, free_fen=0)),
        (60_000, 60_000, Fee(fee_fen=0, free_fen=60_000)),
        (60_001, 60_000, Fee(fee_fen=200, free_fen=60_000)),
        (200_000, 0, Fee(fee_fen=200, free_fen=0)),
        (200_499, 0, Fee(fee_fen=200, free_fen=0)),
        (200_500, 0, Fee(fee_fen=201, free_fen=0)),
        (2_500_000, 0, Fee(fee_fen=2_500, free_fen=0)),
        (2_600_000, 0, Fee(fee_fen=2_500, free_fen=0)),
        (1, 0, Fee(fee_fen=200, free_fen=0)),
        (5, -3, Fee(fee_fen=200, free_fen=0)),
    ],
)
def test_ten_basis_points_from_2_to_25_yuan_over_the_free_allowance(amount_fen: int, free_left_fen: int, expected: Fee) -> None:
    assert withdrawal_fee(amount_fen=amount_fen, free_left_fen=free_left_fen, rate_bp=10, min_fen=200, cap_fen=2_500) == expected


@given(amount_fen=fen.filter(bool), free_left_fen=fen, rate_bp=st.integers(0, 10_000), bounds=st.tuples(fen, fen))
def test_a_fee_stays_within_its_bounds_and_never_charges_what_is_free(
    amount_fen: int, free_left_fen: int, rate_bp: int, bounds: tuple[int, int]
) -> None:
    least, most = sorted(bounds)
    fee = withdrawal_fee(amount_fen=amount_fen, free_left_fen=free_left_fen, rate_bp=rate_bp, min_fen=least, cap_fen=most)
    assert fee.free_fen == min(amount_fen, free_left_fen)
    if fee.free_fen == amount_fen or rate_bp == 0:
        assert fee.fee_fen == 0
    else:
        assert least <= fee.fee_fen <= most
