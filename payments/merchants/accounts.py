"""The four accounts of a merchant, all in yuan: what a journal of an upper room names them by."""

import uuid

from accounts.ledger.accounts import AccountRef, owned_account

PENDING = "merchant:pending"
AVAILABLE = "merchant:available"
RESERVE = "merchant:reserve"
FROZEN = "merchant:frozen"
ROLES = (PENDING, AVAILABLE, RESERVE, FROZEN)


def pending(merchant_id: uuid.UUID) -> AccountRef:
    """What payers paid and is not settled yet."""
    return owned_account(merchant_id, PENDING)


def available(merchant_id: uuid.UUID) -> AccountRef:
    """What is settled and may be paid out."""
    return owned_account(merchant_id, AVAILABLE)


def reserve(merchant_id: uuid.UUID) -> AccountRef:
    """What is kept back of settlements for refunds and disputes to come."""
    return owned_account(merchant_id, RESERVE)


def frozen(merchant_id: uuid.UUID) -> AccountRef:
    """What is in dispute."""
    return owned_account(merchant_id, FROZEN)


def all_of(merchant_id: uuid.UUID) -> dict[str, AccountRef]:
    """Role to account."""
    return {role: owned_account(merchant_id, role) for role in ROLES}
