"""Acts on lines that a second person approves."""

from datetime import date, datetime
from uuid import UUID

from core.approvals.register import Payload, register
from core.clock.queries import local_day
from core.errors import Invalid
from core.ids import parse_public_id
from credit.lines import queries
from credit.lines.models import CreditLine, LineRaise
from credit.lines.services import changing, opening, raising
from credit.lines.services.opening import Offer
from credit.products import queries as products
from credit.products.queries import CreditProduct


def line_of(payload: Payload) -> CreditLine:
    return queries.line(parse_public_id(CreditLine.PREFIX, payload["target"]))


def words_of(payload: Payload) -> str:
    """Raises Invalid."""
    why = str(payload["why"]).strip()
    if not why:
        raise Invalid("why", "Say why.", "请填写理由。")
    return why


def offer_of(payload: Payload) -> Offer:
    """Raises NotFound, CreditNotOffered."""
    customer_id: UUID = parse_public_id("cus", payload["target"])
    version = products.offered(parse_public_id(CreditProduct.PREFIX, payload["product"]))
    until = date.fromisoformat(payload["valid_until"])
    return Offer(customer_id, version, payload["limit_fen"], payload["grade"], until)


def invite(payload: Payload, at: datetime) -> str:
    row = opening.invite(offer_of(payload), why=words_of(payload), at=at)
    return f"{row.public_id} is offered"


def invitable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    opening.refuse_unofferable(offer_of(payload), local_day(at))


def raise_limit(payload: Payload, at: datetime) -> str:
    row = changing.raise_limit(line_id=line_of(payload).id, limit_fen=payload["limit_fen"], why=words_of(payload), at=at)
    return f"{row.public_id} goes up to {row.limit_fen} fen"


def raisable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    line = line_of(payload)
    changing.refuse_closed(line)
    changing.refuse_small(line, payload["limit_fen"])
    changing.refuse_high(line, payload["limit_fen"] + changing.temporary_fen(line, local_day(at)))


def days_of(payload: Payload) -> tuple[date, date]:
    return date.fromisoformat(payload["since"]), date.fromisoformat(payload["until"])


def temporary(payload: Payload, at: datetime) -> str:
    since, until = days_of(payload)
    facts = {"amount_fen": payload["amount_fen"], "since": since, "until": until, "why": words_of(payload)}
    row = changing.set_temporary(line_id=line_of(payload).id, at=at, **facts)
    return f"{row.public_id} has {row.temporary_fen} fen more from {since} to {until}"


def temporarily(payload: Payload, at: datetime) -> None:
    words_of(payload)
    since, until = days_of(payload)
    changing.refuse_temporary(line_of(payload), payload["amount_fen"], since, until, local_day(at))


def close(payload: Payload, at: datetime) -> str:
    row = changing.close(line_id=line_of(payload).id, why=words_of(payload), at=at)
    return f"{row.public_id} is closed"


def closable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    changing.refuse_closed(line_of(payload))


def raise_of(payload: Payload) -> LineRaise:
    return queries.raise_(parse_public_id(LineRaise.PREFIX, payload["target"]))


def grant(payload: Payload, at: datetime) -> str:
    row = raising.grant(raise_id=raise_of(payload).id, limit_fen=payload["limit_fen"], why=words_of(payload), at=at)
    return f"{row.public_id} is granted up to {row.granted_fen} fen"


def grantable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    row = raise_of(payload)
    raising.refuse_ungrantable(row.line, row, payload["limit_fen"])


MAKERS, CHECKERS = {"risk", "finance_maker"}, {"finance_checker"}
for act, apply, check in (
    (opening.INVITE, invite, invitable),
    (changing.RAISE, raise_limit, raisable),
    (changing.TEMPORARY, temporary, temporarily),
    (changing.CLOSE, close, closable),
    (raising.GRANT, grant, grantable),
):
    register(act, apply=apply, check=check, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
