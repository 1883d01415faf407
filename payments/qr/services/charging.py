"""A merchant reads a payer's code: the order is paid at once, or waits for the payer's word, or is refused. One code, one order."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from accounts.identity import queries as identity
from accounts.security.services import StepUpNeeded
from core.clock.queries import local
from core.errors import DomainError, TooManyRequests
from core.ids import new_id
from core.limits import queries as used_limits
from core.limits import services as limits
from core.limits.services import LimitReached
from core.moves import advance
from core.outbox import services as outbox
from payments.cashier import queries as orders_found
from payments.cashier.queries import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, orders, paying, preferring
from payments.cashier.services.orders import NewOrder, OutTradeNoUsed
from payments.cashier.states import KEPT, OrderState
from payments.channels.breaker import ChannelResting
from payments.merchants.queries import MerchantApp
from payments.qr import digits, queries
from payments.qr.models import PayerCode, terms_in_force
from payments.qr.refusals import PayerCodeInvalid
from payments.qr.states import PAYER_CODE_MOVES, PayerCodeState
from payments.refunds.services import asking
from payments.risk.services.deciding import StrongerProofNeeded
from payments.wallet.services.authority import Intent
from payments.wallet.sweeps import SHUT

WRONG_COUNTER = "payer_code_wrong"
PAYER_SHORT = "payer_short"
PAYER_DECLINED = "payer_declined"
REVERSED = "reversed"
SHORT = {
    "funding_not_covered",
    "funding_nothing_chosen",
    "funding_method_unavailable",
    "funding_method_limit",
    "insufficient_funds",
    "balance_empty",
}
ASKS_PAYER = (StepUpNeeded, StrongerProofNeeded)
TRY_AGAIN = (*SHUT, ChannelResting)
"""The platform's own reasons, nobody's refusal: nothing is written, and the same code may be read again."""


@transaction.atomic
def charge(*, app: MerchantApp, auth_code: str, wanted: NewOrder, at: datetime) -> PayerCode:
    """Make the order and pay it from what its payer likes to pay with, up to the PIN-free limits. Over them, or where risk wants a proof,
    it is the payer's to confirm in the app. What is refused is refused for good: the order is closed and the code used up.

    The same request again gives the same code's row. Raises PayerCodeInvalid, TooManyRequests, OutTradeNoUsed, what `orders.create`
    raises, and what says that channels or books are shut.
    """
    index = digits.index_of(auth_code)
    earlier = orders_found.by_number(app.merchant_id, app.id, wanted.out_trade_no)
    if earlier is not None:
        return same(earlier, wanted, index)
    refuse_guessing(app, at)
    code = PayerCode.objects.select_for_update().filter(shard=digits.shard_of_index(index), code_index=index).first()
    if code is not None and code.order_id is not None:
        order = orders_found.order(code.order_id)
        if (order.app_id, order.out_trade_no) == (app.id, wanted.out_trade_no):
            return same(order, wanted, index)
    if code is None or code.state != PayerCodeState.SHOWN or code.expires_at <= at or not identity.is_open(code.session_id):
        raise wrong(app, at)
    order = orders.create(app=app, wanted=wanted, at=at)
    if order.payer_id is not None:
        raise OutTradeNoUsed(field="out_trade_no")
    orders.assign(order, code.customer_id, at)
    return taken(code, order, at)


def taken(code: PayerCode, order: PaymentOrder, at: datetime) -> PayerCode:
    """Try to pay, and say on the code what came of it."""
    try:
        with transaction.atomic():
            pay(code, order, at)
    except TRY_AGAIN:
        raise
    except ASKS_PAYER as refused:
        keep(refused)
        return ask_payer(code, order, refused.code, at)
    except DomainError as refused:
        return refuse(code, order, refused, at)
    return advance(code, PayerCodeState.TAKEN, moves=PAYER_CODE_MOVES, at=at, order_id=order.id, used_at=at)


def pay(code: PayerCode, order: PaymentOrder, at: datetime) -> PaymentAttempt:
    """Raises what `paying.pay` raises."""
    picks = preferring.automatic(order=order, customer_id=code.customer_id, at=at)
    intent = Intent(customer_id=code.customer_id, session_id=code.session_id, nonce=order.public_id)
    return paying.pay(intent=intent, order_id=order.id, picks=picks, at=at)


def ask_payer(code: PayerCode, order: PaymentOrder, why: str, at: datetime) -> PayerCode:
    """The order waits for its payer, who finds it in the app."""
    advance(code, PayerCodeState.TO_CONFIRM, moves=PAYER_CODE_MOVES, at=at, order_id=order.id, used_at=code.used_at or at, code=why)
    payload: outbox.Payload = {"payer_code": code.public_id, "order": order.public_id, "customer": str(code.customer_id)}
    outbox.publish(topic="payer_code.to_confirm", owner=code.customer_id, payload=payload, at=at)
    return code


def refuse(code: PayerCode, order: PaymentOrder, refused: DomainError, at: datetime) -> PayerCode:
    """Nothing was taken: the order is closed, under a code that tells the merchant no more than it needs."""
    keep(refused)
    advance(code, PayerCodeState.REFUSED, moves=PAYER_CODE_MOVES, at=at, order_id=order.id, used_at=at, code=refused.code)
    closing.begin(order_id=order.id, code=PAYER_SHORT if refused.code in SHORT else PAYER_DECLINED, at=at)
    return code


def keep(refused: DomainError) -> None:
    """What must be written of a refusal, now that the try is undone and the rest goes on."""
    if refused.afterwards is not None:
        refused.afterwards()


def same(order: PaymentOrder, wanted: NewOrder, index: bytes) -> PayerCode:
    """The row of an order that was made of this very request before. Raises OutTradeNoUsed for any other."""
    code = queries.code_of_order(order.id)
    if code is None or bytes(code.code_index) != index or replace(orders.asked_for(order), life=wanted.life) != wanted:
        raise OutTradeNoUsed(field="out_trade_no")
    return code


def wrong(app: MerchantApp, at: datetime) -> PayerCodeInvalid:
    """The refusal, which counts against whoever tries codes out."""
    refusal = PayerCodeInvalid(field="auth_code")
    refusal.afterwards = partial(count_wrong, app.id, at)
    return refusal


def hour_of(at: datetime) -> str:
    return f"{local(at):%Y-%m-%dT%H}"


@transaction.atomic
def count_wrong(app_id: uuid.UUID, at: datetime) -> None:
    try:
        limits.take(counter=WRONG_COUNTER, owner=app_id, period=hour_of(at), amount=1, cap=terms_in_force(at).wrong_per_hour)
    except LimitReached:
        return


def refuse_guessing(app: MerchantApp, at: datetime) -> None:
    """Raises TooManyRequests for an app that has read too many codes this hour that are none."""
    if used_limits.used(counter=WRONG_COUNTER, owner=app.id, period=hour_of(at)) >= terms_in_force(at).wrong_per_hour:
        raise TooManyRequests(retry_after=3600 - at.minute * 60 - at.second)


@transaction.atomic
def close_declined(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """End the order of a code that was taken and that the payer's bank then declined: the code is used up. Where the bank wants a proof,
    nobody has said no: the payer confirms it in the app, as above the PIN-free limits. Does nothing to others."""
    order = orders.locked(order_id)
    code = queries.code_of_order(order_id)
    if code is None or code.state != PayerCodeState.TAKEN or order.state != OrderState.CREATED:
        return order
    if orders_found.factors_asked(orders_found.attempts(order.id)):
        ask_payer(code, order, StepUpNeeded.code, at)
        return order
    return closing.begin(order_id=order.id, code=PAYER_DECLINED, at=at)


@transaction.atomic
def reverse(*, app: MerchantApp, out_trade_no: str, at: datetime) -> PayerCode:
    """Undo a payment by a shown code: an order not paid is closed, at the channel first where one waits; of a paid one everything goes
    back that has not yet (the caller asks the channel, both times). Again, it does nothing more.

    Raises NotFound (also for orders in which no code was read) and what `asking.ask` raises.
    """
    code = queries.by_number(app, out_trade_no)
    assert code.order_id is not None
    order = orders.locked(code.order_id)
    if order.state not in KEPT:
        closing.begin(order_id=order.id, code=REVERSED, at=at)
        return code
    left = order.amount_fen - order.refunded_fen - order.refunding_fen
    if left:
        number = f"RV{new_id().hex}"
        wanted = asking.by_app(amount_fen=left, reason=REVERSED, asker=app.public_id, out_refund_no=number)
        asking.ask(order_id=order.id, wanted=wanted, at=at)
    return code


def life(at: datetime) -> timedelta:
    """How long an order by a shown code may be paid: as long as its payer has to confirm it."""
    return timedelta(minutes=terms_in_force(at).confirm_minutes)
