"""Verifying the audit log day by day, with a note in the log itself of how far it was found whole."""

from datetime import datetime, timedelta
from typing import Any

import structlog

from core.audit import queries, services
from core.audit.models import AuditRecord
from core.audit.queries import Anchor, Broken
from core.work import services as work

ACTOR, ACT, TARGET = "system:audit", "audit.verified", "audit:chain"
WORK = "audit.broken"
FULL_EVERY = timedelta(days=6, hours=12)
NOTES_READ = 10
"""More notes than are made between two verifications of everything."""
log = structlog.get_logger(__name__)


def verify_new(*, at: datetime) -> Broken | None:
    """Verify what was sealed since the last verification, once a week everything; the first bad row, or None.

    A break is logged as an error and asked of a person; until the log is whole again every run reads all of it. Otherwise a note of
    the last block is recorded, which the next seal takes into the chain.
    """
    after = verified_through(at=at)
    head = queries.last_anchor()
    broken = queries.verify(after=after)
    if broken is not None:
        log.error("audit_chain_broken", row=broken.row, why=broken.why)
        work.ask(kind=WORK, target=TARGET, facts={"row": broken.row, "why": broken.why}, at=at)
    elif head is not None:
        note = {"block": head.number, "hash": head.hash.hex(), "full": after is None}
        services.record(actor=ACTOR, act=ACT, target=TARGET, reason="", details=note, at=at)
    return broken


def verified_through(*, at: datetime) -> Anchor | None:
    """The last block found whole, None when everything is to be read: nothing was noted, everything was last read more than
    FULL_EVERY ago, or a break waits for a person."""
    if work.is_open(kind=WORK, target=TARGET):
        return None
    notes: list[tuple[dict[str, Any], datetime]] = list(
        AuditRecord.objects.filter(actor=ACTOR, act=ACT).order_by("-id").values_list("details", "at")[:NOTES_READ]
    )
    if not any(note["full"] and noted_at > at - FULL_EVERY for note, noted_at in notes):
        return None
    last = notes[0][0]
    return Anchor(int(last["block"]), bytes.fromhex(str(last["hash"])))
