"""What a payment costs its merchant: a percentage between a floor and a cap, pure arithmetic."""

from typing import Protocol

PPM = 1_000_000


class Rate(Protocol):
    """Parts per million, fen; a `cap_fen` of None is no cap."""

    rate_ppm: int
    floor_fen: int
    cap_fen: int | None


def fee_fen(amount_fen: int, rate: Rate) -> int:
    """The fee on `amount_fen`: the share of it rounded half up, at least the floor, at most the cap, and never more than the amount.

    0.60 % capped at 35.00: 5,000.00 costs 30.00 and 10,000.00 costs 35.00.
    """
    share = (amount_fen * rate.rate_ppm * 2 + PPM) // (2 * PPM)
    bounded = max(share, rate.floor_fen)
    if rate.cap_fen is not None:
        bounded = min(bounded, rate.cap_fen)
    return min(bounded, amount_fen)
