"""Acts on refunds that a second person approves."""

from collections.abc import Callable
from datetime import datetime

from core.approvals.register import Apply, Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.cashier import queries as cashier
from payments.cashier.sensitive import REFERENCE_LENGTH
from payments.cashier.services.refunding import REFUNDABLE, OrderNotRefundable
from payments.refunds import queries
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from payments.refunds.states import AskedBy, RefundState


def refund_of(payload: Payload) -> Refund:
    return queries.refund(parse_public_id(Refund.PREFIX, payload["target"]))


def refund_order(payload: Payload, at: datetime) -> str:
    refund = by_hand.refund_order(
        order_id=parse_public_id("ord", payload["order"]), amount_fen=payload["amount"], reason=payload["words"], at=at
    )
    return f"{refund.public_id} of {refund.order_public_id} is {refund.status}"


def refundable(payload: Payload, at: datetime) -> None:
    order = cashier.order(parse_public_id("ord", payload["order"]))
    if order.state not in REFUNDABLE:
        raise OrderNotRefundable(state=order.merchant_state)
    left = order.amount_fen - order.refunded_fen - order.refunding_fen
    if not 1 <= payload["amount"] <= left:
        raise Invalid(
            "amount", f"At most {left / 100:.2f} yuan of this order can be refunded.", f"该订单最多还可退款 {left / 100:.2f} 元。"
        )


def ask_again(payload: Payload, at: datetime) -> str:
    refund = by_hand.ask_again(refund_id=refund_of(payload).id, at=at)
    return f"{refund.public_id} is asked of the channel again"


def pay_by_hand(payload: Payload, at: datetime) -> str:
    refund = by_hand.pay_by_hand(refund_id=refund_of(payload).id, reference=payload["reference"], at=at)
    return f"{refund.public_id} was paid by hand, {refund.hand_reference}"


def give_up(payload: Payload, at: datetime) -> str:
    refund = by_hand.give_up(refund_id=refund_of(payload).id, at=at)
    return f"{refund.public_id} was given up"


def waits(payload: Payload, at: datetime) -> None:
    refund = refund_of(payload)
    if refund.state != RefundState.TO_MANUAL:
        raise WrongState(state=refund.state, wanted=RefundState.BY_HAND)


def waits_with_reference(payload: Payload, at: datetime) -> None:
    if not 1 <= len(payload["reference"]) <= REFERENCE_LENGTH:
        raise Invalid("reference", "Give the bank's number of the payment.", "请填写银行付款流水号。")
    waits(payload, at)


def waits_and_is_no_loss(payload: Payload, at: datetime) -> None:
    if refund_of(payload).asked_by == AskedBy.DISPUTE:
        raise by_hand.LostInDispute()
    waits(payload, at)


def register_refund(act: str, apply: Apply, check: Callable[[Payload, datetime], None]) -> None:
    register(act, apply=apply, check=check, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


register_refund(by_hand.OPERATOR_REFUND, refund_order, refundable)
register_refund(by_hand.AGAIN, ask_again, waits)
register_refund(by_hand.PAID_BY_HAND, pay_by_hand, waits_with_reference)
register_refund(by_hand.GIVEN_UP, give_up, waits_and_is_no_loss)
