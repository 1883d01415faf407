"""Handing a channel's final word on money to the room it was asked for.

Apart from storing the word: the bank has done what it did whether or not it can be booked now. What the room refuses (the ledger is
halted, no business day is open) stays owed to it, and is told again until it is taken in.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.ledger import halt
from accounts.ledger.refusals import LedgerHalted
from core.attempts import Attempt
from core.business_day.queries import NoOpenDay
from core.errors import DomainError
from core.moves import WrongState
from core.work import services as work
from payments.channels.breaks import Told, record_break
from payments.channels.models import Break, ChannelRequest
from payments.channels.sockets import OUTCOMES
from payments.channels.states import Owed, RequestState

AGAIN_AFTER = timedelta(seconds=60)
SHUT = (LedgerHalted, NoOpenDay)
WORK = "channel_request.untold"


def tell(request: ChannelRequest, at: datetime) -> None:
    """Tell the listener what it is owed; called with the request locked, in the transaction that stored it or a later one.

    A word that contradicts the listener's own books (a second success for one order) leaves a Break and is owed no more.
    """
    try:
        with transaction.atomic():
            deliver(request, at)
    except WrongState as contradiction:
        ours = f"{request.business} {contradiction.members['state']}"
        record_break(request, Break.Kind.STATUS, ours, request.state, Told("booking", at))
    except DomainError as refused:
        put_off(request, refused, at)
        return
    settled(request, at)


def deliver(request: ChannelRequest, at: datetime) -> None:
    listener = OUTCOMES.get(request.business)
    assert listener is not None, f"nobody listens for {request.business}"
    if request.owed in (Owed.OUTCOME, Owed.BOTH):
        listener.settled(request=request, at=at)
    if request.owed in (Owed.RETURN, Owed.BOTH):
        listener.returned(request=request, at=at)


def put_off(request: ChannelRequest, refused: DomainError, at: datetime) -> None:
    """To be told again; an operator hears of it, unless everything waits for the books anyway."""
    ChannelRequest.objects.filter(pk=request.pk).update(tell_at=at + AGAIN_AFTER)
    if not isinstance(refused, SHUT):
        facts = {"operation": request.operation, "state": request.state, "amount_fen": request.amount_fen, "refused": refused.code}
        work.ask(kind=WORK, target=request.public_id, facts=facts, at=at)
    request.refresh_from_db()


def settled(request: ChannelRequest, at: datetime) -> None:
    """Nothing is owed any more."""
    late = request.tell_at is not None and request.tell_at < at
    ChannelRequest.objects.filter(pk=request.pk).update(owed=Owed.NOTHING, tell_at=None)
    request.refresh_from_db()
    if late:
        work.finish(kind=WORK, target=request.public_id, by="system", at=at)


def tell_due(*, shard: int, at: datetime, most: int = 100) -> int:
    """Tell again what is owed in one shard and due, oldest first, each in its own transaction. Returns how many were told.

    Nothing is tried while the books are shut: all of it would be refused.
    """
    if not books_are_open():
        return 0
    due = ChannelRequest.objects.filter(shard=shard, tell_at__lte=at).order_by("tell_at", "id").values_list("id", flat=True)
    told = 0
    for request_id in list(due[:most]):
        with Attempt("channels.tell", request=str(request_id)), transaction.atomic():
            request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
            if request.owed:
                tell(request, at)
                told += not request.owed
    return told


def books_are_open() -> bool:
    return refusal_of_books() is None


def refusal_of_books() -> DomainError | None:
    """Why money that moves now could not be booked; None when it can."""
    try:
        halt.require_open()
    except SHUT as refused:
        return refused
    return None


def owing(request: ChannelRequest, state: RequestState) -> Owed:
    """What the listener is owed once the request has come to `state`."""
    if state != RequestState.RETURNED:
        return Owed.OUTCOME
    return Owed.BOTH if request.owed else Owed.RETURN
