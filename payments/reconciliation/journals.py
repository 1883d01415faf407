"""The journals by which a channel's statement clears its clearing account. Each carries the reference of what it clears.

4 a payment settled: asset:bank + expense:channel_fee -> clearing:channel; a fee that is off within the tolerance goes to
variance:reconciliation · 4a a refund: clearing:channel -> asset:bank · 4b a payout: clearing:channel -> asset:bank ·
4c a payout that came back: asset:bank -> clearing:channel. The fixes of breaks are 4d to 4f (fixing.py).
"""

from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.legs import Leg, credit, debit

SETTLED = "reconciliation.settled"
REFUNDED = "reconciliation.refunded"
PAID_OUT = "reconciliation.paid_out"
CAME_BACK = "reconciliation.came_back"
FIXED = "reconciliation.fixed"
EVENTS = {"payment": SETTLED, "refund": REFUNDED, "payout": PAID_OUT, "payout_return": CAME_BACK}


def bank(channel: str) -> AccountRef:
    """The platform's own account at the bank behind a channel."""
    return platform_account(f"asset:bank:{channel}")


def clearing(channel: str) -> AccountRef:
    return platform_account(f"clearing:channel:{channel}")


def settled(*, channel: str, amount_fen: int, fee_fen: int, variance_fen: int) -> list[Leg]:
    """Journal 4. `fee_fen` is what the channel took, `variance_fen` how much of it was not due (negative: too little)."""
    debits = [
        (bank(channel), amount_fen - fee_fen),
        (platform_account("expense:channel_fee"), fee_fen - variance_fen),
        (platform_account("variance:reconciliation"), variance_fen),
    ]
    return [credit(clearing(channel), amount_fen), *(Leg(account, -amount) for account, amount in debits if amount)]


def out(*, channel: str, amount_fen: int) -> list[Leg]:
    """Journals 4a and 4b."""
    return [debit(clearing(channel), amount_fen), credit(bank(channel), amount_fen)]


def back(*, channel: str, amount_fen: int) -> list[Leg]:
    """Journal 4c."""
    return [debit(bank(channel), amount_fen), credit(clearing(channel), amount_fen)]


def as_listed(*, channel: str, kind: str, listed: tuple[int, int], ours: tuple[int, int]) -> list[Leg]:
    """Journal 4e: the bank account moved by the `listed` amount and fee, the order is `ours`: what is between them is a variance."""
    (amount, fee), (order, due) = listed, ours
    sign = 1 if kind in ("payment", "payout_return") else -1
    legs = [
        (clearing(channel), sign * order),
        (bank(channel), -sign * amount + fee),
        (platform_account("expense:channel_fee"), -due),
        (platform_account("variance:reconciliation"), sign * (amount - order) - fee + due),
    ]
    return [Leg(account, moved) for account, moved in legs if moved]


def legs_of(*, channel: str, kind: str, amount_fen: int, fee_fen: int, variance_fen: int) -> list[Leg]:
    """The legs of a statement line of `kind`."""
    match kind:
        case "payment":
            return settled(channel=channel, amount_fen=amount_fen, fee_fen=fee_fen, variance_fen=variance_fen)
        case "payout_return":
            return back(channel=channel, amount_fen=amount_fen)
    return out(channel=channel, amount_fen=amount_fen)
