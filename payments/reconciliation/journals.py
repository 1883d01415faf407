"""The journals by which a channel's statement clears its clearing account. Each carries the reference of what it clears.

4 a payment settled: asset:bank + expense:channel_fee -> clearing:channel; a fee that is off within the tolerance goes to
variance:reconciliation · 4a a refund: clearing:channel -> asset:bank, less the fee that comes back: -> expense:channel_fee · 4b a payout:
clearing:channel -> asset:bank · 4c a payout that came back: asset:bank -> clearing:channel. The fixes of breaks are 4d to 4f (fixing.py).
4g money sent on from a channel's account: transit:sent_on + expense:channel_fee -> asset:bank of the channel · 4h it came in at our bank:
asset:bank of that one -> transit:sent_on. Both halves bear one reference, so that transit has nothing left of what arrived.
"""

from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.legs import Leg
from payments.reconciliation.models import BETWEEN

SETTLED = "reconciliation.settled"
REFUNDED = "reconciliation.refunded"
PAID_OUT = "reconciliation.paid_out"
CAME_BACK = "reconciliation.came_back"
FIXED = "reconciliation.fixed"
SENT_ON, ARRIVED = "reconciliation.sent_on", "reconciliation.arrived"
EVENTS = {"payment": SETTLED, "refund": REFUNDED, "payout": PAID_OUT, "payout_return": CAME_BACK, "sent_on": SENT_ON, "arrived": ARRIVED}


def bank(channel: str) -> AccountRef:
    """The platform's own account at the bank behind a channel."""
    return platform_account(f"asset:bank:{channel}")


def clearing(channel: str) -> AccountRef:
    return platform_account(f"clearing:channel:{channel}")


def against(channel: str, kind: str) -> AccountRef:
    """What a line of `kind` is booked against: money between our own accounts has nothing to do with orders."""
    return platform_account("transit:sent_on") if kind in BETWEEN else clearing(channel)


def as_listed(*, channel: str, kind: str, listed: tuple[int, int], ours: tuple[int, int]) -> list[Leg]:
    """Journal 4e: the bank account moved by the `listed` amount and fee, the order is `ours`: what is between them is a variance."""
    (amount, fee), (order, due) = listed, ours
    sign = 1 if kind in ("payment", "payout_return", "arrived") else -1
    legs = [
        (against(channel, kind), sign * order),
        (bank(channel), -sign * amount + fee),
        (platform_account("expense:channel_fee"), -due),
        (platform_account("variance:reconciliation"), sign * (amount - order) - fee + due),
    ]
    return [Leg(account, moved) for account, moved in legs if moved]


def legs_of(*, channel: str, kind: str, amount_fen: int, fee_fen: int, variance_fen: int) -> list[Leg]:
    """The legs of a statement line of `kind`: journals 4 to 4c, 4g and 4h. `fee_fen` is what the channel took (negative: gave back),
    `variance_fen` how much of it was not due (negative: too little)."""
    return as_listed(channel=channel, kind=kind, listed=(amount_fen, fee_fen), ours=(amount_fen, fee_fen - variance_fen))
