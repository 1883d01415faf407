"""What `ledger_check` tells beside the books. Money goes on when it is found: news that is late or a log that was touched is no reason
to refuse a payment, and each has an alarm of its own (the readiness probe; the audit log's daily verification)."""

from datetime import datetime

from accounts.ledger.sockets import Finding
from core.audit import queries as audit
from core.audit import verifying
from core.clock import queries as clock
from core.outbox import queries as outbox

OUTBOX_SECONDS = 120


def findings(*, at: datetime, full: bool = False) -> list[Finding]:
    """Late news and the first bad row of the audit log. Builds on what was verified before unless `full`."""
    found = []
    late, first = outbox.late(wall=clock.wall(), seconds=OUTBOX_SECONDS)
    if first is not None:
        found.append(Finding("outbox.late", f"event {first}", f"the first of {late} that wait longer than {OUTBOX_SECONDS} s"))
    broken = audit.verify(after=None if full else verifying.verified_through(at=at))
    if broken is not None:
        found.append(Finding("audit.chain", broken.row, broken.why))
    return found
