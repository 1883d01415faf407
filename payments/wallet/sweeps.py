"""Bringing to an end what nobody ended: bounded batches of one shard, one transaction a row, so that a bad row stops no other."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import monotonic

from core.attempts import Attempt
from core.schedule import SWEEP_S
from core.stopping import STOPPING
from payments.channels import telling
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance
from payments.wallet import outbound, queries
from payments.wallet.services import top_ups, transfers

BATCH = 100
DISPATCH_AFTER = timedelta(seconds=60)
REFUNDS = 1000
"""A batch of refunds: some of them may wait for long behind a channel that is shut, and must not keep others from their turn."""
SHUT = (ChannelNotConnected, ChannelOff, ChannelUnderMaintenance, *telling.SHUT)


def expire_transfers(*, shard: int, at: datetime) -> int:
    """Send back the transfers of a shard that nobody took in time. Returns how many."""
    due = queries.expired_transfers(shard, at)[:BATCH]
    return each("transfer", due, lambda row_id: transfers.expire(transfer_id=row_id, at=at))


def send_held(*, shard: int, at: datetime) -> int:
    """Go on with withdrawals whose process died between holding and sending. Outside any transaction."""
    stuck = queries.held_withdrawals(shard, at - DISPATCH_AFTER)[:BATCH]
    return each("withdrawal", stuck, lambda row_id: outbound.send_withdrawal(withdrawal_id=row_id, at=at))


def give_up_top_ups(*, shard: int, at: datetime) -> int:
    """End the top-ups of a shard that waited too long for their channel. Outside any transaction."""
    late = queries.overdue_top_ups(shard, at)[:BATCH]
    return each("top_up", late, lambda row_id: outbound.give_up_top_up(top_up_id=row_id, at=at))


def place_refunds(*, shard: int, at: datetime) -> int:
    """Place the refunds of a shard's late successes for which the channel or the books were shut, for as long as it takes."""
    waiting = queries.unplaced_refunds(shard, at - DISPATCH_AFTER)[:REFUNDS]
    return each("refund", waiting, lambda row_id: refund_or_wait(top_up_id=row_id, at=at))


def refund_or_wait(*, top_up_id: uuid.UUID, at: datetime) -> bool:
    """Place the refund of a late success, or leave it to the next sweep. Returns whether it was placed."""
    try:
        return top_ups.place_refund(top_up_id=top_up_id, at=at) is not None
    except SHUT as refused:
        top_ups.note_waiting(top_up_id=top_up_id, why=refused.code, at=at)
        return False


def each(kind: str, row_ids: Iterable[uuid.UUID], act: Callable[[uuid.UUID], object]) -> int:
    """How many rows `act` did something to; a failure is logged with the row's id and leaves the row for the next sweep, as
    does the end of the sweep's time or of its worker (a channel that is slow takes its patience for every row)."""
    done = 0
    until = monotonic() + SWEEP_S
    for row_id in row_ids:
        if monotonic() >= until or STOPPING.is_set():
            break
        with Attempt("wallet.sweep", kind=kind, row=str(row_id)):
            done += bool(act(row_id))
    return done
