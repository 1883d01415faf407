"""Orders that are to be split: kept out of settlement from their payment until they are finished, or their days are over."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.clock.queries import local_day
from core.ids import new_id
from core.limits.queries import cap_on
from core.limits.sockets import CapKind, Unit
from core.moves import advance
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.splits.models import SplitOrder
from payments.splits.states import SPLIT_ORDER_MOVES, SplitOrderState

KEPT = CapKind("splits.kept_days", _("Time an order to be split stays out of settlement"), usual=30, most=365, unit=Unit.DAYS)


@transaction.atomic
def take_in(*, order_ids: Collection[uuid.UUID], at: datetime) -> None:
    """Keep paid orders that are flagged for splitting out of settlement; those that are taken in already stay as they are."""
    flagged = [(order, paid_on(order)) for order in cashier.to_split(order_ids)]
    until = {day: day + timedelta(days=cap_on(KEPT, day)) for day in {day for _order, day in flagged}}
    made = [row_of(order, until[day], at) for order, day in flagged]
    SplitOrder.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)


def paid_on(order: PaymentOrder) -> date:
    """The day whose rule an order follows."""
    assert order.paid_at is not None
    return local_day(order.paid_at)


def row_of(order: PaymentOrder, until: date, at: datetime) -> SplitOrder:
    return SplitOrder(
        id=new_id(),
        order_id=order.id,
        merchant_id=order.seller_id,
        shard=order.shard,
        net_fen=order.amount_fen - order.fee_fen,
        until=until,
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
