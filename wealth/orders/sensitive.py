"""Acts on orders that a second person approves."""

from collections.abc import Callable
from datetime import datetime

from core.approvals.register import Apply, Payload, register
from core.ids import parse_public_id
from wealth.orders import queries
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import NotStuck
from wealth.orders.services import by_hand


def order_of(payload: Payload) -> WealthOrder:
    return queries.order(parse_public_id(WealthOrder.PREFIX, payload["target"]))


def resend(payload: Payload, at: datetime) -> str:
    order = by_hand.resend(order_id=order_of(payload).id, at=at)
    return f"{order.public_id} is sent to its issuer again"


def end(payload: Payload, at: datetime) -> str:
    order = by_hand.end(order_id=order_of(payload).id, at=at)
    return f"{order.public_id} is {order.state}"


def fits(open_to: Callable[[WealthOrder], bool]) -> Callable[[Payload, datetime], None]:
    def check(payload: Payload, at: datetime) -> None:
        if not open_to(order_of(payload)):
            raise NotStuck()

    return check


def register_order(act: str, apply: Apply, open_to: Callable[[WealthOrder], bool]) -> None:
    register(act, apply=apply, check=fits(open_to), roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


register_order(by_hand.RESEND, resend, by_hand.resendable)
register_order(by_hand.REJECT, end, by_hand.endable)
