"""What a channel's final word does to the attempt that waits for it: commit all, release all, or take note of a late success."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.identity import queries as identity
from core.errors import DomainError
from core.moves import WrongState, advance
from payments.cashier import queries
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import funding, late, orders, paying
from payments.cashier.sockets import SCENE_RULES, Rerouted, external_of, source_of
from payments.cashier.states import ATTEMPT_MOVES, LEG_MOVES, ORDER_MOVES, AttemptState, LegState, OrderState
from payments.channels import services as channels
from payments.channels import telling
from payments.channels.queries import ChannelRequest

NEXT_CHANNEL = "next_channel"
WAITING = (AttemptState.OPEN, AttemptState.GIVEN_UP)


@transaction.atomic
def settle(*, request: ChannelRequest, at: datetime) -> PaymentOrder:
    """Take in the channel's word on an external leg, or on the refund of a late one, in the transaction that stores it.

    Raises LedgerHalted, NoOpenDay (told again later), and WrongState for a second word on an attempt that is over.
    """
    leg = FundingLeg.objects.get(pk=request.business_id)
    order = orders.locked(leg.order_id)
    identity.lock(request.customer_id)
    if request.operation == "refund":
        return late.settle_refund(order=order, leg_id=leg.id, request=request, at=at)
    attempt, legs = PaymentAttempt.objects.get(pk=leg.attempt_id), queries.legs(leg.attempt_id)
    if after_all(order, attempt, leg, request):
        return late.book_after_all(order=order, attempt=attempt, leg=leg, at=at)
    if attempt.state not in WAITING:
        raise WrongState(state=str(attempt.state), wanted=request.state)
    if request.state == "failed":
        if request.verdict == NEXT_CHANNEL and goes_on(order, attempt, legs, at):
            return order
        return fail(order, attempt, legs, request.code, at)
    if order.state == OrderState.PAYING:
        return succeed(order, attempt, at)
    return come_late(order, attempt, legs, order.code, at)


def takes_late(request: ChannelRequest) -> bool:
    """Whether the order of a refused payment is closed, and this was the last channel its leg was asked at."""
    leg = FundingLeg.objects.get(pk=request.business_id)
    attempt = PaymentAttempt.objects.get(pk=leg.attempt_id)
    return is_over(PaymentOrder.objects.get(pk=leg.order_id), attempt, leg, request)


def is_over(order: PaymentOrder, attempt: PaymentAttempt, leg: FundingLeg, request: ChannelRequest) -> bool:
    ended = (order.state, attempt.state, leg.state) == (OrderState.CLOSED, AttemptState.FAILED, LegState.RELEASED)
    return ended and leg.request_id == request.id


def after_all(order: PaymentOrder, attempt: PaymentAttempt, leg: FundingLeg, request: ChannelRequest) -> bool:
    """Whether this is the success of a payment that was told as refused."""
    return request.state == "success" and is_over(order, attempt, leg, request)


def goes_on(order: PaymentOrder, attempt: PaymentAttempt, legs: Sequence[FundingLeg], at: datetime) -> bool:
    """Whether another channel is asked for the external leg, after one that certainly did nothing. What is held stays held."""
    leg = next(one for one in legs if one.external)
    source = external_of(leg.source)
    over = order.state != OrderState.PAYING or attempt.state != AttemptState.OPEN or order.expires_at <= at
    if over or not isinstance(source, Rerouted):
        return False
    try:
        with transaction.atomic():
            request_id = source.place_next(leg=funding.leg_facts(leg=leg, attempt=attempt, order=order), at=at)
    except DomainError:
        return False
    if request_id is None:
        return False
    FundingLeg.objects.filter(pk=leg.pk).update(request_id=request_id, changed_at=at)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(request_id=request_id, changed_at=at)
    channels.leave_to_worker(request_id=request_id, at=at)
    return True


def succeed(order: PaymentOrder, attempt: PaymentAttempt, at: datetime) -> PaymentOrder:
    """The one commit. What a source or an account refuses now (an account was frozen, a hold ran out) cannot hold up money that has
    moved: the order closes and the external leg goes back like a late success."""
    try:
        with transaction.atomic():
            paying.commit(order, attempt, queries.legs(attempt.id), at)
            return order
    except telling.SHUT:
        raise
    except DomainError as refused:
        code = refused.code
        if refused.afterwards is not None:
            refused.afterwards()
    order, attempt = PaymentOrder.objects.get(pk=order.id), PaymentAttempt.objects.get(pk=attempt.id)
    advance(order, OrderState.CLOSING, moves=ORDER_MOVES, at=at, code=code)
    return come_late(order, attempt, queries.legs(attempt.id), code, at)


def come_late(order: PaymentOrder, attempt: PaymentAttempt, legs: Sequence[FundingLeg], code: str, at: datetime) -> PaymentOrder:
    """A success that nobody wants any more: what is the platform's own is free, the external leg's money is on its way back."""
    closed_before = order.state == OrderState.CLOSED
    release(order, attempt, [leg for leg in legs if not leg.external], at)
    if not closed_before:
        orders.tell_closed(order, code, at)
    return late.book(order=order, attempt=attempt, leg=next(leg for leg in legs if leg.external), at=at)


def fail(order: PaymentOrder, attempt: PaymentAttempt, legs: Sequence[FundingLeg], code: str, at: datetime) -> PaymentOrder:
    """Nothing was taken: all is free again, and the order is payable unless it is being closed."""
    release(order, attempt, legs, at)
    advance(attempt, AttemptState.FAILED, moves=ATTEMPT_MOVES, at=at, code=code)
    if order.state == OrderState.PAYING:
        advance(order, OrderState.CREATED, moves=ORDER_MOVES, at=at)
    elif order.state == OrderState.CLOSING:
        advance(order, OrderState.CLOSED, moves=ORDER_MOVES, at=at)
        orders.tell_closed(order, order.code, at)
    orders.publish("order.attempt_failed", order, at, attempt=attempt.public_id, code=code)
    return order


def release(order: PaymentOrder, attempt: PaymentAttempt, legs: Sequence[FundingLeg], at: datetime) -> None:
    """Free what is still set aside, the ledger's holds last; the first time, the scene's rule is told that the attempt came to nothing.
    Called with the order and its payer locked, before the attempt ends."""
    rule = SCENE_RULES.get(order.scene)
    if rule is not None and attempt.state == AttemptState.OPEN:
        facts, fen = funding.facts_of(order), attempt.amount_fen
        rule.undone(order=facts, customer_id=attempt.customer_id, amount_fen=fen, began_at=attempt.created_at)
    for leg in sorted(legs, key=lambda one: (one.hold_id is not None, one.position)):
        if leg.state in (LegState.HELD, LegState.UNKNOWN):
            advance(leg, LegState.RELEASED, moves=LEG_MOVES, at=at)
            seen = funding.leg_facts(leg=leg, attempt=attempt, order=order)
            source_of(leg.source, discount=leg.discount).release(leg=seen, at=at)


@transaction.atomic
def note_unknown(*, attempt_id: uuid.UUID, at: datetime) -> PaymentAttempt:
    """The channel was asked and owes its answer: the external leg reads so. Does nothing when the answer is in already."""
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    orders.locked(attempt.order_id)
    attempt.refresh_from_db()
    if attempt.state == AttemptState.OPEN:
        mark_unknown(queries.legs(attempt_id), at)
    return attempt


def mark_unknown(legs: Sequence[FundingLeg], at: datetime) -> None:
    for leg in legs:
        if leg.external and leg.state == LegState.HELD:
            advance(leg, LegState.UNKNOWN, moves=LEG_MOVES, at=at)
