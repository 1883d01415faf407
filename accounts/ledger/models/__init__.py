"""The ledger's tables: the books (rules), the money (balances, journals, holds) and the proofs (totals, seals)."""

from accounts.ledger.models.books import AccountRole, EventType, GLCode, GLRule, LedgerAsset
from accounts.ledger.models.money import (
    AccountState,
    Entry,
    Hold,
    Journal,
    LedgerAccount,
    LedgerBalance,
    Mode,
    OpenItem,
    PendingLeg,
    Reversal,
)
from accounts.ledger.models.proof import (
    BackDating,
    GLTotal,
    LedgerHalt,
    Movement,
    PeriodClose,
    ProofRun,
    RolledDay,
    SealBlock,
    SealManifest,
)

__all__ = [
    "AccountRole",
    "AccountState",
    "BackDating",
    "Entry",
    "EventType",
    "GLCode",
    "GLRule",
    "GLTotal",
    "Hold",
    "Journal",
    "LedgerAccount",
    "LedgerAsset",
    "LedgerBalance",
    "LedgerHalt",
    "Mode",
    "Movement",
    "OpenItem",
    "PendingLeg",
    "PeriodClose",
    "ProofRun",
    "Reversal",
    "RolledDay",
    "SealBlock",
    "SealManifest",
]
