"""The accounts of one product, all in yuan and owned by it: customers' money at a product is apart from that at every other."""

import uuid

from accounts.ledger.accounts import AccountRef, owned_account, platform_account

PAYMENTS = "product:payments"
HOLDINGS = "product:holdings"
PAYOUTS = "product:payouts"
ISSUER = "product:issuer"
ADVANCE = "product:advance"
FEES = "income:product_fee"
ROLES = (PAYMENTS, HOLDINGS, PAYOUTS, ISSUER, ADVANCE)


def payments(product_id: uuid.UUID) -> AccountRef:
    """What was paid for it and is not confirmed yet."""
    return owned_account(product_id, PAYMENTS)


def holdings(product_id: uuid.UUID) -> AccountRef:
    """What customers hold of it: the control account of their holdings."""
    return owned_account(product_id, HOLDINGS)


def payouts(product_id: uuid.UUID) -> AccountRef:
    """What was redeemed and is not paid out yet."""
    return owned_account(product_id, PAYOUTS)


def issuer(product_id: uuid.UUID) -> AccountRef:
    """What its issuer has of us."""
    return owned_account(product_id, ISSUER)


def advance(product_id: uuid.UUID) -> AccountRef:
    """What was paid out at once before its issuer paid."""
    return owned_account(product_id, ADVANCE)


def fees() -> AccountRef:
    """What customers paid us beside the product."""
    return platform_account(FEES)
