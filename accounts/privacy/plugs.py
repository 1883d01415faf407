"""What the accounts floor itself plugs into privacy."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.identity import queries as identity
from accounts.identity.sockets import CONSENTS
from accounts.ledger import queries as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.services import open_account
from accounts.ledger.states import AccountState, set_state
from accounts.privacy import queries
from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS, Obstacle
from accounts.security import queries as security
from accounts.security import services as security_services
from accounts.verification import queries as verification
from accounts.verification import services as verification_services

MONEY = Obstacle("money_in_account", "Money stands or is held in the account: pay it out first.", "账户中仍有余额或冻结款项,请先转出。")


@dataclass(frozen=True)
class Part:
    """A query as an exporter."""

    query: Callable[[uuid.UUID], Any]

    def export(self, *, customer_id: uuid.UUID) -> Any:
        return self.query(customer_id)


@dataclass(frozen=True)
class Forgetting:
    """A service as an eraser."""

    service: Callable[..., None]

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        self.service(customer_id=customer_id, at=at)


class LedgerAccounts:
    """Balances and holds keep an account open; once nothing stands, its ledger accounts close, and the lines stay."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        rows: Any = ledger.accounts_with_balances().filter(owner_id=customer_id)
        return [MONEY] if any(row.posted or row.held or row.pending for row in rows) else []

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        """Closing refuses where money came in meanwhile; the main account is opened first, so that none comes later."""
        open_account(account=customer_account(customer_id), at=at)
        for row in ledger.accounts_with_balances().filter(owner_id=customer_id).exclude(state=AccountState.CLOSED):
            set_state(account_id=row.id, to=AccountState.CLOSED, at=at)

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        rows: Any = ledger.accounts_with_balances().filter(owner_id=customer_id)
        return [
            {
                "account": row.name,
                "asset": row.asset_id,
                "balance": row.posted + row.pending,
                "held": row.held,
                "lines": [told(line) for line in ledger.every_entry(row.id)],
            }
            for row in rows
        ]


def told(line: ledger.Line) -> Mapping[str, Any]:
    """A line without the journal's metadata, which may name staff."""
    return {
        "at": line.posted_at,
        "effective_on": line.effective_on,
        "journal": line.journal_id,
        "event": line.event,
        "reference": line.reference,
        "amount": line.amount,
        "balance_after": line.balance_after,
    }


class RequiredConsents:
    """The required documents as identity asks for them."""

    def lacking(self, *, customer: str, at: datetime) -> tuple[str, tuple[object, ...]]:
        return queries.lacking_consent(customer, at)

    def missing(self, *, customer_id: uuid.UUID, at: datetime) -> list[dict[str, str | int]]:
        return [
            {"kind": row.kind, "version": row.version, "title_en": row.title_en, "title_zh": row.title_zh}
            for row in queries.missing_consents(customer_id, at)
        ]


CONSENTS.plug("accounts.privacy", RequiredConsents())
accounts = LedgerAccounts()
OBLIGATIONS.plug("ledger", accounts)
EXPORTERS.plug("identity", Part(identity.personal_data))
EXPORTERS.plug("verification", Part(verification.personal_data))
EXPORTERS.plug("security", Part(security.personal_data))
EXPORTERS.plug("ledger", accounts)
EXPORTERS.plug("consents", Part(queries.consent_history))
ERASERS.plug("verification", Forgetting(verification_services.erase))
ERASERS.plug("security", Forgetting(security_services.erase))
ERASERS.plug("ledger", accounts)
