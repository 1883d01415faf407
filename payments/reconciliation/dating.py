"""Which day a statement's journals were dated to: its own, or a later one where the books were closed through it."""

from datetime import date

from payments.reconciliation.models import ReconRun


def date_journal(run: ReconRun, effective_on: date) -> None:
    """Keep on the run the latest day its journals are dated to."""
    latest = max(effective_on, run.dated_on or effective_on)
    ReconRun.objects.filter(pk=run.pk).update(dated_on=latest)
    run.dated_on = latest
