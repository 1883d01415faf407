"""A success after its order was closed: booked once, given back in full, and never told to the merchant as paid."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from payments.cashier import journals, queries
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import funding, orders
from payments.cashier.sockets import BUSINESS, Released, source_of
from payments.cashier.states import ATTEMPT_MOVES, LEG_MOVES, ORDER_MOVES, AttemptState, LegState, OrderState
from payments.channels import queries as requests
from payments.channels import services as channels
from payments.channels.queries import ChannelRequest

REFUND_REFUSED = "order.late_refund_refused"
REFUND_WAITING = "order.late_refund_waiting"
MAY_WAIT = timedelta(days=1)
REFUND_AGAIN = "order.late_refund_again"
PAID_BY_HAND = "order.late_paid_by_hand"


def book(*, order: PaymentOrder, attempt: PaymentAttempt, leg: FundingLeg, at: datetime) -> PaymentOrder:
    """Journal 2, with the order locked. The handler of `order.paid_late` places the refund, or the sweeper while the channel or the
    books are shut."""
    journal_id = new_id()
    debits = funding.debits(leg, funding.leg_facts(leg=leg, attempt=attempt, order=order))
    advance(order, OrderState.PAID_LATE, moves=ORDER_MOVES, at=at, late_journal_id=journal_id)
    advance(attempt, AttemptState.LATE, moves=ATTEMPT_MOVES, at=at)
    advance(leg, LegState.COMMITTED, moves=LEG_MOVES, at=at)
    orders.publish("order.paid_late", order, at, attempt=attempt.public_id)
    ledger.post(
        journal_id=journal_id,
        event=journals.LATE,
        legs=journals.late(amount_fen=leg.amount_fen, funding=debits),
        reference=order.public_id,
        at=at,
    )
    return order


def book_after_all(*, order: PaymentOrder, attempt: PaymentAttempt, leg: FundingLeg, at: datetime) -> PaymentOrder:
    """Journal 2 for a payment that was refused first, with the order locked: its leg was released, so its source counts it again."""
    source = source_of(leg.source, discount=False)
    if isinstance(source, Released):
        source.taken(leg=funding.leg_facts(leg=leg, attempt=attempt, order=order), at=at)
    return book(order=order, attempt=attempt, leg=leg, at=at)


@transaction.atomic
def place_refund(*, order_id: uuid.UUID, at: datetime) -> ChannelRequest | None:
    """Ask the channel to give a late success back, once; its sweeper sends it. None when the order wants no refund, or has it.

    Raises ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, LedgerHalted, NoOpenDay.
    """
    order = orders.locked(order_id)
    if order.state != OrderState.PAID_LATE:
        return None
    leg = queries.late_leg(order.id)
    assert leg.request_id is not None
    payment = requests.request(leg.request_id)
    refund = channels.place(
        channel=payment.channel_id,
        operation="refund",
        business=BUSINESS,
        business_id=leg.id,
        customer_id=payment.customer_id,
        card_id=payment.card_id,
        amount_fen=leg.amount_fen,
        reference=order.public_id,
        original_id=payment.id,
        at=at,
    )
    advance(order, OrderState.REFUNDING, moves=ORDER_MOVES, at=at, late_refund_id=refund.id)
    work.finish(kind=REFUND_WAITING, target=order.public_id, by="system", at=at)
    return refund


@transaction.atomic
def note_waiting(*, order_id: uuid.UUID, why: str, at: datetime) -> None:
    """A refund could not be placed (`why`, the refusal's code): an operator hears of one that waits for longer than a day."""
    order = PaymentOrder.objects.get(pk=order_id)
    if order.state == OrderState.PAID_LATE and at - order.changed_at > MAY_WAIT:
        facts = {"amount_fen": queries.late_leg(order.id).amount_fen, "why": why, "since": order.changed_at.isoformat()}
        work.ask(kind=REFUND_WAITING, target=order.public_id, facts=facts, at=at)


def settle_refund(*, order: PaymentOrder, leg_id: uuid.UUID, request: ChannelRequest, at: datetime) -> PaymentOrder:
    """The late money is back, or the channel will not take it back and an operator has to see to it."""
    if request.state == "failed":
        advance(order, OrderState.TO_MANUAL, moves=ORDER_MOVES, at=at, code=request.code)
        facts = {"code": request.code, "amount_fen": request.amount_fen, "request_no": request.request_no}
        work.ask(kind=REFUND_REFUSED, target=order.public_id, facts=facts, at=at)
        orders.publish("order.late_refund_refused", order, at, code=request.code)
        return order
    assert order.late_journal_id is not None
    advance(order, OrderState.LATE_REFUNDED, moves=ORDER_MOVES, at=at)
    give_back(order, leg_id, request.id, at)
    orders.publish("order.late_refunded", order, at, late_fen=request.amount_fen)
    ledger.reverse(journal_id=new_id(), reverses=order.late_journal_id, event=journals.LATE_BACK, at=at)
    return order


def give_back(order: PaymentOrder, leg_id: uuid.UUID, refund_id: uuid.UUID, at: datetime) -> FundingLeg:
    """The late leg went back in full."""
    leg = FundingLeg.objects.get(pk=leg_id)
    FundingLeg.objects.filter(pk=leg.pk).update(refunded_fen=leg.amount_fen, changed_at=at)
    facts = funding.leg_facts(leg=leg, attempt=PaymentAttempt.objects.get(pk=leg.attempt_id), order=order)
    source_of(leg.source, discount=False).refunded(leg=facts, amount_fen=leg.amount_fen, refund_id=refund_id, at=at)
    return leg


@transaction.atomic
def refund_again(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """Ask the channel once more to take a late success back. Raises ApprovalNeeded, WrongState unless its refund was refused."""
    decided = must_be_applying(REFUND_AGAIN)
    order = orders.locked(order_id)
    advance(order, OrderState.PAID_LATE, moves=ORDER_MOVES, at=at, late_refund_id=None)
    work.finish(kind=REFUND_REFUSED, target=order.public_id, by=decided.checker, at=at)
    orders.publish("order.paid_late", order, at)
    return order


@transaction.atomic
def pay_by_hand(*, order_id: uuid.UUID, reference: str, at: datetime) -> PaymentOrder:
    """Note that a late success whose refund was refused went back from the bank account under `reference`: journal 3.

    Raises ApprovalNeeded, WrongState unless its refund was refused.
    """
    decided = must_be_applying(PAID_BY_HAND)
    order = orders.locked(order_id)
    journal_id = new_id()
    advance(order, OrderState.BY_HAND, moves=ORDER_MOVES, at=at, hand_journal_id=journal_id, hand_reference=reference)
    leg = give_back(order, queries.late_leg(order.id).id, journal_id, at)
    work.finish(kind=REFUND_REFUSED, target=order.public_id, by=decided.checker, at=at)
    orders.publish("order.late_refunded", order, at, late_fen=leg.amount_fen)
    ledger.post(
        journal_id=journal_id,
        event=journals.BY_HAND,
        legs=journals.by_hand(amount_fen=leg.amount_fen),
        reference=order.public_id,
        metadata={"bank_reference": reference},
        at=at,
    )
    return order
