"""The way out: asking the bank about what a shown code began, and what its no does to the order. Outside any transaction."""

import uuid
from datetime import datetime

from payments.cashier import outbound as cashier
from payments.cashier import queries as orders
from payments.qr import queries
from payments.qr.models import PayerCode
from payments.qr.services import charging
from payments.qr.states import PayerCodeState
from payments.refunds import outbound as refunds_outbound
from payments.refunds import queries as refunds
from payments.refunds.states import RefundState


def ask(*, code_id: uuid.UUID, at: datetime) -> PayerCode:
    """Send the request of a payment that waits for its bank, once; end the order of one that was declined."""
    code = queries.with_order(code_id)
    waiting = None if code.state != PayerCodeState.TAKEN or code.order_id is None else orders.open_attempt(code.order_id)
    if waiting is None or code.order_id is None:
        return code
    cashier.ask(attempt_id=waiting.id, at=at)
    charging.close_declined(order_id=code.order_id, at=at)
    return queries.with_order(code_id)


def undo(*, code_id: uuid.UUID, at: datetime) -> PayerCode:
    """End a closing that waits for the bank, and send a refund that was placed with it."""
    code = queries.with_order(code_id)
    assert code.order_id is not None
    cashier.close_seated(order_id=code.order_id, at=at)
    for refund in refunds.of_order(code.order_id).filter(state=RefundState.PROCESSING):
        refunds_outbound.send(refund_id=refund.id, at=at)
    return queries.with_order(code_id)
