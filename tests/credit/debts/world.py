"""Money borrowed by customers with a line, and paid back from their wallets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from credit.debts import accounts, disclosing, queries
from credit.debts.models import CreditTxn, Draw, Instalment
from credit.debts.services import drawing, repaying
from credit.lines.models import CreditLine
from tests.credit.lines.world import activated, fresh
from tests.credit.products.world import cash
from tests.payments.wallet.world import holder, open_day, proven

AMOUNT = 600_000


def borrower(**product: Any) -> tuple[Customer, CreditLine]:
    """A customer with a wallet, a PIN and an active line of a cash product, grade B."""
    open_day()
    who = holder(pin=True)
    return who, activated(who, cash(**product), grade="B")


def shown(line: CreditLine, fen: int, periods: int, at: datetime | None = None) -> str:
    version = disclosing.version_of(line)
    quote = disclosing.quoted(line, version, amount_fen=fen, periods=periods, at=at or clock.now())
    return disclosing.digest(disclosing.facts_of(line, version, quote))


def drawn(who: Customer, line: CreditLine, fen: int = AMOUNT, periods: int = 6, *, at: datetime | None = None) -> Draw:
    at = at or clock.now()
    intent = proven(who, amount_fen=fen, payee=line.public_id, purpose=drawing.PURPOSE)
    sha256 = shown(line, fen, periods, at)
    return drawing.draw(intent=intent, line_id=line.pk, amount_fen=fen, periods=periods, shown_sha256=sha256, at=at)


def repaid(who: Customer, draw: Draw, fen: int, *, strategy: str = "", at: datetime | None = None) -> CreditTxn:
    intent = proven(who, amount_fen=fen, payee=draw.public_id, purpose=repaying.PURPOSE)
    return repaying.repay(intent=intent, draw_id=draw.pk, amount_fen=fen, strategy=strategy, at=at or clock.now())


def open_principal(line_id: UUID) -> int:
    rows = Instalment.objects.filter(line_id=line_id, state__in=queries.LIVE)
    return rows.aggregate(fen=Sum(F("principal_fen") - F("paid_principal_fen")))["fen"] or 0


def assert_agrees(line: CreditLine) -> None:
    """Open instalments are what is used of the line and what the ledger has of it."""
    assert open_principal(line.pk) == fresh(line).used_fen == abs(balance(accounts.principal(line.pk)).posted)
