"""The sandbox bank's documents read as the port's results. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from payments.channels.port import Failed, Order, Pending, Signed, SignStarted, Success, Unknown, Unsigned
from payments.channels.transport import Answer, NoAnswer, NotDelivered

Facts = TypeVar("Facts")
Document = dict[str, Any]
USER_ACTIONS = frozenset({"ask_user", "step_up"})
OK, NOT_SEEN = 200, 404


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


def day(found: Document, name: str) -> date | None:
    value = text(found, name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as problem:
        raise Unreadable(name) from problem


def order(found: Document) -> Order:
    """An order as in section 3.4."""
    return Order(
        request_no=text(found, "request_no"),
        channel_no=text(found, "bank_no"),
        amount_fen=whole(found, "amount_fen"),
        currency=text(found, "currency"),
        fee_fen=whole(found, "fee_fen"),
        booked_on=day(found, "booked_on"),
        returned=text(found, "status") == "RETURNED",
        code=text(found, "code"),
    )


def sign_started(found: Document) -> SignStarted:
    return SignStarted(text(found, "sign_id"), text(found, "mobile_masked"), whole(found, "resend_after_s"))


def signed(found: Document) -> Signed:
    return Signed(text(found, "agreement_no"), text(found, "last4"), text(found, "bank_code"), text(found, "kind"))


def unsigned(found: Document) -> Unsigned:
    return Unsigned(text(found, "agreement_no"))


def decided(found: Document, read: Callable[[Document], Facts]) -> Success[Facts] | Failed | Pending | Unknown:
    """What a 200 says. Raises Unreadable."""
    match text(found, "status"):
        case "SUCCESS" | "RETURNED":
            return Success(read(found))
        case "FAILED":
            tries = found.get("tries_left")
            return Failed(text(found, "code"), tries_left=tries if type(tries) is int else None, decided=True)
        case "PROCESSING":
            return Pending(str(found.get("bank_no", "")))
    return Unknown("answer_malformed")


def refused(answer: Answer, found: Document) -> Failed | Unknown:
    """What an error status says about an act: `definite` true means that nothing was done."""
    code = str(found.get("code", f"http_{answer.status}"))
    if found.get("definite") is not True:
        return Unknown(code)
    action = found.get("action")
    return Failed(code, retryable=action == "retry_same", user_fixable=action in USER_ACTIONS)


def acted(ask: Callable[[], tuple[Answer, Document]], read: Callable[[Document], Facts]) -> Success[Facts] | Failed | Pending | Unknown:
    """The result of a call with an effect. What never left was certainly not done, and may be sent again."""
    try:
        answer, found = ask()
        return decided(found, read) if answer.status == OK else refused(answer, found)
    except NotDelivered:
        return Failed("unreachable", retryable=True)
    except NoAnswer as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")


def asked(ask: Callable[[], tuple[Answer, Document]], read: Callable[[Document], Facts]) -> Success[Facts] | Failed | Pending | Unknown:
    """The result of a question. A refused question says nothing about the act; 404 says "not seen so far"."""
    try:
        answer, found = ask()
        if answer.status == OK:
            return decided(found, read)
        return Unknown(str(found.get("code", "")), seen=answer.status != NOT_SEEN)
    except (NotDelivered, NoAnswer) as problem:
        return Unknown(problem.reason)
    except Unreadable:
        return Unknown("answer_malformed")
