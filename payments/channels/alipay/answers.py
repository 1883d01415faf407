"""Alipay's documents read as the port's results. Pure."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.money import CNY
from payments.channels.port import ActionRequired, Failed, Order, OrderResult, Pending, Success, Unknown
from payments.channels.transport import NoAnswer, NotDelivered

Document = dict[str, Any]
Ask = Callable[[], Document]
Read = Callable[[Document], OrderResult]
SCAN, INVOKE = "scan", "invoke"
DONE, NOT_KNOWN, TOO_MANY = "10000", "20000", "40005"
NOT_SEEN = frozenset({"ACQ.TRADE_NOT_EXIST", "ORDER_NOT_EXIST", "REFUND_NOT_SEEN"})
PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
RETURNED = "REFUND"


class Unreadable(ValueError):
    """A field is missing or has another form than documented."""


def text(found: Document, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise Unreadable(name)
    return value


def fen(found: Document, name: str) -> int:
    """An amount, which Alipay writes in yuan."""
    try:
        return CNY.minor(Decimal(text(found, name)))
    except (InvalidOperation, ValueError, OverflowError) as problem:
        raise Unreadable(name) from problem


def day(found: Document, name: str) -> date | None:
    """The day of an instant, which Alipay writes in Shanghai's time."""
    value = found.get(name)
    if not value:
        return None
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as problem:
        raise Unreadable(name) from problem


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def trade(found: Document, paid_at: str = "send_pay_date") -> OrderResult:
    """A payment. Closed is said of one that was never paid, and of one that was paid and given back whole: `paid_at` tells them apart."""
    status = text(found, "trade_status")
    if status in PAID or (status == "TRADE_CLOSED" and found.get(paid_at)):
        number, channel_no = text(found, "out_trade_no"), text(found, "trade_no")
        return Success(Order(number, channel_no, fen(found, "total_amount"), CNY.code, booked_on=day(found, paid_at)))
    if status == "WAIT_BUYER_PAY":
        return ActionRequired(SCAN)
    if status == "TRADE_CLOSED":
        return Failed(status, decided=True)
    raise Unreadable("trade_status")


def refund(found: Document) -> OrderResult:
    """A refund as its query tells it: without a status it did not arrive, or was refused."""
    if found.get("refund_status") != "REFUND_SUCCESS":
        return Unknown("REFUND_NOT_SEEN", seen=False)
    number, channel_no = text(found, "out_request_no"), text(found, "trade_no")
    return Success(Order(number, channel_no, fen(found, "refund_amount"), CNY.code, booked_on=day(found, "gmt_refund_pay")))


def transfer(found: Document) -> OrderResult:
    """A transfer to an account; REFUND: it was done and came back."""
    status, number = text(found, "status"), str(found.get("order_id", ""))
    if status in ("SUCCESS", RETURNED):
        order = Order(text(found, "out_biz_no"), number, fen(found, "trans_amount"), CNY.code, booked_on=day(found, "pay_date"))
        if status == "SUCCESS":
            return Success(order)
        code = str(found.get("error_code") or RETURNED)[:64]
        return Success(Order(order.request_no, number, order.amount_fen, CNY.code, booked_on=order.booked_on, returned=True, code=code))
    if status in ("DEALING", "WAIT_PAY"):
        return Pending(number)
    if status in ("FAIL", "CLOSED"):
        return Failed(str(found.get("error_code") or status)[:64], decided=True)
    raise Unreadable("status")


def code_of(found: Document) -> str:
    return str(found.get("sub_code") or found.get("code") or "no_code")[:64]


def done(found: Document) -> bool:
    return found.get("code") == DONE


def open_ended(found: Document) -> bool:
    """Whether an error leaves it open what was done: the gateway says so, or the system behind it."""
    return found.get("code") == NOT_KNOWN or code_of(found).endswith("SYSTEM_ERROR")


def acted(ask: Ask, read: Read) -> OrderResult:
    """The result of a call with an effect. What never left was certainly not done, and may be sent again."""
    try:
        found = ask()
        if done(found):
            return read(found)
        return Unknown(code_of(found)) if open_ended(found) else Failed(code_of(found), retryable=found.get("code") == TOO_MANY)
    except NotDelivered:
        return Failed("unreachable", retryable=True)
    except NoAnswer as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")


def asked(ask: Ask, read: Read) -> OrderResult:
    """The result of a question. A refused question says nothing about the act, unless it says "no such number"."""
    try:
        found = ask()
        return read(found) if done(found) else Unknown(code_of(found), seen=code_of(found) not in NOT_SEEN)
    except (NotDelivered, NoAnswer) as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")
