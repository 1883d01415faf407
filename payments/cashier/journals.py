"""The legs of every journal of the cashier, by number. `debit` takes from an account, `credit` gives to it.

1 paid: every source's own debits -> merchant:pending (less the fee) + income:fee · 2 late success: the external source's debits ->
payable:unapplied, and its refund (a reversal) · 3 a late success no channel would take back, paid out by hand.
"""

import uuid
from collections.abc import Sequence

from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from payments.merchants import accounts as merchants

PAID = "cashier.paid"
LATE = "cashier.late"
LATE_BACK = "cashier.late_back"
BY_HAND = "cashier.by_hand"
UNAPPLIED = platform_account("payable:unapplied")


def paid(*, merchant_id: uuid.UUID, amount_fen: int, fee_fen: int, funding: Sequence[Leg]) -> list[Leg]:
    """Journal 1."""
    legs = list(funding)
    if amount_fen > fee_fen:
        legs.append(credit(merchants.pending(merchant_id), amount_fen - fee_fen))
    if fee_fen:
        legs.append(credit(platform_account("income:fee"), fee_fen))
    return legs


def late(*, amount_fen: int, funding: Sequence[Leg]) -> list[Leg]:
    """Journal 2."""
    return [*funding, credit(UNAPPLIED, amount_fen)]


def by_hand(*, amount_fen: int) -> list[Leg]:
    """Journal 3: payable:unapplied -> asset:bank."""
    return [debit(UNAPPLIED, amount_fen), credit(platform_account("asset:bank"), amount_fen)]
