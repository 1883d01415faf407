"""The legs of every journal of settlement, by number. `debit` takes from an account, `credit` gives to it.

| n | event | entries |
| --- | --- | --- |
| 1 | settlement.closed | merchant:pending (moved) + merchant:reserve (released) -> merchant:reserve (kept) + merchant:available (rest) |
| 2 | settlement.sent | merchant:available -> transit:payout; a payout that failed or came back mirrors it (settlement.back) |
| 3 | settlement.paid | transit:payout -> clearing:channel; a payout that came back mirrors it (settlement.unpaid) |
| 4 | settlement.adjusted | expense:merchant -> merchant:pending, or merchant:pending -> income:merchant |

Journal 1 is one leg a merchant account: what is released and what is kept back meet on the reserve.
"""

import uuid

from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from payments.merchants import accounts as merchants

CLOSED = "settlement.closed"
SENT = "settlement.sent"
BACK = "settlement.back"
PAID = "settlement.paid"
UNPAID = "settlement.unpaid"
ADJUSTED = "settlement.adjusted"
TRANSIT = platform_account("transit:payout")
GIVEN = platform_account("expense:merchant")
TAKEN = platform_account("income:merchant")


def closed(*, merchant_id: uuid.UUID, moved_fen: int, reserved_fen: int, released_fen: int) -> list[Leg]:
    """Journal 1; no legs when nothing moves."""
    sides = (
        (merchants.pending(merchant_id), -moved_fen),
        (merchants.reserve(merchant_id), reserved_fen - released_fen),
        (merchants.available(merchant_id), moved_fen - reserved_fen + released_fen),
    )
    return [Leg(account, fen) for account, fen in sides if fen]


def sent(*, merchant_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 2."""
    return [debit(merchants.available(merchant_id), amount_fen), credit(TRANSIT, amount_fen)]


def paid(*, channel: str, amount_fen: int) -> list[Leg]:
    """Journal 3."""
    return [debit(TRANSIT, amount_fen), credit(platform_account(f"clearing:channel:{channel}"), amount_fen)]


def adjusted(*, merchant_id: uuid.UUID, amount_fen: int) -> list[Leg]:
    """Journal 4, by the sign of the amount."""
    own = merchants.pending(merchant_id)
    if amount_fen > 0:
        return [debit(GIVEN, amount_fen), credit(own, amount_fen)]
    return [debit(own, -amount_fen), credit(TAKEN, -amount_fen)]
