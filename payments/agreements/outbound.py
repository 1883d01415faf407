"""The way out: trying a deduction, and asking the bank about it where it must be. Outside any transaction."""

import uuid
from datetime import datetime

from payments.agreements import queries
from payments.agreements.models import Deduction
from payments.agreements.services import deducting
from payments.agreements.states import DeductionState
from payments.cashier import outbound as cashier
from payments.cashier import queries as orders


def debit(*, deduction_id: uuid.UUID, at: datetime) -> Deduction:
    """The deduction as it then stands: the bank's answer may still be owed."""
    deducting.debit(deduction_id=deduction_id, at=at)
    return ask(deduction_id=deduction_id, at=at)


def ask(*, deduction_id: uuid.UUID, at: datetime) -> Deduction:
    """Ask the bank about a try that is placed; the deduction as it then stands."""
    deduction = queries.deduction(deduction_id)
    waiting = orders.open_attempt(deduction.order_id) if deduction.state == DeductionState.DEBITING else None
    if waiting is None:
        return deduction
    attempt = cashier.ask(attempt_id=waiting.id, at=at)
    deducting.follow(order_id=deduction.order_id, code=attempt.code, at=at)
    return queries.deduction(deduction_id)
