"""A payment that the channel had refused and did all the same: the channel is asked, and what it says is taken in by two people alone.

| request | asked | the room takes it | what two people may do |
| --- | --- | --- | --- |
| failed | says done | yes: its order is over | the request becomes success, the room books a late success and gives it back |
| failed | says done | no: the order is open, or paid another way | a journal: the money is owed to whoever sent it |
| failed | anything else | | find out with the channel |
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.moves import advance
from payments.channels import breaks, services, telling
from payments.channels.closing_breaks import ACT
from payments.channels.models import Break, ChannelRequest
from payments.channels.outcomes import conclude
from payments.channels.sockets import OUTCOMES, TakesLate
from payments.channels.states import REQUEST_MOVES, Operation, Owed, RequestState

ASKED = "query"


class NotTaken(DomainError):
    code = "late_success_not_taken"
    en = "The channel does not confirm this payment, or its order is not over. Ask the channel again, or close the break another way."
    zh = "渠道未确认该笔支付,或对应订单尚未结束。请再次查询渠道,或以其他方式处理该差异。"


def hear(*, request_id: UUID, at: datetime) -> None:
    """Ask the channel about a payment it had refused and its statement calls done. It changes nothing: that the channel says so too is
    written down, once, as a break of the request. Outside any transaction."""
    services.refuse_inside_transaction()
    request = ChannelRequest.objects.get(pk=request_id)
    if request.state != RequestState.FAILED or request.operation != Operation.PAY or said_done(request_id).exists():
        return
    result = services.exchanged(services.question, request, at, question=True)
    conclude(request_id=request_id, result=result, source=ASKED, at=at)


def said_done(request_id: UUID) -> QuerySet[Break]:
    """The channel's own word, when it was asked, that a failed payment is done."""
    return Break.objects.filter(request_id=request_id, kind=Break.Kind.STATUS, source=ASKED, ours="failed", theirs="success")


def taken(request: ChannelRequest) -> bool:
    """Whether a failed payment may be taken in as a late success: the channel said so when it was asked, and its room takes it."""
    room = OUTCOMES.get(request.business)
    failed = request.state == RequestState.FAILED and request.operation == Operation.PAY
    return failed and isinstance(room, TakesLate) and said_done(request.id).exists() and room.takes_late(request=request)


@transaction.atomic
def accept(*, request_id: UUID, channel_no: str, fee_fen: int, booked_on: date, at: datetime) -> ChannelRequest:
    """Call a refused payment done, as the channel's statement of `booked_on` lists it, and hand it to its room as a late success.

    Raises ApprovalNeeded outside an approval of closing a break, NotTaken, LedgerHalted, NoOpenDay.
    """
    must_be_applying(ACT)
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if not taken(request):
        raise NotTaken()
    listed: dict[str, Any] = {"channel_no": channel_no, "fee_fen": fee_fen, "booked_on": booked_on}
    owed: dict[str, Any] = {"owed": Owed.OUTCOME, "tell_at": at}
    advance(request, RequestState.SUCCESS, moves=REQUEST_MOVES, at=at, code="", verdict="", settled_at=at, **listed, **owed)
    telling.deliver(request, at)
    telling.settled(request, at)
    words = said_done(request_id).filter(state=Break.State.OPEN)
    breaks.end(list(words.values_list("id", flat=True)), why="taken in as a late success", at=at)
    return request
