"""Which day a statement's journals are dated to: its own while the books take it, the open day once they are closed through it."""

from datetime import date

from accounts.ledger import periods
from payments.reconciliation.models import ReconRun


def effective_day(day: date) -> date | None:
    """The statement's day while the books take it; None, the open day, once they are closed through it."""
    closed = periods.closed_through()
    return None if closed is not None and day <= closed else day


def date_journal(run: ReconRun, effective_on: date) -> None:
    """Keep on the run the latest day its journals are dated to."""
    latest = max(effective_on, run.dated_on or effective_on)
    ReconRun.objects.filter(pk=run.pk).update(dated_on=latest)
    run.dated_on = latest
