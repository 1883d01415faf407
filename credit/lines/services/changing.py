"""Limits up and down, for some days, frozen for reasons and free again, looked at again, closed."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.clock.queries import local_day
from core.errors import NotFound
from core.moves import advance
from core.outbox import services as outbox
from core.work import services as work
from credit.lines.models import REASON_LENGTH, CreditLine, LineEvent, LineRaise
from credit.lines.refusals import LineNotOpen, LineOwes, LineTooHigh, NotFrozenSo, NothingToLower, NothingToRaise, TemporaryDates
from credit.lines.states import LINE_MOVES, OPEN, RAISE_MOVES, Freeze, LineChange, LineState, RaiseState
from credit.products import terms as terms_of
from credit.products.queries import CreditProductVersion

RAISE, TEMPORARY, CLOSE = "credit_line.raise", "credit_line.temporary", "credit_line.close"
REVIEW, RAISE_WAITS = "credit_line.review", "credit_line.raise_asked"


def locked(line_id: UUID) -> CreditLine:
    """Raises NotFound."""
    row = CreditLine.objects.select_for_update(of=("self",)).select_related("product", "version").filter(pk=line_id).first()
    if row is None:
        raise NotFound()
    return row


def opened(line_id: UUID) -> CreditLine:
    """Raises NotFound, LineNotOpen."""
    row = locked(line_id)
    refuse_closed(row)
    return row


def refuse_closed(row: CreditLine) -> None:
    """Raises LineNotOpen."""
    if row.state not in OPEN:
        raise LineNotOpen(state=row.state)


def review_day(version: CreditProductVersion, at: datetime) -> date:
    return local_day(at) + timedelta(days=terms_of.of(version).line.review_days)


def note(row: CreditLine, change: LineChange, why: str, by: str, at: datetime) -> None:
    """Write down what happened, and tell it."""
    event = LineEvent(line=row, customer_id=row.customer_id, shard=row.shard, change=change, limit_fen=row.limit_fen, at=at)
    event.temporary_fen, event.reason, event.by = row.temporary_fen, why.strip()[:REASON_LENGTH], by
    event.save(force_insert=True)
    facts: outbox.Payload = {
        "line": row.public_id, "product": row.product.code, "state": str(row.state), "limit_fen": row.limit_fen,
        "temporary_fen": row.temporary_fen,
    }  # fmt: skip
    outbox.publish(topic=f"credit.line_{change.value}", owner=row.customer_id, payload=facts, at=at, key=row.public_id)


def write(row: CreditLine, at: datetime, **values: Any) -> None:
    """Columns of a locked line, its state left alone."""
    for name, value in values.items():
        setattr(row, name, value)
    CreditLine.objects.filter(pk=row.pk).update(changed_at=at, **values)


def temporary_fen(row: CreditLine, today: date) -> int:
    """What a temporary limit adds from today on, or will."""
    return row.temporary_fen if row.temporary_until is not None and row.temporary_until >= today else 0


def refuse_high(row: CreditLine, limit_fen: int) -> None:
    """Raises LineTooHigh."""
    most_fen = terms_of.of(row.version).line.most_fen
    if limit_fen > most_fen:
        raise LineTooHigh(field="limit_fen", most_fen=most_fen)


def refuse_small(row: CreditLine, limit_fen: int) -> None:
    """Raises NothingToRaise."""
    if limit_fen <= row.limit_fen:
        raise NothingToRaise(field="limit_fen", limit_fen=row.limit_fen)


@transaction.atomic
def raise_limit(*, line_id: UUID, limit_fen: int, why: str, at: datetime, under: str = RAISE) -> CreditLine:
    """A higher limit for good, by two people. Raises ApprovalNeeded outside an approval of the act `under`, NotFound, LineNotOpen,
    LineTooHigh, NothingToRaise."""
    decided = must_be_applying(under)
    row = opened(line_id)
    refuse_small(row, limit_fen)
    refuse_high(row, limit_fen + temporary_fen(row, local_day(at)))
    write(row, at, limit_fen=limit_fen)
    note(row, LineChange.RAISED, why, decided.maker, at)
    return row


@transaction.atomic
def lower(*, line_id: UUID, limit_fen: int, why: str, by: str, at: datetime) -> CreditLine:
    """A lower limit for good, at once; what is owed above it stays owed. Raises NotFound, LineNotOpen, NothingToLower."""
    row = opened(line_id)
    if not 1 <= limit_fen < row.limit_fen:
        raise NothingToLower(field="limit_fen", limit_fen=row.limit_fen)
    write(row, at, limit_fen=limit_fen)
    note(row, LineChange.LOWERED, why, by, at)
    return row


def refuse_temporary(row: CreditLine, amount_fen: int, since: date, until: date, today: date) -> None:
    """Raises LineNotOpen, LineTooHigh, TemporaryDates."""
    refuse_closed(row)
    refuse_high(row, row.limit_fen + amount_fen)
    most_days = terms_of.of(row.version).line.temporary_days
    if not today <= since <= until <= since + timedelta(days=most_days):
        raise TemporaryDates(field="until", most_days=most_days)


@transaction.atomic
def set_temporary(*, line_id: UUID, amount_fen: int, since: date, until: date, why: str, at: datetime) -> CreditLine:
    """So much more for some days, in the place of any before. Raises ApprovalNeeded outside an approval of `credit_line.temporary`,
    NotFound and what `refuse_temporary` raises."""
    decided = must_be_applying(TEMPORARY)
    row = locked(line_id)
    refuse_temporary(row, amount_fen, since, until, local_day(at))
    write(row, at, temporary_fen=amount_fen, temporary_from=since, temporary_until=until)
    note(row, LineChange.TEMPORARY, why, decided.maker, at)
    return row


@transaction.atomic
def freeze(*, line_id: UUID, reason: Freeze, why: str, by: str, at: datetime) -> CreditLine:
    """Lend nothing on it from now on, for one reason more. Raises NotFound, LineNotOpen."""
    row = opened(line_id)
    if reason in row.freezes:
        return row
    reasons = sorted({*row.freezes, str(reason)})
    if row.state == LineState.ACTIVE:
        row.freezes = reasons
        advance(row, LineState.FROZEN, moves=LINE_MOVES, at=at, freezes=reasons)
    else:
        write(row, at, freezes=reasons)
    note(row, LineChange.FROZEN, f"{reason.value}: {why}", by, at)
    return row


@transaction.atomic
def unfreeze(*, line_id: UUID, reason: Freeze, why: str, by: str, at: datetime) -> CreditLine:
    """One reason less; the last one gone, it lends again. Raises NotFound, LineNotOpen, NotFrozenSo."""
    row = opened(line_id)
    if reason not in row.freezes:
        raise NotFrozenSo(reason=str(reason))
    reasons = [one for one in row.freezes if one != reason]
    if reasons:
        write(row, at, freezes=reasons)
    else:
        row.freezes = reasons
        advance(row, LineState.ACTIVE, moves=LINE_MOVES, at=at, freezes=reasons)
    note(row, LineChange.UNFROZEN, f"{reason.value}: {why}", by, at)
    return row


@transaction.atomic
def come_to_review(*, line_id: UUID, at: datetime) -> bool:
    """The day to look at a line again has come: nothing more is lent until a person did. False when it has not."""
    row = locked(line_id)
    if row.state != LineState.ACTIVE or row.review_on is None or row.review_on > local_day(at):
        return False
    freeze(line_id=line_id, reason=Freeze.REVIEW, why=f"its review was due on {row.review_on}", by="system", at=at)
    work.ask(kind=REVIEW, target=row.public_id, facts={"limit_fen": row.limit_fen}, at=at)
    return True


@transaction.atomic
def reviewed(*, line_id: UUID, why: str, by: str, at: datetime) -> CreditLine:
    """A person looked at a line again and leaves it as it is, until the next time. Raises NotFound, LineNotOpen, NotFrozenSo."""
    row = unfreeze(line_id=line_id, reason=Freeze.REVIEW, why=why, by=by, at=at)
    write(row, at, review_on=review_day(row.version, at))
    note(row, LineChange.REVIEWED, why, by, at)
    work.finish(kind=REVIEW, target=row.public_id, by=by, at=at)
    return row


def end(row: CreditLine, why: str, by: str, at: datetime) -> None:
    """Close a locked line for good, and with it what is asked for of it. Raises LineOwes."""
    if row.used_fen:
        raise LineOwes(used_fen=row.used_fen)
    row.freezes = []
    advance(row, LineState.CLOSED, moves=LINE_MOVES, at=at, freezes=[])
    for asked in LineRaise.objects.select_for_update().filter(line=row, state=RaiseState.OPEN):
        advance(asked, RaiseState.WITHDRAWN, moves=RAISE_MOVES, at=at)
        work.finish(kind=RAISE_WAITS, target=asked.public_id, by=by, at=at)
    note(row, LineChange.CLOSED, why, by, at)
    work.finish(kind=REVIEW, target=row.public_id, by=by, at=at)


@transaction.atomic
def close(*, line_id: UUID, why: str, at: datetime) -> CreditLine:
    """Two people close a line. Raises ApprovalNeeded outside an approval of `credit_line.close`, NotFound, LineNotOpen, LineOwes."""
    decided = must_be_applying(CLOSE)
    row = opened(line_id)
    end(row, why, decided.maker, at)
    return row


@transaction.atomic
def close_own(*, customer_id: UUID, line_id: UUID, at: datetime) -> CreditLine:
    """The customer wants it no more. Raises NotFound, LineNotOpen, LineOwes."""
    row = locked(line_id)
    if row.customer_id != customer_id:
        raise NotFound()
    refuse_closed(row)
    end(row, "the customer wants it no more", "customer", at)
    return row
