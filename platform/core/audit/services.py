"""Writing audit records, and sealing them."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from core.audit.chain import GENESIS, block_hash, digest_of
from core.audit.models import AuditBlock, AuditRecord, AuditSeal

BLOCK_RECORDS = 1000
LATE = timedelta(hours=1)
SEAL_LOCK = 0x62616E79_61756474
log = structlog.get_logger(__name__)


def record(*, actor: str, act: str, target: str, reason: str, details: dict[str, Any], at: datetime) -> AuditRecord:
    """Add one record, in the caller's transaction when there is one, so that act and record stand or fall together.

    `actor` is `staff:<username>`, `customer:<public id>` or `system`; `target` a public id or `<kind>:<key>`. `details`
    hold ids and facts, never names, numbers or secrets: what is read here is read by every auditor.
    """
    return AuditRecord.objects.create(actor=actor, act=act, target=target, reason=reason, details=details, at=at)


@transaction.atomic
def seal() -> int:
    """Seal every record that has no place in a block yet; returns how many. Runs alone (advisory lock), off the write path.

    A record older than the last block by more than LATE is left out: it cannot have come through `record`, and
    `audit_verify` names it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s), clock_timestamp()", [SEAL_LOCK])
        sealed_at: datetime = cursor.fetchone()[1]
    head = AuditBlock.objects.order_by("-number").first()
    waiting = unsealed()
    if head is not None:
        waiting = waiting.filter(recorded_at__gte=head.sealed_at - LATE)
    records = list(waiting.order_by("recorded_at", "id"))
    for start in range(0, len(records), BLOCK_RECORDS):
        head = add_block(head, records[start : start + BLOCK_RECORDS], sealed_at)
        log.info("audit_block_sealed", number=head.number, hash=bytes(head.hash).hex(), records=head.records)
    return len(records)


def add_block(head: AuditBlock | None, records: list[AuditRecord], sealed_at: datetime) -> AuditBlock:
    number = head.number + 1 if head else 1
    previous = bytes(head.hash) if head else GENESIS
    digests = [(row.id, digest(row)) for row in records]
    AuditSeal.objects.bulk_create(
        AuditSeal(record_id=record_id, block_number=number, position=place, digest=said) for place, (record_id, said) in enumerate(digests)
    )
    sealed = block_hash(previous_hash=previous, number=number, sealed_at=sealed_at, seals=digests)
    return AuditBlock.objects.create(number=number, previous_hash=previous, hash=sealed, records=len(records), sealed_at=sealed_at)


def unsealed() -> QuerySet[AuditRecord]:
    return AuditRecord.objects.filter(~Exists(AuditSeal.objects.filter(record_id=OuterRef("pk"))))


def digest(row: AuditRecord) -> bytes:
    return digest_of(
        record_id=row.id,
        actor=row.actor,
        act=row.act,
        target=row.target,
        reason=row.reason,
        details=row.details,
        at=row.at,
        recorded_at=row.recorded_at,
    )
