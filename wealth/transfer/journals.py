"""T1: W1 of the payee "transfer", the buyer's sources -> transfer:clearing of the product. T2, in the same transaction:
transfer:clearing -> the seller's user:balance, and the fee to income:transfer_fee. Between transactions transfer:clearing is empty."""

from uuid import UUID

from accounts.ledger.accounts import AccountRef, customer_account, owned_account, platform_account
from accounts.ledger.legs import Leg, credit, debit

CLEARING, FEES = "transfer:clearing", "income:transfer_fee"
TRANSFERRED = "wealth.transferred"


def clearing(product_id: UUID) -> AccountRef:
    return owned_account(product_id, CLEARING)


def transferred(*, product_id: UUID, seller_id: UUID, price_fen: int, fee_fen: int) -> list[Leg]:
    """T2."""
    legs = [debit(clearing(product_id), price_fen), credit(customer_account(seller_id), price_fen - fee_fen)]
    return legs + ([credit(platform_account(FEES), fee_fen)] if fee_fen else [])
