"""What the next statement settles: an order that is not listed may come a day later."""

from collections.abc import Collection
from datetime import datetime, timedelta

from payments.channels import breaks, done
from payments.reconciliation.judging import RETURN, Listed, absent
from payments.reconciliation.models import ReconRun, ReconTerms


def carry_missing(run: ReconRun, listed: Collection[Listed], at: datetime) -> int:
    """What we have as done on the day and no statement lists so far: one break of kind cut_off each. Returns how many."""
    there = {request_id for request_id, kind in listed if kind != RETURN}
    missing = [
        absent(request.id, request.request_no, f"{request.amount_fen} {request.currency}", "cut_off", str(run.day))
        for request in done.booked(run.channel_id, run.day)
        if request.id not in there
    ]
    return len(breaks.record(missing, channel=run.channel_id, day=run.day, at=at))


def settle_carried(run: ReconRun, terms: ReconTerms, listed: Collection[Listed], at: datetime) -> int:
    """End the cut_off breaks of days before that this day's statement decides: listed after all, or not in the last statement they may
    be in, which makes each an ours_only break. Returns how many are decided."""
    there = {request_id for request_id, kind in listed if kind != RETURN}
    carried = breaks.carried(run.channel_id, before=run.day)
    found = [row[0] for row in carried if row[2] in there]
    over = [row for row in carried if row[2] not in there and row[1] <= run.day - timedelta(days=terms.carry_days)]
    breaks.end(found, why=f"listed in the statement of {run.day}", at=at)
    breaks.end([row[0] for row in over], why=f"not in the statement of {run.day} either", at=at)
    lost = [absent(request_id, number, ours, "ours_only", str(run.day)) for _, _, request_id, number, ours in over]
    breaks.record(lost, channel=run.channel_id, day=run.day, at=at)
    return len(found) + len(over)
