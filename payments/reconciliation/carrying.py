"""What the next statement settles: an order that is not listed may come a day later."""

from datetime import datetime, timedelta

from payments.channels import breaks, done
from payments.reconciliation import queries
from payments.reconciliation.judging import absent
from payments.reconciliation.models import ReconRun, ReconTerms


def carry_missing(run: ReconRun, at: datetime) -> int:
    """What we have as done on the day and no statement lists so far, whichever day's: one break of kind cut_off each. Returns how many."""
    booked = done.booked(run.channel_id, run.day)
    listed = queries.listed(run.channel_id, [request.id for request in booked])
    missing = [
        absent(request.id, request.request_no, f"{request.amount_fen} {request.currency}", "cut_off", str(run.day))
        for request in booked
        if request.id not in listed
    ]
    return len(breaks.record(missing, channel=run.channel_id, day=run.day, at=at))


def settle_carried(run: ReconRun, terms: ReconTerms, at: datetime) -> int:
    """End the cut_off breaks of days before that this day's statement decides: listed after all, or not in the last statement they may
    be in, which makes each an ours_only break. Returns how many are decided."""
    carried = breaks.carried(run.channel_id, before=run.day)
    listed = queries.listed(run.channel_id, [row[2] for row in carried])
    found = [row[0] for row in carried if row[2] in listed]
    over = [row for row in carried if row[2] not in listed and row[1] <= run.day - timedelta(days=terms.carry_days)]
    breaks.end(found, why=f"listed in the statement of {run.day}", at=at)
    breaks.end([row[0] for row in over], why=f"not in the statement of {run.day} either", at=at)
    lost = [absent(request_id, number, ours, "ours_only", str(run.day)) for _, _, request_id, number, ours in over]
    breaks.record(lost, channel=run.channel_id, day=run.day, at=at)
    return len(found) + len(over)
