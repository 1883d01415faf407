"""A higher limit that a customer asks for, and what two people or one make of it. Lock order: the customer, the line, the raise."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import NotFound
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from credit.lines import queries
from credit.lines.models import CreditLine, LineRaise
from credit.lines.refusals import MoreThanAsked, RaiseNotOpen, RaiseOpen
from credit.lines.services import changing
from credit.lines.states import RAISE_MOVES, RaiseState
from payments.wallet.services import parties

GRANT = "credit_raise.grant"


@transaction.atomic
def ask(*, customer_id: UUID, line_id: UUID, amount_fen: int, at: datetime) -> LineRaise:
    """Ask for a limit of `amount_fen`. Raises CustomerNotActive, NotFound, LineNotOpen, NothingToRaise, LineTooHigh, RaiseOpen."""
    parties.require_active(customer_id)
    line = changing.locked(line_id)
    if line.customer_id != customer_id:
        raise NotFound()
    changing.refuse_closed(line)
    changing.refuse_small(line, amount_fen)
    changing.refuse_high(line, amount_fen)
    if LineRaise.objects.filter(line=line, state=RaiseState.OPEN).exists():
        raise RaiseOpen()
    row = LineRaise(id=new_id(), line=line, customer_id=customer_id, shard=line.shard, amount_fen=amount_fen, created_at=at, changed_at=at)
    row.save(force_insert=True)
    work.ask(kind=changing.RAISE_WAITS, target=row.public_id, facts={"amount_fen": amount_fen, "limit_fen": line.limit_fen}, at=at)
    return row


def locked_open(raise_id: UUID) -> tuple[CreditLine, LineRaise]:
    """The line, then its raise. Raises NotFound, RaiseNotOpen."""
    line = changing.locked(queries.one(LineRaise.objects.filter(pk=raise_id)).line_id)
    row = LineRaise.objects.select_for_update(of=("self",)).get(pk=raise_id)
    refuse_decided(row)
    return line, row


def refuse_decided(row: LineRaise) -> None:
    """Raises RaiseNotOpen."""
    if row.state != RaiseState.OPEN:
        raise RaiseNotOpen(state=row.state)


def refuse_ungrantable(line: CreditLine, row: LineRaise, limit_fen: int) -> None:
    """A limit above today's, and no more than was asked for. Raises RaiseNotOpen, LineNotOpen,
    NothingToRaise, MoreThanAsked."""
    refuse_decided(row)
    changing.refuse_closed(line)
    changing.refuse_small(line, limit_fen)
    if limit_fen > row.amount_fen:
        raise MoreThanAsked(field="limit_fen", asked_fen=row.amount_fen)


@transaction.atomic
def grant(*, raise_id: UUID, limit_fen: int, why: str, at: datetime) -> LineRaise:
    """Two people raise the limit, as asked or by less. Raises ApprovalNeeded outside an approval of `credit_raise.grant`, NotFound, and
    what `refuse_ungrantable` raises."""
    decided = must_be_applying(GRANT)
    line, row = locked_open(raise_id)
    refuse_ungrantable(line, row, limit_fen)
    changing.raise_limit(line_id=line.id, limit_fen=limit_fen, why=f"asked for by {row.public_id}", at=at, under=GRANT)
    advance(row, RaiseState.GRANTED, moves=RAISE_MOVES, at=at, granted_fen=limit_fen, why=why)
    work.finish(kind=changing.RAISE_WAITS, target=row.public_id, by=decided.checker, at=at)
    return row


@transaction.atomic
def refuse(*, raise_id: UUID, why: str, by: str, at: datetime) -> LineRaise:
    """A person says no, in words for the customer. Raises NotFound, RaiseNotOpen."""
    _line, row = locked_open(raise_id)
    advance(row, RaiseState.REFUSED, moves=RAISE_MOVES, at=at, why=why)
    work.finish(kind=changing.RAISE_WAITS, target=row.public_id, by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, customer_id: UUID, raise_id: UUID, at: datetime) -> LineRaise:
    """The customer asks for it no more. Raises NotFound, RaiseNotOpen."""
    queries.own_raise(customer_id, raise_id)
    _line, row = locked_open(raise_id)
    advance(row, RaiseState.WITHDRAWN, moves=RAISE_MOVES, at=at)
    work.finish(kind=changing.RAISE_WAITS, target=row.public_id, by="customer", at=at)
    return row
