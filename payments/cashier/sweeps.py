"""Bringing to an end what nobody ended: bounded batches of one shard, one transaction a row, so that a bad row stops no other."""

import uuid
from datetime import datetime, timedelta

from payments.cashier import outbound, queries
from payments.cashier.services import late
from payments.cashier.services.paying import OrderPaid
from payments.wallet.sweeps import SHUT, each

BATCH = 100
AFTER = timedelta(seconds=60)
REFUNDS = 1000
"""A batch of refunds: some of them may wait for long behind a channel that is shut, and must not keep others from their turn."""


def expire_orders(*, shard: int, at: datetime) -> int:
    """Close the orders of a shard whose time is over. Outside any transaction."""
    return each("order", queries.overdue(shard, at)[:BATCH], lambda row_id: expire(row_id, at))


def expire(order_id: uuid.UUID, at: datetime) -> bool:
    """Whether the order is closed, or being closed: it may have been paid meanwhile, or its answer waits for the books."""
    try:
        return outbound.expire(order_id=order_id, at=at).state not in queries.UNPAID
    except OrderPaid:
        return False


def close_orders(*, shard: int, at: datetime) -> int:
    """Go on with closings whose process died, or found no seat. Outside any transaction."""
    return each("closing", queries.stuck_closing(shard, at - AFTER)[:BATCH], lambda row_id: outbound.close(order_id=row_id, at=at))


def place_refunds(*, shard: int, at: datetime) -> int:
    """Place the refunds of a shard's late successes for which the channel or the books were shut, for as long as it takes."""
    waiting = queries.unplaced_refunds(shard, at - AFTER)[:REFUNDS]
    return each("late_refund", waiting, lambda row_id: refund_or_wait(order_id=row_id, at=at))


def refund_or_wait(*, order_id: uuid.UUID, at: datetime) -> bool:
    """Place the refund of a late success, or leave it to the next sweep. Returns whether it was placed."""
    try:
        return late.place_refund(order_id=order_id, at=at) is not None
    except SHUT as refused:
        late.note_waiting(order_id=order_id, why=refused.code, at=at)
        return False
