"""The legs of every journal of disputes, by number. `debit` takes from an account, `credit` gives to it.

1 frozen: the merchant's accounts -> merchant:frozen (again for what was short at first) · 2 released: the mirror of all of it (won,
withdrawn, or more frozen than a lost one took) · lost: the refund's own journal (payments.refunds), with merchant:frozen first among the
merchant's accounts.

A chargeback of 10.00 (fee 0.06, returned) freezes 9.94; lost: merchant:frozen 9.94 + income:fee 0.06 -> clearing:channel 10.00.
"""

import uuid
from collections.abc import Mapping

from accounts.ledger.accounts import owned_account
from accounts.ledger.legs import Leg, credit, debit
from payments.merchants import accounts

FROZEN = "dispute.frozen"
RELEASED = "dispute.released"


def frozen(merchant_id: uuid.UUID, parts: Mapping[str, int]) -> list[Leg]:
    """Journal 1. `parts`: role of the merchant's account to fen."""
    taken = [debit(owned_account(merchant_id, role), fen) for role, fen in parts.items()]
    return [*taken, credit(accounts.frozen(merchant_id), sum(parts.values()))]


def released(merchant_id: uuid.UUID, parts: Mapping[str, int]) -> list[Leg]:
    """Journal 2."""
    given = [credit(owned_account(merchant_id, role), fen) for role, fen in parts.items()]
    return [debit(accounts.frozen(merchant_id), sum(parts.values())), *given]
