"""Storing what an issuer said about a number: the one place where an answer, a question and a line of a file become a state, once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.moves import advance
from core.work import services as work
from wealth.issuers import schedule
from wealth.issuers.models import IssuerRequest
from wealth.issuers.port import Accepted, NotDelivered, Rejected, Result, Unknown
from wealth.issuers.services import telling
from wealth.issuers.states import REQUEST_MOVES, Operation, Owed, RequestState

UNKNOWN, UNSENT, CONTRADICTED, UNCONFIRMED = (
    "issuer_request.unknown", "issuer_request.unsent", "issuer_request.contradicted", "issuer_request.unconfirmed",
)  # fmt: skip


@transaction.atomic
def conclude(*, request_id: UUID, result: Result, at: datetime) -> IssuerRequest:
    """Take in one answer about a request, under its row lock, and tell its listener when it becomes final. A repeat of what is known
    changes nothing; what contradicts the end changes nothing either, and asks an operator."""
    request = IssuerRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    match result:
        case _ if request.done:
            after_the_end(request, result, at)
        case Accepted(issuer_no):
            accept(request, issuer_no, at)
        case Rejected(code):
            reject(request, code, at)
        case NotDelivered(code) if request.state == RequestState.SENT and not request.queries:
            wait_to_send(request, code, at)
        case NotDelivered(code) | Unknown(code):
            wait_to_ask(request, code, at)
    return request


def after_the_end(request: IssuerRequest, result: Result, at: datetime) -> None:
    done = request.state == RequestState.CONFIRMED
    if (isinstance(result, Rejected) and done) or (isinstance(result, Accepted) and request.state == RequestState.REJECTED):
        contradicted(request, type(result).__name__.lower(), at)


def contradicted(request: IssuerRequest, said: str, at: datetime) -> None:
    work.ask(kind=CONTRADICTED, target=request.public_id, facts={"state": request.state, "said": said}, at=at)


def accept(request: IssuerRequest, issuer_no: str, at: datetime) -> None:
    if request.operation == Operation.CANCEL:
        call_off_original(request, at)
        finish(request, RequestState.CONFIRMED, at, issuer_no=issuer_no)
    elif request.state != RequestState.ACCEPTED:
        advance(request, RequestState.ACCEPTED, moves=REQUEST_MOVES, at=at, code="", issuer_no=issuer_no, due_at=None)
        end_items(request, at)


def call_off_original(cancel: IssuerRequest, at: datetime) -> None:
    """The issuer will not do the original any more. One that had ended otherwise is an operator's."""
    assert cancel.original_id is not None
    original = IssuerRequest.objects.select_for_update(of=("self",)).get(pk=cancel.original_id)
    if not original.done:
        advance(original, RequestState.CANCELLED, moves=REQUEST_MOVES, at=at, code="CANCELLED", due_at=None, settled_at=at)
        end_items(original, at)
    elif original.state == RequestState.CONFIRMED:
        contradicted(original, "cancelled", at)


def reject(request: IssuerRequest, code: str, at: datetime) -> None:
    finish(request, RequestState.REJECTED, at, code=code)


def finish(request: IssuerRequest, state: RequestState, at: datetime, **fields: Any) -> None:
    """Move a locked request to its end and tell its room."""
    owed = Owed.CONFIRMED if state == RequestState.CONFIRMED else Owed.REJECTED
    advance(request, state, moves=REQUEST_MOVES, at=at, due_at=None, settled_at=at, owed=owed, tell_at=at, **{"code": "", **fields})
    end_items(request, at)
    telling.tell(request, at)


def end_items(request: IssuerRequest, at: datetime) -> None:
    """Operators need not look any more: it is accepted, or over."""
    kinds = [UNKNOWN] if request.queries else []
    kinds += [UNSENT] if request.sends > 1 else []
    kinds += [UNCONFIRMED] if request.done else []
    for kind in kinds:
        work.finish(kind=kind, target=request.public_id, by="system", at=at)


def wait_to_send(request: IssuerRequest, code: str, at: datetime) -> None:
    """Certainly not there: it leaves again later; an operator hears of it when it does so in vain for long."""
    due_at = schedule.next_send(at, request.sends)
    advance(request, RequestState.CREATED, moves=REQUEST_MOVES, at=at, code=code, due_at=due_at)
    if schedule.used_up(request.sends):
        work.ask(kind=UNSENT, target=request.public_id, facts={"sends": request.sends, "code": code}, at=at)


def wait_to_ask(request: IssuerRequest, code: str, at: datetime) -> None:
    """It may be there: it is asked about by the schedule. What the issuer had accepted stays so."""
    if request.state == RequestState.ACCEPTED:
        return
    due_at = schedule.next_query(at, request.queries)
    if request.state == RequestState.UNKNOWN:
        telling.save(request, code=code, due_at=due_at, changed_at=at)
    else:
        advance(request, RequestState.UNKNOWN, moves=REQUEST_MOVES, at=at, code=code, due_at=due_at)
    if schedule.used_up(request.queries):
        facts = {"operation": request.operation, "queries": request.queries, "code": code}
        work.ask(kind=UNKNOWN, target=request.public_id, facts=facts, at=at)
