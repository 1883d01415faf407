"""Stripe's documents and errors read as the port's results. Pure."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import stripe

from core.clock.queries import local_day
from payments.channels.port import ActionRequired, Failed, Order, OrderResult, Pending, Success, Unknown
from payments.channels.stripe.client import Document, number
from payments.channels.transport import NoAnswer, NotDelivered

INVOKE = "invoke"
NOT_SEEN = "resource_missing"
IDEMPOTENCY = "idempotency_error"
STUCK = frozenset({"requires_payment_method", "requires_confirmation", "requires_capture"})
"""What nobody will go on with: we confirm a payment when it is made, and never again."""
REFUSALS = (
    stripe.CardError,
    stripe.IdempotencyError,
    stripe.InvalidRequestError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)
Ask = Callable[[], OrderResult]


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


def day(found: Document) -> date:
    """The Shanghai day an object was made on."""
    return local_day(datetime.fromtimestamp(whole(found, "created"), UTC))


def inner(found: Document, name: str) -> Document:
    """An object within another; empty where its id alone came."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def payment(found: Document) -> OrderResult:
    """A payment (PaymentIntent). Its fee and its day of the statement are known with its charge alone."""
    status = text(found, "status")
    match status:
        case "succeeded":
            return Success(paid(found))
        case "processing":
            return Pending(text(found, "id"))
        case "requires_action":
            return ActionRequired(INVOKE, urlencode({"client_secret": text(found, "client_secret")}))
        case "canceled":
            return Failed(code_of(found.get("last_payment_error") or {}) or status, decided=True)
    return Unknown(status)


def paid(found: Document) -> Order:
    charge = inner(found, "latest_charge")
    booked = inner(charge, "balance_transaction")
    currency = text(found, "currency").upper()
    fee_fen = whole(booked, "fee") if booked and text(booked, "currency").upper() == currency else 0
    return Order(
        number(found), text(found, "id"), whole(found, "amount"), currency, fee_fen=fee_fen, booked_on=day(booked or charge or found)
    )


def refund(found: Document) -> OrderResult:
    status = text(found, "status")
    match status:
        case "succeeded":
            currency = text(found, "currency").upper()
            return Success(Order(number(found), text(found, "id"), whole(found, "amount"), currency, booked_on=day(found)))
        case "pending" | "requires_action":
            return Pending(text(found, "id"))
        case "failed" | "canceled":
            return Failed(str(found.get("failure_reason") or status)[:64], decided=True)
    raise Unreadable("status")


def code_of(error: Document) -> str:
    """The most exact code an error has; empty without one."""
    return str(error.get("decline_code") or error.get("code") or "")[:64]


def code(problem: stripe.StripeError) -> str:
    body = problem.json_body if isinstance(problem.json_body, dict) else {}
    return code_of(inner(body, "error")) or f"http_{problem.http_status or 0}"


def refusal(problem: stripe.StripeError) -> str:
    return IDEMPOTENCY if isinstance(problem, stripe.IdempotencyError) else code(problem)


def acted(ask: Ask) -> OrderResult:
    """The result of a call with an effect. What never left was certainly not done, and may be sent again; so may what met too many."""
    try:
        return ask()
    except NotDelivered:
        return Failed("unreachable", retryable=True)
    except NoAnswer as problem:
        return Unknown(problem.reason)
    except stripe.RateLimitError as problem:
        return Failed(code(problem), retryable=True)
    except REFUSALS as problem:
        return Failed(refusal(problem))
    except stripe.StripeError as problem:
        return Unknown(code(problem))
    except Unreadable:
        return Unknown("answer_malformed")


def asked(ask: Ask) -> OrderResult:
    """The result of a question. A refused one says nothing about the act."""
    result = acted(ask)
    return Unknown(result.code) if isinstance(result, Failed) and not result.decided else result


def not_seen() -> Unknown:
    return Unknown(NOT_SEEN, seen=False)
