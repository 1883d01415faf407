"""Writing the channel's request that gives a card's part of a refund back."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from core.moves import advance
from core.work import services as work
from payments.cashier import queries as cashier
from payments.cashier.services import orders
from payments.channels import queries as requests
from payments.channels import services as channels
from payments.channels.queries import ChannelRequest
from payments.refunds import queries
from payments.refunds.models import Refund, RefundPart
from payments.refunds.states import REFUND_MOVES, RefundState
from payments.wallet.sweeps import SHUT

BUSINESS = "refund"
WAITING = "refund.waiting"
MAY_WAIT = timedelta(days=1)


def place(*, refund: Refund, part: RefundPart, at: datetime) -> ChannelRequest:
    """Write the request of a `created` refund, with its order locked; it is sent after the commit.

    Raises ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, LedgerHalted, NoOpenDay.
    """
    leg = next(leg for leg in cashier.paid_legs(refund.order_id) if leg.id == part.leg_id)
    assert leg.request_id is not None, "an external leg was paid through a channel"
    payment = requests.request(leg.request_id)
    request = channels.place(
        channel=payment.channel_id,
        operation="refund",
        business=BUSINESS,
        business_id=part.id,
        customer_id=payment.customer_id,
        card_id=payment.card_id,
        amount_fen=part.amount_fen,
        reference=refund.public_id,
        original_id=payment.id,
        at=at,
    )
    RefundPart.objects.filter(pk=part.pk).update(request_id=request.id)
    part.request_id = request.id
    advance(refund, RefundState.PROCESSING, moves=REFUND_MOVES, at=at, code="")
    return request


def place_or_wait(*, refund: Refund, part: RefundPart, at: datetime) -> bool:
    """Place the request, or leave the refund `created` for the sweeper while the channel or the books are shut."""
    try:
        with transaction.atomic():
            place(refund=refund, part=part, at=at)
    except SHUT as refused:
        note_waiting(refund, refused.code, at)
        return False
    return True


@transaction.atomic
def place_waiting(*, refund_id: uuid.UUID, at: datetime) -> bool:
    """Place the request of a refund that had to wait. Returns whether it is placed by this."""
    orders.locked(queries.refund(refund_id).order_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if refund.state != RefundState.CREATED:
        return False
    placed = place_or_wait(refund=refund, part=asked_part(refund), at=at)
    if placed:
        work.finish(kind=WAITING, target=refund.public_id, by="system", at=at)
    return placed


def asked_part(refund: Refund) -> RefundPart:
    """The part that a channel has to give back."""
    return RefundPart.objects.get(refund_id=refund.pk, asked=True)


def note_waiting(refund: Refund, why: str, at: datetime) -> None:
    """An operator hears of a refund that waits for longer than a day (`why`, the refusal's code)."""
    if at - refund.created_at > MAY_WAIT:
        facts = {"amount_fen": refund.amount_fen, "why": why, "since": refund.created_at.isoformat()}
        work.ask(kind=WAITING, target=refund.public_id, facts=facts, at=at)
