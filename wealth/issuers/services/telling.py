"""Handing an issuer's final word to the room it was asked for, apart from storing it: what that room refuses now stays owed to it."""

from datetime import datetime

from django.db import transaction

from accounts.ledger.refusals import LedgerHalted
from core.attempts import Attempt
from core.business_day.queries import NoOpenDay
from core.errors import DomainError
from core.work import services as work
from wealth.issuers import schedule
from wealth.issuers.models import IssuerRequest
from wealth.issuers.sockets import TOLD
from wealth.issuers.states import Owed

SHUT = (LedgerHalted, NoOpenDay)
UNTOLD = "issuer_request.untold"


def tell(request: IssuerRequest, at: datetime) -> None:
    """Tell the listener what it is owed; called with the request locked, in the transaction that stored it or a later one."""
    listener = TOLD.get(request.business)
    assert listener is not None, f"nobody listens for {request.business}"
    try:
        with transaction.atomic():
            if request.owed == Owed.CONFIRMED:
                listener.confirmed(request=request, at=at)
            else:
                listener.rejected(request=request, at=at)
    except DomainError as refused:
        put_off(request, refused, at)
        return
    late = request.tell_at is not None and request.tell_at < at
    save(request, owed=Owed.NOTHING, tell_at=None)
    if late:
        work.finish(kind=UNTOLD, target=request.public_id, by="system", at=at)


def put_off(request: IssuerRequest, refused: DomainError, at: datetime) -> None:
    """To be told again; an operator hears of it, unless everything waits for the books anyway."""
    save(request, tell_at=at + schedule.TELL_AGAIN)
    if not isinstance(refused, SHUT):
        facts = {"operation": request.operation, "state": request.state, "refused": refused.code}
        work.ask(kind=UNTOLD, target=request.public_id, facts=facts, at=at)


def save(request: IssuerRequest, **fields: object) -> None:
    IssuerRequest.objects.filter(pk=request.pk).update(**fields)
    for name, value in fields.items():
        setattr(request, name, value)


def tell_due(*, shard: int, at: datetime, most: int = 100) -> int:
    """Tell again what is owed in one shard and due, oldest first, each in its own transaction. Returns how many were told."""
    due = IssuerRequest.objects.filter(shard=shard, tell_at__lte=at).order_by("tell_at", "id").values_list("id", flat=True)
    told = 0
    for request_id in list(due[:most]):
        with Attempt("issuers.tell", request=str(request_id)), transaction.atomic():
            request = IssuerRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
            if request.owed and request.tell_at is not None and request.tell_at <= at:
                tell(request, at)
                told += not request.owed
    return told
