"""Disputes of paid orders, and both sides of them."""

from datetime import datetime
from typing import Any

from core.approvals.services import applying
from core.clock import queries as clock
from payments.cashier.models import PaymentOrder
from payments.disputes import queries, sweeps
from payments.disputes.models import Dispute
from payments.disputes.services import deciding, opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import OpenedBy
from tests.payments.refunds.world import PEOPLE

PDF = b"%PDF-1.4 a receipt"


def claim(fen: int | None = None, **changes: Any) -> NewDispute:
    facts = {"kind": "not_received", "words": "Nothing has arrived.", "opened_by": OpenedBy.PAYER, "opener": "cus_test"} | changes
    return NewDispute(amount_fen=fen, **facts)


def dispute(order: PaymentOrder, fen: int | None = None, *, at: datetime | None = None, **changes: Any) -> Dispute:
    """A payer's dispute, opened."""
    return opening.open_dispute(order_id=order.id, wanted=claim(fen, **changes), at=at or clock.now())


def chargeback(order: PaymentOrder, fen: int) -> Dispute:
    """The payer's bank has taken the money."""
    wanted = claim(fen, opened_by=OpenedBy.CHANNEL, bank_reference="CB-1", taken_by_bank=True)
    with applying(deciding.OPEN_ACT, **PEOPLE):
        return deciding.open_by_operators(order_id=order.id, wanted=wanted, at=clock.now())


def won(row: Dispute) -> Dispute:
    with applying(deciding.WIN, **PEOPLE):
        return deciding.win(dispute_id=row.id, verdict="It was delivered.", at=clock.now())


def lost(row: Dispute) -> Dispute:
    with applying(deciding.LOSE, **PEOPLE):
        return deciding.lose(dispute_id=row.id, verdict="It never came.", at=clock.now())


def sweep(at: datetime) -> int:
    """Every sweeper of disputes, once."""
    due = queries.due_shards(at, waited=sweeps.AGAIN_AFTER)
    return sum(getattr(sweeps, name)(shard=shard, at=at) for name, shard in due)
