"""The legs of every journal of refunds, by number. `debit` takes from an account, `credit` gives to it.

1 done: the merchant's accounts (what the refund set aside) + income:fee (the fee's part) -> every source's own credits ·
2 by hand: the same, with asset:bank instead of the source whose channel refused.

100.00 (coupon 10, balance 30, credit 20, card 40; fee 0.60), refund of 50.00: merchant:pending 49.70 + income:fee 0.30 ->
expense:coupon 5 + user:balance 15 + credit:receivable 10 + clearing:channel 20.
"""

import uuid
from collections.abc import Mapping, Sequence

from accounts.ledger.accounts import owned_account, platform_account
from accounts.ledger.legs import Leg, credit, debit

DONE = "refund.done"
BY_HAND = "refund.by_hand"


def back(*, merchant_id: uuid.UUID | None, taken: Mapping[str, int], fee_back_fen: int, sources: Sequence[Leg]) -> list[Leg]:
    """Journals 1 and 2; without a merchant the payee's debits are among `sources`. `taken`: role of the merchant's account to fen."""
    if merchant_id is None:
        return list(sources)
    legs = [debit(owned_account(merchant_id, role), fen) for role, fen in taken.items()]
    if fee_back_fen:
        legs.append(debit(platform_account("income:fee"), fee_back_fen))
    return [*legs, *sources]


def bank(amount_fen: int) -> Leg:
    """What an operator paid out of the bank account."""
    return credit(platform_account("asset:bank"), amount_fen)
