"""WeChat Pay's documents read as the port's results. Pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from core.ids import LENGTH
from core.money import CNY
from payments.channels.port import ActionRequired, Failed, Order, OrderResult, Pending, Success, Unknown
from payments.channels.transport import Answer, NoAnswer, NotDelivered

Document = dict[str, Any]
Ask = Callable[[], tuple[Answer, Document]]
Read = Callable[[Document], OrderResult]
SHANGHAI = timezone(timedelta(hours=8))
SCAN, INVOKE, CONFIRM = "scan", "invoke", "confirm"
TOO_MANY = 429
NOT_SEEN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND"})
PAID = frozenset({"SUCCESS", "REFUND"})
UNPAID = frozenset({"NOTPAY", "PAYERROR"})
PAYING = frozenset({"USERPAYING", "ACCEPT"})
OVER = frozenset({"CLOSED", "REVOKED"})
ON_ITS_WAY = frozenset({"ACCEPTED", "PROCESSING", "TRANSFERING", "CANCELING"})


class Unreadable(ValueError):
    """A field is missing or has another type than documented."""


def text(found: Document, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise Unreadable(name)
    return value


def whole(found: Document, name: str) -> int:
    value = found.get(name)
    if type(value) is not int:
        raise Unreadable(name)
    return value


def part(found: Document, name: str) -> Document:
    value = found.get(name)
    if not isinstance(value, dict):
        raise Unreadable(name)
    return value


def day(found: Document, name: str) -> date | None:
    """The Shanghai day of an instant, None where there is none."""
    value = found.get(name)
    if not value:
        return None
    try:
        return datetime.fromisoformat(str(value)).astimezone(SHANGHAI).date()
    except ValueError as problem:
        raise Unreadable(name) from problem


def bill_no(request_no: str) -> str:
    """Our number as a transfer takes it: letters and digits only."""
    return request_no.replace("_", "")


def request_no(bill_no: str) -> str:
    """`bill_no` undone."""
    return f"{bill_no[:-LENGTH]}_{bill_no[-LENGTH:]}"


def trade(found: Document) -> OrderResult:
    """A payment as a query or a notice tells it. An order that nobody has paid may be paid as long as it is not closed."""
    state = text(found, "trade_state")
    if state in PAID:
        amount = part(found, "amount")
        number, channel_no = text(found, "out_trade_no"), text(found, "transaction_id")
        booked_on = day(found, "success_time")
        return Success(Order(number, channel_no, whole(amount, "total"), str(amount.get("currency", CNY.code)), booked_on=booked_on))
    if state in UNPAID:
        return ActionRequired(SCAN if found.get("trade_type", "NATIVE") == "NATIVE" else INVOKE)
    if state in PAYING:
        return Pending(str(found.get("transaction_id", "")))
    if state in OVER:
        return Failed(state, decided=True)
    raise Unreadable("trade_state")


def refund(found: Document) -> OrderResult:
    """A refund, listed on the day it was taken in (a notice does not tell it); ABNORMAL (the payer's card takes nothing back) stays open
    until a person sees to it at WeChat Pay."""
    amount = part(found, "amount")
    match found.get("status") or found.get("refund_status"):
        case "SUCCESS":
            number, channel_no = text(found, "out_refund_no"), text(found, "refund_id")
            booked_on = day(found, "create_time") or day(found, "success_time")
            return Success(Order(number, channel_no, whole(amount, "refund"), str(amount.get("currency", CNY.code)), booked_on=booked_on))
        case "PROCESSING" | "ABNORMAL":
            return Pending(text(found, "refund_id"))
        case "CLOSED":
            return Failed("REFUND_CLOSED", decided=True)
    raise Unreadable("status")


def transfer(found: Document) -> OrderResult:
    """A transfer to a user's balance, which the user has to accept first."""
    state, number = text(found, "state"), str(found.get("transfer_bill_no", ""))
    if state == "SUCCESS":
        booked_on = day(found, "update_time")
        ours = request_no(text(found, "out_bill_no"))
        return Success(Order(ours, number, whole(found, "transfer_amount"), CNY.code, booked_on=booked_on))
    if state == "WAIT_USER_CONFIRM":
        return ActionRequired(CONFIRM, str(found.get("package_info", "")))
    if state in ON_ITS_WAY:
        return Pending(number)
    if state in ("FAIL", "CANCELLED"):
        return Failed(str(found.get("fail_reason") or state)[:64], decided=True)
    raise Unreadable("state")


def code_of(answer: Answer, found: Document) -> str:
    return str(found.get("code") or f"http_{answer.status}")[:64]


def done(answer: Answer) -> bool:
    return answer.status // 100 == 2


def refused(answer: Answer, found: Document) -> Failed | Unknown:
    """What an error status says about an act: a 4xx is a refusal, anything else leaves it open."""
    code = code_of(answer, found)
    if answer.status // 100 != 4:
        return Unknown(code)
    return Failed(code, retryable=answer.status == TOO_MANY)


def acted(ask: Ask, read: Read) -> OrderResult:
    """The result of a call with an effect. What never left was certainly not done, and may be sent again."""
    try:
        answer, found = ask()
        return read(found) if done(answer) else refused(answer, found)
    except NotDelivered:
        return Failed("unreachable", retryable=True)
    except NoAnswer as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")


def asked(ask: Ask, read: Read) -> OrderResult:
    """The result of a question. A refused question says nothing about the act, unless it says "no such number"."""
    try:
        answer, found = ask()
        if done(answer):
            return read(found)
        code = code_of(answer, found)
        return Unknown(code, seen=code not in NOT_SEEN)
    except (NotDelivered, NoAnswer) as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")
