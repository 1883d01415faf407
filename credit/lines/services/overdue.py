"""Lines on which something is late, many at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.outbox import services as outbox
from credit.lines.models import CreditLine, LineEvent
from credit.lines.states import OPEN, Freeze, LineChange, LineState

WHY = "overdue: something is not paid beyond its days of grace"


@transaction.atomic
def freeze(*, line_ids: Collection[UUID], at: datetime) -> int:
    """Lend nothing more on these; those frozen so already stay. The number of statements does not grow with lines. Returns how many."""
    mine = CreditLine.objects.filter(pk__in=line_ids, state__in=OPEN).exclude(freezes__contains=[Freeze.OVERDUE])
    rows = list(mine.select_for_update(of=("self",)).select_related("product").order_by("pk"))
    if not rows:
        return 0
    for row in rows:
        row.freezes = sorted({*row.freezes, str(Freeze.OVERDUE)})
        row.state, row.changed_at = LineState.FROZEN, at
    CreditLine.objects.bulk_update(rows, ["state", "freezes", "changed_at"])
    LineEvent.objects.bulk_create(
        LineEvent(
            line=row, customer_id=row.customer_id, shard=row.shard, change=LineChange.FROZEN, limit_fen=row.limit_fen,
            temporary_fen=row.temporary_fen, reason=WHY, by="system", at=at,
        )
        for row in rows
    )  # fmt: skip
    outbox.publish_all(
        [
            outbox.announced(
                topic=f"credit.line_{LineChange.FROZEN.value}",
                owner=row.customer_id,
                payload={
                    "line": row.public_id, "product": row.product.code, "state": str(row.state), "limit_fen": row.limit_fen,
                    "temporary_fen": row.temporary_fen,
                },
                at=at,
                key=row.public_id,
            )
            for row in rows
        ]
    )  # fmt: skip
    return len(rows)
