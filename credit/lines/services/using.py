"""What of a line is used: each change one guarded statement, so that a hundred at once never owe more than the limit."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from core.clock.queries import local_day
from credit.lines import queries
from credit.lines.models import CreditLine
from credit.lines.refusals import LineExceeded, LineFrozen
from credit.lines.states import LineState


def use(*, line_id: UUID, amount_fen: int, at: datetime) -> None:
    """`amount_fen` more are owed. Raises NotFound, LineFrozen (whatever it is that is not active), LineExceeded."""
    day = local_day(at)
    lending = CreditLine.objects.filter(pk=line_id, state=LineState.ACTIVE)
    if queries.with_room(lending, amount_fen, day).update(used_fen=F("used_fen") + amount_fen, changed_at=at):
        return
    row = queries.line(line_id)
    if row.state != LineState.ACTIVE:
        raise LineFrozen(state=row.state, reasons=", ".join(row.freezes) or "-")
    raise LineExceeded(field="amount", available_fen=queries.available_fen(row, day))


def restore(*, line_id: UUID, principal_fen: int, at: datetime) -> None:
    """So much principal is owed no more. What was never used is a fault of the caller: the CHECK refuses it."""
    CreditLine.objects.filter(pk=line_id).update(used_fen=F("used_fen") - principal_fen, changed_at=at)
