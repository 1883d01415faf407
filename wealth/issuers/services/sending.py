"""Sending what was submitted, asking about what got no answer, and bringing every request to an answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.attempts import Attempt
from core.moves import advance
from wealth.issuers import queries, schedule
from wealth.issuers.models import Issuer, IssuerRequest
from wealth.issuers.outside import refuse_inside_transaction
from wealth.issuers.port import NotDelivered, Port, Result, Unknown
from wealth.issuers.refusals import IssuerNotConnected
from wealth.issuers.services.concluding import conclude
from wealth.issuers.sockets import ISSUER_ADAPTERS
from wealth.issuers.states import REQUEST_MOVES, RequestState


def open_port(issuer: str) -> Port:
    """Raises IssuerNotConnected."""
    adapter = Issuer.objects.values_list("adapter", flat=True).get(code=issuer)
    maker = ISSUER_ADAPTERS.get(adapter)
    if maker is None:
        raise IssuerNotConnected()
    return maker.open(issuer=issuer)


def send(*, request_id: UUID, at: datetime, start: RequestState = RequestState.CREATED) -> IssuerRequest:
    """Send a request in state `start` and store what came back. Outside any transaction. Returns it as it then stands: also untouched
    when another process sent it, or its issuer is under maintenance."""
    refuse_inside_transaction()
    request, leaves = depart(request_id, start, at)
    return conclude(request_id=request_id, result=sent(request), at=at) if leaves else request


def sent(request: IssuerRequest) -> Result:
    try:
        return open_port(request.issuer_code).send(request=request)
    except IssuerNotConnected as problem:
        return NotDelivered(problem.code)


@transaction.atomic
def depart(request_id: UUID, start: RequestState, at: datetime) -> tuple[IssuerRequest, bool]:
    """Mark a request as sent, committed before it leaves; False when it does not leave now."""
    request = IssuerRequest.objects.select_for_update(of=("self",)).select_related("original").get(pk=request_id)
    if request.state != start:
        return request, False
    if not queries.reachable(request.issuer_code):
        IssuerRequest.objects.filter(pk=request.pk).update(due_at=at + schedule.MAINTENANCE_WAIT)
        return request, False
    marked: dict[str, Any] = {"sent_at": request.sent_at or at, "sends": request.sends + 1, "due_at": at + schedule.LEASE}
    advance(request, RequestState.SENT, moves=REQUEST_MOVES, at=at, **marked)
    return request, True


def query(*, request_id: UUID, at: datetime) -> IssuerRequest:
    """Ask what became of a request that left, and store it; a number the issuer has not seen is sent again. Outside any transaction."""
    refuse_inside_transaction()
    request, asks = ask(request_id, at)
    if not asks:
        return request
    try:
        result = open_port(request.issuer_code).query(request=request)
    except IssuerNotConnected as problem:
        result = Unknown(problem.code)
    if isinstance(result, Unknown) and not result.seen and request.state == RequestState.UNKNOWN:
        return send(request_id=request_id, at=at, start=RequestState.UNKNOWN)
    return conclude(request_id=request_id, result=result, at=at)


@transaction.atomic
def ask(request_id: UUID, at: datetime) -> tuple[IssuerRequest, bool]:
    """Count a question. What was sent and never answered becomes unknown here. Nothing to ask: never sent, or over."""
    request = IssuerRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.done or request.state == RequestState.CREATED:
        return request, False
    if not queries.reachable(request.issuer_code):
        IssuerRequest.objects.filter(pk=request.pk, due_at__isnull=False).update(due_at=at + schedule.MAINTENANCE_WAIT)
        return request, False
    if request.state == RequestState.SENT:
        advance(request, RequestState.UNKNOWN, moves=REQUEST_MOVES, at=at, code="no_answer")
    if request.state == RequestState.UNKNOWN:
        request.queries += 1
        IssuerRequest.objects.filter(pk=request.pk).update(queries=request.queries, due_at=at + schedule.LEASE)
    return request, True


def resolve_due(*, shard: int, at: datetime, most: int = 50) -> int:
    """One sweep of a shard: send what waits, ask about what left. Returns how many were attended to. One that fails keeps its lease and
    stops no other."""
    refuse_inside_transaction()
    for attended in range(most):
        claimed = claim_due(shard=shard, at=at)
        if claimed is None:
            return attended
        with Attempt("issuers.attend", request=claimed.public_id):
            attend(claimed, at)
    return most


def attend(request: IssuerRequest, at: datetime) -> IssuerRequest:
    if request.state == RequestState.CREATED:
        return send(request_id=request.id, at=at)
    return query(request_id=request.id, at=at)


@transaction.atomic
def claim_due(*, shard: int, at: datetime) -> IssuerRequest | None:
    """Take the most overdue request of a shard for a minute, so that no other sweeper takes it."""
    due = IssuerRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(shard=shard, due_at__lte=at)
    request = due.order_by("due_at", "id").first()
    if request is not None:
        IssuerRequest.objects.filter(pk=request.pk).update(due_at=at + schedule.LEASE)
    return request
