"""The legs of every journal of splits, by number. `debit` takes from an account, `credit` gives to it.

| n | event | entries |
| --- | --- | --- |
| 1 | split.done | merchant:pending -> each receiver's merchant:pending or user:balance |
| 2 | split.returned | one receiver's merchant:pending or user:balance -> merchant:pending |

100.00 of which 99.40 is the merchant's, 20.00 to another merchant and 5.00 to a customer: merchant:pending 25.00 ->
merchant:pending (theirs) 20.00 + user:balance 5.00.
"""

import uuid
from collections.abc import Sequence

from accounts.ledger.accounts import AccountRef, customer_account
from accounts.ledger.legs import Leg, credit, debit
from payments.merchants import accounts as merchants
from payments.splits.models import SplitReceiver

DONE = "split.done"
RETURNED = "split.returned"


def account_of(receiver: SplitReceiver) -> AccountRef:
    if receiver.payee_merchant_id is not None:
        return merchants.pending(receiver.payee_merchant_id)
    assert receiver.payee_id is not None
    return customer_account(receiver.payee_id, "balance")


def done(*, merchant_id: uuid.UUID, given: Sequence[tuple[SplitReceiver, int]]) -> list[Leg]:
    """Journal 1: receiver and fen."""
    total = sum(fen for _, fen in given)
    return [debit(merchants.pending(merchant_id), total), *(credit(account_of(receiver), fen) for receiver, fen in given)]


def returned(*, merchant_id: uuid.UUID, receiver: SplitReceiver, amount_fen: int) -> list[Leg]:
    """Journal 2."""
    return [debit(account_of(receiver), amount_fen), credit(merchants.pending(merchant_id), amount_fen)]
