"""Settling a merchant's day before it is over, when all that was paid on it was the test payer's."""

import uuid
from datetime import datetime

from django.db import transaction

from core.approvals.services import applying
from core.audit import services as audit
from core.business_day import queries as business_days
from core.ids import parse_public_id, shard_of
from payments.cashier import journals as cashier
from payments.cashier import queries as orders
from payments.channels import queries as requests
from payments.channels import services as channels
from payments.channels.sandbox_bank.control import control
from payments.settlement import queries
from payments.settlement.queries import Settlement
from payments.settlement.services import approving, closing, paying
from payments.settlement.states import SettlementState
from payments.trial.results import payout_faults_for
from payments.trial.services.acting import OPERATORS

WHY = "Settled in the sandbox, as its merchant asked."


def payers_to_settle(merchant_id: uuid.UUID) -> list[tuple[uuid.UUID, datetime]]:
    """Who paid the orders that a settlement would be made of now, and when."""
    moved = closing.movements(business_days.current(), [shard_of(merchant_id)]).get(merchant_id, [])
    paid = [orders.order(parse_public_id("ord", one.reference)) for one in moved if one.event == cashier.PAID]
    return [(order.payer_id, order.paid_at) for order in paid if order.payer_id is not None and order.paid_at is not None]


@transaction.atomic
def settle(*, merchant_id: uuid.UUID, at: datetime) -> Settlement:
    """Close the merchant's day, approve it in the operators' name, and place its payout; a settlement of less than the least payout is
    carried. Raises what `closing.close_now` raises."""
    row = closing.close_now(merchant_id=merchant_id, at=at)
    audit.record(actor="system", act="trial.settlement", target=row.public_id, reason=WHY, details={}, at=at)
    if row.state == SettlementState.CLOSED:
        with applying(approving.ONE, **OPERATORS):
            row = approving.approve(settlement_id=row.id, at=at)
    if row.state == SettlementState.APPROVED:
        paying.pay_now(settlement_id=row.id, at=at)
    return queries.settlement(row.id)


def go_on(*, settlement: Settlement, result: str, at: datetime) -> Settlement:
    """Tell the bank what to do with the payout, where one was placed, and send it. Outside any transaction. Raises ControlRefused."""
    for payout in queries.payouts(settlement.id)[-1:]:
        request = requests.request(payout.request_id)
        for fault in payout_faults_for(result):
            control("POST", "/control/faults", fault.rule(request.request_no))
        channels.send_seated(request_id=request.id, channel=request.channel_id, at=at)
    return queries.settlement(settlement.id)
