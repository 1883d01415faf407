"""What a withdrawal costs: pure arithmetic on whole fen."""

from dataclasses import dataclass
from decimal import Decimal

from core.money import Rounding

BASIS = Decimal(10_000)


@dataclass(frozen=True)
class Fee:
    """The fee of one withdrawal and how much of the month's free allowance it uses (fen)."""

    fee_fen: int
    free_fen: int


def withdrawal_fee(*, amount_fen: int, free_left_fen: int, rate_bp: int, min_fen: int, cap_fen: int) -> Fee:
    """The part over the free allowance pays `rate_bp` basis points, half a fen up, at least `min_fen`, at most `cap_fen`.

    Nothing is charged when the whole amount is free or the rate is zero.
    """
    free_fen = min(amount_fen, max(free_left_fen, 0))
    charged_fen = amount_fen - free_fen
    if not charged_fen or not rate_bp:
        return Fee(fee_fen=0, free_fen=free_fen)
    exact = Rounding.HALF_UP.whole(Decimal(charged_fen) * rate_bp / BASIS)
    return Fee(fee_fen=min(max(exact, min_fen), cap_fen), free_fen=free_fen)
