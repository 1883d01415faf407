"""The end of a refund: one journal for all its parts, or the channel's refusal, which an operator takes up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from accounts.ledger.accounts import owned_account
from accounts.ledger.legs import Leg
from accounts.ledger.services import Posted
from core.ids import new_id, public_id
from core.moves import WrongState, advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.work import services as work
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import funding, orders, refunding
from payments.cashier.sockets import payee_of
from payments.channels.queries import ChannelRequest
from payments.refunds import journals
from payments.refunds.models import Refund, RefundPart
from payments.refunds.states import REFUND_MOVES, RefundState

REFUSED = "refund.refused"
HELD_FOR = timedelta(days=3650)
"""Longer than any bank owes its word: what is set aside ends with the refund, never by itself."""


@transaction.atomic
def settle(*, request: ChannelRequest, at: datetime) -> Refund:
    """Take in the channel's word on the part it was asked for, in the transaction that stores it.

    Raises LedgerHalted, NoOpenDay (told again later), and WrongState for a word on a refund that does not wait for it.
    """
    part = RefundPart.objects.select_related("refund").get(pk=request.business_id)
    orders.locked(part.refund.order_id)
    identity.lock(part.refund.payer_id)
    refund = Refund.objects.select_for_update().get(pk=part.refund_id)
    if refund.state != RefundState.PROCESSING or part.request_id != request.id:
        raise WrongState(state=str(refund.state), wanted=request.state)
    if request.state == "failed":
        return refuse(refund, request, at)
    return complete(refund=refund, parts=list(RefundPart.objects.filter(refund_id=refund.pk)), at=at)


def refuse(refund: Refund, request: ChannelRequest, at: datetime) -> Refund:
    """The channel will not give it back: the room stays taken and the money held until an operator has decided."""
    advance(refund, RefundState.TO_MANUAL, moves=REFUND_MOVES, at=at, code=request.code)
    facts = {"code": request.code, "amount_fen": request.amount_fen, "request_no": request.request_no}
    work.ask(kind=REFUSED, target=refund.public_id, facts=facts, at=at)
    publish("refund.refused", refund, at, code=request.code)
    return refund


def set_aside(refund: Refund, at: datetime) -> None:
    """Hold what the merchant pays. Raises InsufficientFunds, AccountFrozen (the merchant's), AccountNotHoldable, LedgerHalted."""
    if refund.merchant_id is None:
        return
    for hold_id, (role, fen) in zip(refund.hold_ids, refund.taken.items(), strict=True):
        account = owned_account(refund.merchant_id, role)
        ledger.hold(hold_id=hold_id, account=account, amount=fen, expires_at=at + HELD_FOR, reference=refund.public_id, at=at)


def complete(*, refund: Refund, parts: Sequence[RefundPart], at: datetime, held: bool = True) -> Refund:
    """Journal 1, with the order, the payer and the refund locked (or the refund new, and nothing `held` yet)."""
    order = counted(refund, parts, at)
    credits = [*payees_part(refund, order, at), *refunding.credits_of(order=order, parts=by_leg(parts))]
    publish("refund.succeeded", refund, at, refunded_fen=order.refunded_fen)
    if not held:
        set_aside(refund, at)
    posted = post(refund, journals.DONE, credits, at)
    return over(refund, RefundState.SUCCEEDED, posted, at)


def payees_part(refund: Refund, order: PaymentOrder, at: datetime) -> Sequence[Leg]:
    """What a payee pays of a refund that is done, and is told of; nothing of a merchant's."""
    if not order.payee:
        return []
    debits = funding.payee_debits(order, refund.amount_fen)
    payee_of(order.payee).refunded(order=orders.payee_facts(order), amount_fen=refund.amount_fen, refund_id=refund.id, at=at)
    return debits


def counted(refund: Refund, parts: Sequence[RefundPart], at: datetime) -> PaymentOrder:
    """The order counts the refund as done, and its sources have noted it."""
    return refunding.finish(order_id=refund.order_id, parts=by_leg(parts), refund_id=refund.id, at=at)


def by_leg(parts: Sequence[RefundPart]) -> Mapping[UUID, int]:
    return {part.leg_id: part.amount_fen for part in parts}


def post(refund: Refund, event: str, sources: Sequence[Leg], at: datetime, **metadata: str) -> Posted:
    """The journal of a refund: what is set aside for it is taken as a whole."""
    legs = journals.back(merchant_id=refund.merchant_id, taken=refund.taken, fee_back_fen=refund.fee_back_fen, sources=sources)
    entry: dict[str, Any] = {"journal_id": new_id(), "event": event, "legs": legs, "reference": refund.public_id, "at": at}
    entry["metadata"] = {"order": refund.order_public_id, **metadata}
    if refund.hold_ids:
        return ledger.capture_all(hold_ids=refund.hold_ids, **entry)
    return ledger.post(**entry)


def over(refund: Refund, to: RefundState, posted: Posted, at: datetime, **fields: str) -> Refund:
    booked: dict[str, Any] = {"journal_id": posted.journal_id, "booked_on": posted.business_on, "settled_at": at, **fields}
    return advance(refund, to, moves=REFUND_MOVES, at=at, **booked)


def publish(topic: str, refund: Refund, at: datetime, **facts: str | int) -> None:
    """News of a refund, in order with its order's."""
    payload: Payload = {
        "refund": refund.public_id,
        "order": refund.order_public_id,
        "merchant": refund.merchant_public_id,
        "app": None if refund.app_id is None else public_id("app", refund.app_id),
        "payer": public_id("cus", refund.payer_id),
        "out_refund_no": refund.out_refund_no,
        "asked_by": refund.asked_by,
        "amount_fen": refund.amount_fen,
        "fee_back_fen": refund.fee_back_fen,
        "currency": refund.currency,
        **facts,
    }
    if refund.merchant_id is None:
        topic = f"{topic}_product"
    outbox.publish(topic=topic, owner=refund.merchant_id or refund.payer_id, payload=payload, at=at, key=refund.order_public_id)
