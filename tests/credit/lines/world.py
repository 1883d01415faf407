"""Lines that were offered by two people and said yes to by their customers."""

from datetime import timedelta
from typing import Any

from accounts.identity.models import Customer
from core.approvals import services as approvals
from core.clock import queries as clock
from core.ids import new_id
from credit.lines import queries
from credit.lines.models import CreditLine
from credit.lines.services import opening
from credit.products.models import CreditProduct
from payments.wallet.services.authority import Intent
from tests import factories
from tests.credit.products.world import on_offer
from tests.wealth.catalog.products import staff

LIMIT = 1_000_000


def by_two(act: str, **payload: Any) -> Any:
    """Proposed by one person, approved by another. Returns what was decided."""
    at = clock.now()
    asked = approvals.propose(act=act, payload={"why": "as agreed"} | payload, maker=staff("ria", "risk"), reason="seen by us", at=at)
    return approvals.approve(approval_id=asked.id, checker=staff("cy", "finance_checker"), at=at)


def invited(who: Customer, product: CreditProduct | None = None, *, limit_fen: int = LIMIT, grade: str = "", days: int = 7) -> CreditLine:
    product = product or on_offer()
    until = clock.local_day(clock.now()) + timedelta(days=days)
    by_two(opening.INVITE, target=who.public_id, product=product.public_id, limit_fen=limit_fen, grade=grade, valid_until=until.isoformat())
    found = queries.living(who.id, product.id)
    assert found is not None
    return queries.line(found.id)


def intent(who: Customer, line: CreditLine, *, limit_fen: int = LIMIT) -> Intent:
    """With a proof for exactly this line."""
    at, nonce = clock.now(), str(new_id())
    session = factories.open_session(who)
    token = factories.proof(who, session.session, purpose=opening.ACTIVATE, amount_fen=limit_fen, payee=line.public_id, nonce=nonce, at=at)
    return Intent(who.id, session.session.id, nonce, token)


def activated(who: Customer, product: CreditProduct | None = None, *, limit_fen: int = LIMIT, grade: str = "") -> CreditLine:
    line = invited(who, product, limit_fen=limit_fen, grade=grade)
    opening.activate(intent=intent(who, line, limit_fen=limit_fen), line_id=line.id, shown_fen=limit_fen, at=clock.now())
    return fresh(line)


def fresh(line: CreditLine) -> CreditLine:
    return queries.line(line.id)
