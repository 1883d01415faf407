"""Orders that are to be split: kept out of settlement from their payment until they are finished, or their days are over."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from core.clock.queries import local_day
from core.ids import new_id
from core.moves import advance
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.splits.models import SplitOrder
from payments.splits.states import SPLIT_ORDER_MOVES, SplitOrderState

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def take_in(*, order_ids: Collection[uuid.UUID], at: datetime) -> None:
    """Keep paid orders that are flagged for splitting out of settlement; those that are taken in already stay as they are."""
    flagged = cashier.to_split(order_ids)
    SplitOrder.objects.bulk_create([row_of(order, at) for order in flagged], ignore_conflicts=True, batch_size=2000)


def row_of(order: PaymentOrder, at: datetime) -> SplitOrder:
    assert order.paid_at is not None
    return SplitOrder(
        id=new_id(),
        order_id=order.id,
        merchant_id=order.merchant_id,
        shard=order.shard,
        net_fen=order.amount_fen - order.fee_fen,
        until=local_day(order.paid_at) + KEPT_FOR,
        created_at=at,
        changed_at=at,
    )


def locked(order: PaymentOrder, at: datetime) -> SplitOrder:
    """The row of a flagged order, locked behind the order's."""
    take_in(order_ids=[order.id], at=at)
    return SplitOrder.objects.select_for_update(of=("self",)).get(order_id=order.id)


@transaction.atomic
def end_overdue(*, order_id: uuid.UUID, at: datetime) -> bool:
    """Finish an order whose days are over; settlement does not keep it any more either way."""
    row = SplitOrder.objects.select_for_update(of=("self",)).filter(order_id=order_id).first()
    if row is None or row.state != SplitOrderState.OPEN or row.until > local_day(at):
        return False
    advance(row, SplitOrderState.FINISHED, moves=SPLIT_ORDER_MOVES, at=at)
    return True
