"""Reads of disputes."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from core.clock.queries import local_day
from core.errors import NotFound
from payments.disputes.models import Dispute, DisputeFile, DisputeTerms
from payments.disputes.states import OPEN, DisputeState, OpenedBy

FILE_FACTS = ("id", "number", "name", "content_type", "sha256", "size", "created_at")


def dispute(dispute_id: uuid.UUID) -> Dispute:
    """Raises NotFound."""
    found = Dispute.objects.filter(pk=dispute_id).first()
    if found is None:
        raise NotFound()
    return found


def of_order(order_id: uuid.UUID) -> QuerySet[Dispute]:
    """The disputes of an order, newest first."""
    return Dispute.objects.filter(order_id=order_id).order_by("-created_at", "-id")


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[Dispute]:
    return Dispute.objects.filter(merchant_id=merchant_id)


def of_payer(customer_id: uuid.UUID) -> QuerySet[Dispute]:
    return Dispute.objects.filter(payer_id=customer_id)


def open_of_order(order_id: uuid.UUID) -> Dispute | None:
    return Dispute.objects.filter(order_id=order_id, state__in=OPEN).first()


def had_by_payer(order_id: uuid.UUID) -> bool:
    """Whether its payer has disputed an order before."""
    return Dispute.objects.filter(order_id=order_id, opened_by=OpenedBy.PAYER).exists()


def files(dispute_id: uuid.UUID) -> list[dict[str, Any]]:
    """What was handed in, without the contents."""
    return files_of([dispute_id])[dispute_id]


def files_of(dispute_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What was handed in for several disputes, without the contents, in one query."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = {dispute_id: [] for dispute_id in dispute_ids}
    for row in DisputeFile.objects.filter(dispute_id__in=found).order_by("dispute_id", "number").values("dispute_id", *FILE_FACTS):
        found[row["dispute_id"]].append(row)
    return found


def file(dispute_id: uuid.UUID, number: int) -> DisputeFile:
    """Raises NotFound."""
    found = DisputeFile.objects.filter(dispute_id=dispute_id, number=number).first()
    if found is None:
        raise NotFound()
    return found


def terms_in_force(at: datetime) -> DisputeTerms:
    found = DisputeTerms.objects.filter(effective_on__lte=local_day(at)).order_by("-effective_on").first()
    assert found is not None, "a migration writes the first terms"
    return found


def under_way(merchant_id: uuid.UUID) -> int:
    """How many disputes of a merchant are open."""
    return of_merchant(merchant_id).filter(state__in=OPEN).count()


def open_of_payer(customer_id: uuid.UUID) -> int:
    """How many disputes of a customer's payments are open."""
    return of_payer(customer_id).filter(state__in=OPEN).count()


def overdue(shard: int, at: datetime) -> QuerySet[Dispute, uuid.UUID]:
    """Disputes whose merchant has not answered in time."""
    due = Dispute.objects.filter(shard=shard, state=DisputeState.OPENED, answer_due_at__lte=at)
    return due.order_by("answer_due_at", "id").values_list("id", flat=True)


def short(shard: int, before: datetime) -> QuerySet[Dispute, uuid.UUID]:
    """Open disputes with money still to be frozen that was last asked for before an instant."""
    waiting = Dispute.objects.filter(shard=shard, state__in=OPEN, short_fen__gt=0, asked_at__lte=before)
    return waiting.order_by("asked_at", "id").values_list("id", flat=True)


def due_shards(at: datetime, *, waited: timedelta) -> list[tuple[str, int]]:
    """Which sweeps have something to do on which shards."""
    due = {
        "end_waiting": Dispute.objects.filter(state=DisputeState.OPENED, answer_due_at__lte=at),
        "freeze_short": Dispute.objects.filter(state__in=OPEN, short_fen__gt=0, asked_at__lte=at - waited),
    }
    return [(name, shard) for name, rows in due.items() for shard in sorted(set(rows.values_list("shard", flat=True).order_by()))]


def to_decide() -> QuerySet[Dispute]:
    """An operator's turn."""
    return Dispute.objects.filter(state=DisputeState.EVIDENCE)


def to_answer() -> QuerySet[Dispute]:
    """A merchant's turn."""
    return Dispute.objects.filter(state=DisputeState.OPENED)


def still_short() -> QuerySet[Dispute]:
    return Dispute.objects.filter(state__in=OPEN, short_fen__gt=0)
