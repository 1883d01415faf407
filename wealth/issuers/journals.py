"""W8: the net money of one product and confirmation day, product:issuer (debit) <- asset:bank; what comes back goes the other way."""

from uuid import UUID

from accounts.ledger.accounts import AccountRef, owned_account, platform_account
from accounts.ledger.legs import Leg, credit, debit

SENT = "wealth.sent"
ISSUER_ROLE = "product:issuer"
BANK = "asset:bank"


def at_issuer(product_id: UUID) -> AccountRef:
    """A product's money at its issuer."""
    return owned_account(product_id, ISSUER_ROLE)


def sent(product_id: UUID, net_fen: int) -> list[Leg]:
    """Positive `net_fen`: we pay the issuer."""
    issuer, bank = at_issuer(product_id), platform_account(BANK)
    return [debit(issuer, net_fen), credit(bank, net_fen)] if net_fen > 0 else [debit(bank, -net_fen), credit(issuer, -net_fen)]
