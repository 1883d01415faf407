"""Reads of notices and their tries."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, QuerySet

from core.clock.queries import start_of_day
from core.errors import NotFound
from payments.notices.models import MerchantNotice, NoticeReceiver, NoticeTry
from payments.notices.states import NoticeState

SHARDS_DUE = """
SELECT shards.shard FROM generate_series(0, 63) AS shards (shard) WHERE EXISTS (
    SELECT 1 FROM payments_merchantnotice AS due WHERE due.shard = shards.shard AND due.state = 'pending' AND due.due_at <= %(at)s
)
ORDER BY random()
"""


def shards_due(at: datetime) -> list[int]:
    """Shards with a notice to be sent, in no order, so that none is always the last."""
    with connection.cursor() as cursor:
        cursor.execute(SHARDS_DUE, {"at": at})
        return [row[0] for row in cursor.fetchall()]


def notice(notice_id: uuid.UUID) -> MerchantNotice:
    """Raises NotFound."""
    found = MerchantNotice.objects.filter(pk=notice_id).first()
    if found is None:
        raise NotFound()
    return found


def of_merchant(merchant_id: uuid.UUID, *, state: str = "", day: date | None = None) -> QuerySet[MerchantNotice]:
    """A merchant's notices, newest first; of one state, or written on one day, where told."""
    rows = MerchantNotice.objects.filter(merchant_id=merchant_id)
    if state:
        rows = rows.filter(state=state)
    if day is not None:
        rows = rows.filter(created_at__gte=start_of_day(day), created_at__lt=start_of_day(day + timedelta(days=1)))
    return rows.order_by("-created_at", "-id")


def merchants_own(merchant_id: uuid.UUID, notice_id: uuid.UUID) -> MerchantNotice:
    """Raises NotFound, also for another merchant's."""
    found = MerchantNotice.objects.filter(merchant_id=merchant_id, pk=notice_id).first()
    if found is None:
        raise NotFound()
    return found


def of_order(order_id: uuid.UUID, most: int) -> list[MerchantNotice]:
    """The first ones first."""
    return list(MerchantNotice.objects.filter(order_id=order_id).order_by("created_at", "id")[:most])


def tries(notice_ids: Collection[uuid.UUID]) -> QuerySet[NoticeTry]:
    """In order."""
    return NoticeTry.objects.filter(notice_id__in=notice_ids).order_by("notice_id", "number")


def failed() -> QuerySet[MerchantNotice]:
    """Notices that nobody took on any try."""
    return MerchantNotice.objects.filter(state=NoticeState.FAILED)


def failed_of_app(app_id: uuid.UUID) -> bool:
    return failed().filter(app_id=app_id).exists()


def receiver(shard: int, origin: str) -> NoticeReceiver | None:
    return NoticeReceiver.objects.filter(shard=shard, origin=origin).first()


def waiting() -> tuple[int, datetime | None]:
    """How many notices are not taken yet, and when the oldest of them was written."""
    found = MerchantNotice.objects.filter(state=NoticeState.PENDING).aggregate(number=Count("id"), oldest=Min("created_at"))
    return found["number"], found["oldest"]
