"""The way out: asking the channel about an attempt or a closing that is written down already. Outside any transaction."""

import uuid
from datetime import datetime

from payments.cashier import queries
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, settling
from payments.cashier.states import AttemptState, OrderState
from payments.channels import queries as requests
from payments.channels import seats, sending
from payments.channels import services as channels


def ask(*, attempt_id: uuid.UUID, at: datetime) -> PaymentAttempt:
    """Send an attempt's request, once, and return the attempt as it then stands: the answer may still be owed, and so may the call
    itself while too many of this process hang (the worker makes it). Another channel it goes on with is asked at once too, while there
    is time: later it is the worker's."""
    if sending.send_on(current=lambda: to_ask(attempt_id), at=at):
        settling.note_unknown(attempt_id=attempt_id, at=at)
    return queries.attempt(attempt_id)


def cancel(*, attempt_id: uuid.UUID, at: datetime) -> PaymentAttempt:
    """Give an open attempt up at its channel, which alone can say that it will never be paid; the attempt as it then stands. Without a
    free seat nothing is asked."""
    attempt = queries.attempt(attempt_id)
    if attempt.state != AttemptState.OPEN or attempt.request_id is None:
        return attempt
    with seats.seat(requests.request(attempt.request_id).channel_id) as seated:
        if seated:
            channels.close(request_id=attempt.request_id, at=at)
    return queries.attempt(attempt_id)


def to_ask(attempt_id: uuid.UUID) -> uuid.UUID | None:
    """The request an open attempt waits for."""
    attempt = queries.attempt(attempt_id)
    return attempt.request_id if attempt.state == AttemptState.OPEN else None


def close(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """End the closing of an order: at the channel first, then, whatever that says, here."""
    request_id = being_closed(order_id)
    if request_id is None:
        return queries.order(order_id)
    channels.close(request_id=request_id, at=at)
    return closing.finish(order_id=order_id, at=at)


def being_closed(order_id: uuid.UUID) -> uuid.UUID | None:
    """The request that an order's closing waits for; None when it is not being closed, or not any more."""
    attempt = queries.open_attempt(order_id)
    return attempt.request_id if attempt is not None and attempt.order.state == OrderState.CLOSING else None


def close_seated(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """`close` while the merchant waits; without a free seat the order stays `closing`, for the sweeper."""
    request_id = being_closed(order_id)
    if request_id is None:
        return queries.order(order_id)
    with seats.seat(requests.request(request_id).channel_id) as seated:
        return close(order_id=order_id, at=at) if seated else queries.order(order_id)


def expire(*, order_id: uuid.UUID, at: datetime) -> PaymentOrder:
    """Close an order whose time is over."""
    order = closing.begin(order_id=order_id, code=closing.EXPIRED, at=at)
    return close(order_id=order.id, at=at)
