"""Asking for a deduction, trying it when its time comes, and what each try came to. The agreement's row is locked first, always."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.clock.queries import local_day
from core.errors import DomainError, NotFound
from core.moves import WrongState, advance
from core.outbox import services as outbox
from core.production import refuse_in_production
from payments.agreements import queries
from payments.agreements.models import Agreement, Deduction, terms_in_force
from payments.agreements.periods import next_window, open_window
from payments.agreements.refusals import AgreementNotInForce, DeductionNotDue, DeductionOverCap, PeriodTaken
from payments.agreements.states import DEDUCTION_MOVES, OPEN, AgreementState, DeductionState
from payments.cashier import queries as orders_found
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import closing, orders, paying, preferring
from payments.cashier.services.orders import NewOrder, OutTradeNoUsed
from payments.cashier.services.paying import OrderPaid
from payments.cashier.states import KEPT, OrderState
from payments.channels.breaker import ChannelResting
from payments.merchants.queries import MerchantApp
from payments.wallet.sweeps import SHUT

DAY = timedelta(days=1)
SHUT_FOR = timedelta(minutes=10)
TRY_AGAIN = (*SHUT, ChannelResting)
"""The platform's own reasons: no try is counted."""
ENDED = "agreement_ended"
SUSPENDED = "agreement_suspended"


@transaction.atomic
def ask(*, app: MerchantApp, agreement_id: uuid.UUID, wanted: NewOrder, at: datetime) -> Deduction:
    """A deduction for the period whose window is open: its customer is told, and it is tried after the notice. The very same request
    again gives the same deduction.

    Raises NotFound, OutTradeNoUsed, AgreementNotInForce, DeductionNotDue, DeductionOverCap, PeriodTaken and what `orders.create` raises.
    """
    row = queries.locked(agreement_id)
    if row.merchant_id != app.merchant_id:
        raise NotFound()
    earlier = orders_found.by_number(app.merchant_id, app.id, wanted.out_trade_no)
    if earlier is not None:
        return same(row, earlier, wanted)
    if row.state != AgreementState.SIGNED or row.customer_id is None:
        raise AgreementNotInForce(state=str(row.state))
    number = due_now(row, at)
    refuse_over_caps(row, wanted.amount_fen)
    taken = queries.of_period(row.id, number)
    if taken is not None:
        raise PeriodTaken(deduction=taken.public_id)
    terms = terms_in_force(at)
    notice, tries = timedelta(hours=terms.notice_hours), timedelta(hours=terms.retry_hours * (terms.tries_most - 1))
    order = orders.create(app=app, wanted=replace(wanted, life=notice + tries + DAY), at=at)
    orders.assign(order, row.customer_id, at)
    made = Deduction.objects.create(
        agreement=row,
        order=order,
        customer_id=row.customer_id,
        shard=row.shard,
        number=number,
        amount_fen=wanted.amount_fen,
        next_at=at + notice,
        created_at=at,
        changed_at=at,
    )
    count(row, wanted.amount_fen, at)
    tell_customer("deduction.announced", made, at)
    return made


def same(row: Agreement, order: PaymentOrder, wanted: NewOrder) -> Deduction:
    """The deduction that was made of this very request before. Raises OutTradeNoUsed for any other."""
    found = queries.of_order(order.id)
    if found is None or found.agreement_id != row.id or replace(orders.asked_for(order), life=wanted.life) != wanted:
        raise OutTradeNoUsed(field="out_trade_no")
    return found


def due_now(row: Agreement, at: datetime) -> int:
    """The period whose window is open. Raises DeductionNotDue."""
    day = local_day(at)
    found = open_window(row.plan, day)
    if found is None:
        coming = next_window(row.plan, day)
        raise DeductionNotDue(opens_on=coming.opens_on.isoformat(), due_on=coming.due_on.isoformat())
    return found.number


def refuse_over_caps(row: Agreement, amount_fen: int) -> None:
    """Raises DeductionOverCap."""
    left = row.cap_fen if row.total_cap_fen is None else min(row.cap_fen, row.total_cap_fen - row.taken_fen)
    if amount_fen > left:
        raise DeductionOverCap(field="amount", most=left)


def count(row: Agreement, fen: int, at: datetime) -> None:
    """So much more, or less, of the agreement is taken."""
    row.taken_fen += fen
    Agreement.objects.filter(pk=row.pk).update(taken_fen=row.taken_fen, changed_at=at)


@transaction.atomic
def debit(*, deduction_id: uuid.UUID, at: datetime) -> Deduction:
    """Try a deduction whose time has come, without a PIN, from what its customer agreed to; does nothing to others. What is refused is
    tried again at the terms' times. A payment that waits for its bank is sent by the caller."""
    row = queries.locked(queries.deduction(deduction_id).agreement_id)
    deduction = queries.locked_deduction(deduction_id)
    if deduction.state != DeductionState.WAITING or deduction.next_at > at:
        return deduction
    order = orders.locked(deduction.order_id)
    if order.state != OrderState.CREATED:
        return put_off(deduction, at)
    if row.state != AgreementState.SIGNED:
        return missed(row, deduction, SUSPENDED, at)
    try:
        with transaction.atomic():
            only = row.named or None
            picks = preferring.automatic(order=order, customer_id=deduction.customer_id, at=at, only=only)
            factors = row.factors or 0
            attempt = paying.pay_agreed(customer_id=deduction.customer_id, factors=factors, order_id=order.id, picks=picks, at=at)
    except TRY_AGAIN:
        return put_off(deduction, at)
    except DomainError as refused:
        if refused.afterwards is not None:
            refused.afterwards()
        return missed(row, deduction, refused.code, at)
    if attempt.result == "paid":
        return paid(row, deduction, at)
    return advance(deduction, DeductionState.DEBITING, moves=DEDUCTION_MOVES, at=at, code="")


@transaction.atomic
def bring_forward(*, deduction_id: uuid.UUID, at: datetime) -> Deduction:
    """Make a waiting deduction due now: for the merchants' sandbox, where nobody waits for the customer's notice.

    Raises NotInProduction, WrongState.
    """
    refuse_in_production("bringing a deduction forward")
    queries.locked(queries.deduction(deduction_id).agreement_id)
    deduction = queries.locked_deduction(deduction_id)
    if deduction.state != DeductionState.WAITING:
        raise WrongState(state=str(deduction.state), wanted=str(DeductionState.DEBITING))
    deduction.next_at = at
    Deduction.objects.filter(pk=deduction.pk).update(next_at=at, changed_at=at)
    return deduction


def put_off(deduction: Deduction, at: datetime) -> Deduction:
    """Look again in a while."""
    deduction.next_at = at + SHUT_FOR
    Deduction.objects.filter(pk=deduction.pk).update(next_at=deduction.next_at, changed_at=at)
    return deduction


def missed(row: Agreement, deduction: Deduction, code: str, at: datetime) -> Deduction:
    """A try came to nothing: another follows, or it was the last."""
    terms, tries = terms_in_force(at), deduction.tries + 1
    if tries >= terms.tries_most:
        return failed(row, deduction, code, at, tries=tries)
    facts: dict[str, Any] = {"tries": tries, "code": code, "next_at": at + timedelta(hours=terms.retry_hours)}
    if deduction.state == DeductionState.DEBITING:
        advance(deduction, DeductionState.WAITING, moves=DEDUCTION_MOVES, at=at, **facts)
    else:
        Deduction.objects.filter(pk=deduction.pk).update(**facts, changed_at=at)
        deduction.refresh_from_db()
    tell_customer("deduction.missed", deduction, at)
    return deduction


def failed(row: Agreement, deduction: Deduction, code: str, at: datetime, *, tries: int) -> Deduction:
    """Nothing was taken and nothing will be: the order is closed, and the caps are free again."""
    advance(deduction, DeductionState.FAILED, moves=DEDUCTION_MOVES, at=at, code=code, tries=tries)
    count(row, -deduction.amount_fen, at)
    order = orders.locked(deduction.order_id)
    if order.state == OrderState.CREATED:
        closing.begin(order_id=order.id, code=f"deduction_{code}"[:64], at=at)
    tell_merchant("deduction.failed", row, deduction, at)
    return deduction


def paid(row: Agreement, deduction: Deduction, at: datetime) -> Deduction:
    advance(deduction, DeductionState.PAID, moves=DEDUCTION_MOVES, at=at, code="")
    tell_merchant("deduction.paid", row, deduction, at)
    return deduction


def call_off(row: Agreement, deduction: Deduction, at: datetime) -> None:
    """The agreement ended: close the order, at the bank first where it was asked. The bank may have said yes already."""
    try:
        order = closing.begin(order_id=deduction.order_id, code=ENDED, at=at)
    except OrderPaid:
        paid(row, deduction, at)
        return
    if order.state not in (OrderState.PAYING, OrderState.CLOSING):
        failed(row, deduction, ENDED, at, tries=deduction.tries)


@transaction.atomic
def follow(*, order_id: uuid.UUID, code: str, at: datetime) -> None:
    """What became of a deduction's order, as its news say. Does nothing to orders of others, and nothing twice."""
    found = queries.of_order(order_id)
    if found is None or found.state not in OPEN:
        return
    row, deduction, order = queries.locked(found.agreement_id), queries.locked_deduction(found.id), orders.locked(order_id)
    if deduction.state not in OPEN:
        return
    if order.state in KEPT:
        paid(row, deduction, at)
    elif order.state == OrderState.CREATED:
        if deduction.state == DeductionState.DEBITING:
            missed(row, deduction, code, at)
    elif order.state not in (OrderState.PAYING, OrderState.CLOSING):
        failed(row, deduction, code or order.code, at, tries=deduction.tries)


def tell_customer(topic: str, deduction: Deduction, at: datetime) -> None:
    payload: outbox.Payload = {
        "deduction": deduction.public_id,
        "agreement": deduction.agreement_public_id,
        "order": deduction.order_public_id,
        "customer": str(deduction.customer_id),
        "amount_fen": deduction.amount_fen,
        "currency": deduction.currency,
        "next_at": deduction.next_at.isoformat(),
    }
    outbox.publish(topic=topic, owner=deduction.customer_id, payload=payload, at=at, key=deduction.public_id)


def tell_merchant(topic: str, row: Agreement, deduction: Deduction, at: datetime) -> None:
    payload: outbox.Payload = {
        "deduction": deduction.public_id,
        "agreement": row.public_id,
        "order": deduction.order_public_id,
        "merchant": row.merchant_public_id,
        "app": row.app_public_id,
        "amount_fen": deduction.amount_fen,
        "currency": deduction.currency,
        "code": deduction.code,
    }
    outbox.publish(topic=topic, owner=row.merchant_id, payload=payload, at=at, key=deduction.order_public_id)
