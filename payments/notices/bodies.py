"""What a notice says: from an event to the bytes that are sent. Pure but for reading the order an event names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.api.json import dump
from core.clock.queries import local
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.outbox.registry import Event
from payments.cashier import queries as orders
from payments.cashier.queries import PaymentOrder
from payments.cashier.services.closing import BY_MERCHANT, EXPIRED
from payments.notices.models import MerchantNotice

Data = dict[str, Any]
NOT_TOLD = frozenset({"merchant", "merchant_id", "app", "app_id", "payer", "customer", "customer_id", "owner", "owner_id"})
CLOSED_CODES = frozenset({EXPIRED, BY_MERCHANT, "reversed", "payer_declined", "payer_short", "agreement_ended"})
DEDUCTION = "deduction_"
"""Begins the code of an order whose deduction failed; what follows may be about the payer's account."""


@dataclass(frozen=True)
class News:
    """An event as merchants are told it: whose it is, what it is about, and what is said. `app_id` None: for every app of the merchant."""

    merchant_id: UUID
    app_id: UUID | None
    order: PaymentOrder | None
    subject: str
    data: Data


Reader = Callable[[Event], News]


def of_order(event: Event) -> News:
    """An order paid or closed, as it was at the event: what followed since is told by events of its own."""
    order = orders.order(parse_public_id("ord", str(event.payload["order"])))
    state = event.topic.partition(".")[2]
    data: Data = {
        "order_id": order.public_id,
        "out_trade_no": order.out_trade_no,
        "state": state,
        "scene": order.scene,
        "amount": order.amount_fen,
        "currency": order.currency,
        "attach": order.attach,
        "store_id": order.store_public_id,
    }
    if state == "paid":
        data |= {"fee": order.fee_fen, "paid_at": local(event.occurred_at).isoformat()}
    else:
        data |= {"code": why_closed(str(event.payload.get("code", ""))), "closed_at": local(event.occurred_at).isoformat()}
    return News(order.seller_id, order.app_id, order, order.public_id, data)


def why_closed(code: str) -> str:
    """The reason of a closed order that its merchant may know; nothing of the payer's account."""
    if code in CLOSED_CODES:
        return code
    return "deduction_failed" if code.startswith(DEDUCTION) else "payment_failed"


def of_others(event: Event) -> News:
    """What another room tells of its own row: its facts without whoever paid."""
    payload = event.payload
    named = payload.get("order")
    order = orders.order(parse_public_id("ord", str(named))) if named else None
    merchant_id = order.seller_id if order else parse_public_id("mch", str(payload["merchant"]))
    app = payload.get("app")
    app_id = parse_public_id("app", str(app)) if app else (order.app_id if order else None)
    data = facts(payload)
    if order:
        data |= {"order_id": order.public_id, "out_trade_no": order.out_trade_no}
    subject = str(payload.get(event.topic.partition(".")[0]) or payload.get("id") or named or payload["merchant"])
    return News(merchant_id, app_id, order, subject, data)


def of_key(event: Event) -> News:
    """A key of an app whose time comes."""
    app_id = UUID(event.payload["app_id"])
    data: Data = {"serial_no": event.payload["serial_no"], "expires_at": event.payload["expires_at"]}
    return News(UUID(event.payload["merchant_id"]), app_id, None, event.payload["serial_no"], data)


TYPES: Mapping[str, Reader] = {
    "order.paid": of_order,
    "order.closed": of_order,
    "refund.succeeded": of_others,
    "refund.failed": of_others,
    "dispute.opened": of_others,
    "dispute.won": of_others,
    "dispute.lost": of_others,
    "dispute.withdrawn": of_others,
    "split.done": of_others,
    "agreement.signed": of_others,
    "agreement.ended": of_others,
    "deduction.paid": of_others,
    "deduction.failed": of_others,
    "settlement.paid": of_others,
    "settlement.returned": of_others,
    "merchant.key_expiring": of_key,
}
"""The events that merchants hear, by topic, which is the notice's type too."""


def facts(payload: Mapping[str, Any]) -> Data:
    """A payload as the API says things: amounts without their unit, the row's id as `<noun>_id`, nobody's name or id."""
    found: Data = {}
    for name, value in payload.items():
        if name in NOT_TOLD or isinstance(value, dict) or is_person(value):
            continue
        found[wire_name(name, value)] = value
    return found


def wire_name(name: str, value: Any) -> str:
    if name.endswith("_fen"):
        return name.removesuffix("_fen")
    return f"{name}_id" if is_id_of(name, value) else name


def is_id_of(name: str, value: Any) -> bool:
    """Whether a fact is a public id under the bare name of what it names (`refund`: `rfd_...`)."""
    if not isinstance(value, str) or name.endswith("_id") or name == "id":
        return False
    prefix = value.rpartition("_")[0]
    try:
        return bool(prefix) and parse_public_id(prefix, value) is not None
    except NotFound:
        return False


def is_person(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("cus_")


def body(notice_id: UUID, event: Event, news: News, app_id: UUID) -> bytes:
    """The bytes that are sent."""
    return dump(
        {
            "id": public_id(MerchantNotice.PREFIX, notice_id),
            "type": event.topic,
            "occurred_at": local(event.occurred_at).isoformat(),
            "merchant_id": public_id("mch", news.merchant_id),
            "app_id": public_id("app", app_id),
            "data": news.data,
        }
    )
