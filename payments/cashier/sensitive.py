"""Acts on late payments that a second person approves."""

from collections.abc import Callable
from datetime import datetime

from core.approvals.register import Apply, Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.cashier import queries
from payments.cashier.services import late
from payments.cashier.states import OrderState

REFERENCE_LENGTH = 64


def refund_again(payload: Payload, at: datetime) -> str:
    order = late.refund_again(order_id=parse_public_id("ord", payload["target"]), at=at)
    return f"{order.public_id} is asked of the channel again"


def pay_by_hand(payload: Payload, at: datetime) -> str:
    order = late.pay_by_hand(order_id=parse_public_id("ord", payload["target"]), reference=payload["reference"], at=at)
    return f"{order.public_id} went back by hand, {order.hand_reference}"


def waits(payload: Payload, at: datetime) -> None:
    order = queries.order(parse_public_id("ord", payload["target"]))
    if order.state != OrderState.TO_MANUAL:
        raise WrongState(state=order.state, wanted=OrderState.BY_HAND)


def waits_with_reference(payload: Payload, at: datetime) -> None:
    if not 1 <= len(payload["reference"]) <= REFERENCE_LENGTH:
        raise Invalid("reference", "Give the bank's number of the payment.", "请填写银行付款流水号。")
    waits(payload, at)


def register_hand(act: str, apply: Apply, check: Callable[[Payload, datetime], None]) -> None:
    register(act, apply=apply, check=check, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


register_hand(late.REFUND_AGAIN, refund_again, waits)
register_hand(late.PAID_BY_HAND, pay_by_hand, waits_with_reference)
