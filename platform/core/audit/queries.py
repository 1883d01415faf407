"""Reading the audit chain: is every record still what was sealed?"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.audit.chain import GENESIS, block_hash
from core.audit.models import AuditBlock, AuditRecord, AuditSeal
from core.audit.services import LATE, digest, unsealed


@dataclass(frozen=True)
class Broken:
    """The first thing found wrong: `row` names a record or a block, `why` says what does not fit."""

    row: str
    why: str


@dataclass(frozen=True)
class Anchor:
    """A block's number and hash as noted outside the database (every sealing is logged with both)."""

    number: int
    hash: bytes


def newest_of(targets: Collection[str], *, most: int) -> list[AuditRecord]:
    """The newest records of any of these targets, newest first: one query, which reads at most `most` of each."""
    first, *others = [AuditRecord.objects.filter(target=target).order_by("-id")[:most] for target in sorted(targets)]
    return list(first.union(*others, all=True).order_by("-id")[:most] if others else first)


def verify(*, anchor: Anchor | None = None, after: Anchor | None = None) -> Broken | None:
    """Walk the chain; the first bad row, or None. With an anchor a chain rewritten or cut short is found too.

    From the first block, or from the one `after` which was verified through: it must still be as it was then, and what it and the
    blocks before it seal is not read again.
    """
    return next(findings(anchor, after), None)


def findings(anchor: Anchor | None, after: Anchor | None = None) -> Iterator[Broken]:
    number, previous = (after.number, after.hash) if after else (0, GENESIS)
    head = AuditBlock.objects.filter(number=number).first()
    since = head.sealed_at if head else None
    if after is not None and (head is None or bytes(head.hash) != after.hash):
        yield Broken(f"block {after.number}", "is not the block that was verified before")
    for block in AuditBlock.objects.filter(number__gt=number).order_by("number").iterator(chunk_size=100):
        if block.number != number + 1:
            yield Broken(f"block {number + 1}", "is missing")
        if bytes(block.previous_hash) != previous:
            yield Broken(f"block {block.number}", "does not follow from the block before it")
        yield from block_findings(block)
        if anchor is not None and block.number == anchor.number and bytes(block.hash) != anchor.hash:
            yield Broken(f"block {block.number}", "is not the block noted outside the database")
        number, previous, head = block.number, bytes(block.hash), block
    if anchor is not None and number < anchor.number:
        yield Broken(f"block {number + 1}", f"is missing: block {anchor.number} was noted outside the database")
    yield from stray_findings(head, since)


def block_findings(block: AuditBlock) -> Iterator[Broken]:
    seals = list(AuditSeal.objects.filter(block_number=block.number).order_by("position"))
    records = AuditRecord.objects.in_bulk([seal.record_id for seal in seals])
    for place, seal in enumerate(seals):
        if seal.position != place:
            yield Broken(f"block {block.number} position {place}", "is missing")
        yield from record_findings(seal, records)
    if len(seals) != block.records:
        yield Broken(f"block {block.number}", f"sealed {block.records} records and names {len(seals)}")
    total = block_hash(
        previous_hash=bytes(block.previous_hash),
        number=block.number,
        sealed_at=block.sealed_at,
        seals=[(seal.record_id, bytes(seal.digest)) for seal in seals],
    )
    if total != bytes(block.hash):
        yield Broken(f"block {block.number}", "its hash does not fit what it seals")


def record_findings(seal: AuditSeal, records: dict[uuid.UUID, AuditRecord]) -> Iterator[Broken]:
    row = records.get(seal.record_id)
    if row is None:
        yield Broken(f"record {seal.record_id}", "was deleted after it was sealed")
    elif digest(row) != bytes(seal.digest):
        yield Broken(f"record {seal.record_id}", "was changed after it was sealed")


def stray_findings(head: AuditBlock | None, since: datetime | None) -> Iterator[Broken]:
    """Seals without a block, and unsealed records that are too old to be waiting for one; with `since`, not those as old as blocks
    verified before."""
    if head is None:
        orphan = AuditSeal.objects.order_by("block_number", "position").first()
    else:
        orphan = AuditSeal.objects.filter(block_number__gt=head.number).order_by("block_number", "position").first()
    if orphan is not None:
        yield Broken(f"block {orphan.block_number}", "is missing")
    if head is not None:
        waiting = unsealed() if since is None else unsealed().filter(recorded_at__gte=since - LATE)
        late = waiting.filter(recorded_at__lt=head.sealed_at - LATE).order_by("recorded_at", "id").first()
        if late is not None:
            yield Broken(f"record {late.id}", "was put in behind the chain")


def last_anchor() -> Anchor | None:
    head = AuditBlock.objects.order_by("-number").first()
    return Anchor(head.number, bytes(head.hash)) if head else None
