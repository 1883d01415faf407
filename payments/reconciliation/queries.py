"""Reads of reconciliations."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum

from core.batches import batches
from payments.channels import done
from payments.channels.breaks import Break
from payments.reconciliation.files import ACCOUNT
from payments.reconciliation.judging import RETURN, Listed, Terms
from payments.reconciliation.models import ReconLine, ReconRun, ReconTerms
from payments.reconciliation.states import LineState, RunState

UNFINISHED = (LineState.MATCHED, LineState.BROKEN)


def balances(run: ReconRun) -> tuple[int | None, int | None]:
    """Opening and closing of the account as the channel states them, in fen. Where nothing moved and it says nothing, they are what the
    day before ended with; None where it gives no account, or never said."""
    summary = run.files.filter(kind=ACCOUNT).values_list("summary", flat=True).first()
    if summary is None:
        return None, None
    if "opening_fen" in summary:
        return summary["opening_fen"], summary["closing_fen"]
    ended = closing_before(run)
    return ended, ended


def closing_before(run: ReconRun) -> int | None:
    """What the account ended with on the day before, as stated."""
    return ReconRun.objects.filter(channel_id=run.channel_id, day=run.day - timedelta(days=1)).values_list("closing_fen", flat=True).first()


def terms_in_force(channel: str, day: date) -> ReconTerms:
    """Raises ReconTerms.DoesNotExist for a channel without any: a migration writes each channel's first."""
    return ReconTerms.objects.filter(channel_id=channel, effective_on__lte=day).latest("effective_on")


def listed_before(run: ReconRun, named: Sequence[UUID]) -> set[Listed]:
    """Those orders that statements of days before list."""
    earlier = ReconLine.objects.filter(channel_id=run.channel_id, run__day__lt=run.day)
    found = (row for some in batches(named) for row in earlier.filter(named__in=some).values_list("named", "kind"))
    return {(request_id, kind) for request_id, kind in found if request_id}


def listed(channel: str, named: Sequence[UUID]) -> set[UUID]:
    """Those requests that a statement of any day lists as done; a payout's return alone does not count."""
    lines = ReconLine.objects.filter(channel_id=channel).exclude(kind=RETURN)
    return {found for some in batches(named) for found in lines.filter(named__in=some).values_list("named", flat=True) if found}


def listed_elsewhere(run: ReconRun, named: Sequence[UUID]) -> set[UUID]:
    """Those requests that another day's statement lists as done."""
    lines = ReconLine.objects.filter(channel_id=run.channel_id).exclude(run=run).exclude(kind=RETURN)
    return {found for some in batches(named) for found in lines.filter(named__in=some).values_list("named", flat=True) if found}


def booked_later(run: ReconRun) -> bool:
    """Whether a statement up to that day, or a correction of it, is in the books under a later day alone."""
    return ReconRun.objects.filter(channel_id=run.channel_id, day__lte=run.day, dated_on__gt=run.day).exists()


def bookable(run: ReconRun) -> QuerySet[ReconLine]:
    return ReconLine.objects.filter(run=run, state=LineState.MATCHED).order_by("line_no")


def broken_by_status(run: ReconRun) -> QuerySet[ReconLine]:
    """Lines whose break is open because of a state that may have changed since."""
    open_ones = ReconLine.objects.filter(run=run, state=LineState.BROKEN, disagreement__kind="status", disagreement__state="open")
    return open_ones.order_by("line_no")


def decided_by_people(run: ReconRun) -> QuerySet[ReconLine]:
    """Lines whose break is closed although they still disagree."""
    return ReconLine.objects.filter(run=run, state=LineState.BROKEN, disagreement__state="closed")


def undecided(run_id: UUID, *, most: int) -> list[UUID]:
    """Requests of lines broken by their state alone."""
    lines = ReconLine.objects.filter(
        run_id=run_id, state=LineState.BROKEN, disagreement__kind="status", disagreement__state="open", request__isnull=False
    )
    return [found for found in lines.order_by("line_no").values_list("request_id", flat=True)[:most] if found]


def listed_totals(run: ReconRun) -> dict[str, int]:
    """The day's listed orders by kind, and the fees on them as `fee`, in fen."""
    sums = dict(ReconLine.objects.filter(run=run).values_list("kind").annotate(Sum("amount_fen")))
    return sums | {"fee": ReconLine.objects.filter(run=run).aggregate(fen=Sum("fee_fen"))["fen"] or 0}


def unfinished(run: ReconRun) -> bool:
    return ReconLine.objects.filter(run=run, state__in=UNFINISHED).exists()


def run_of_break(found: Break) -> ReconRun:
    """The reconciliation of the statement that showed a break."""
    assert found.day is not None, "only a statement's break has a reconciliation"
    return ReconRun.objects.get(channel_id=found.channel_id, day=found.day)


def run_of_order(channel: str, request_id: UUID) -> ReconRun | None:
    """The reconciliation of the day an order is booked on with us."""
    day = done.booked_day(request_id)
    return None if day is None else ReconRun.objects.filter(channel_id=channel, day=day).first()


def terms_of(run: ReconRun) -> Terms:
    """What the lines of a run are judged by. Raises ReconTerms.DoesNotExist."""
    return due(terms_in_force(run.channel_id, run.day))


def due(terms: ReconTerms) -> Terms:
    return Terms(terms.fee_bp, terms.fee_fixed_fen, terms.fee_back_bp, terms.fee_tolerance_fen)


def unclosed(channel: str) -> list[ReconRun]:
    """Runs of a channel that are not closed: those without a statement first, then those looked at longest ago, so that days people
    have to decide hold up no others."""
    runs = list(ReconRun.objects.filter(channel_id=channel).exclude(state=RunState.CLOSED))
    return sorted(runs, key=lambda run: (run.state != RunState.OPEN, run.changed_at, run.day))


def any_open_before(run: ReconRun) -> bool:
    return ReconRun.objects.filter(channel_id=run.channel_id, day__lt=run.day).exclude(state=RunState.CLOSED).exists()


def unclosed_since() -> tuple[int, datetime | None]:
    """How many days are not closed, and when the first of them was begun."""
    found = ReconRun.objects.exclude(state=RunState.CLOSED).aggregate(number=Count("pk"), oldest=Min("created_at"))
    return found["number"], found["oldest"]


def next_day(channel: str) -> date | None:
    """The day after the last one begun, or the day of the channel's first done order; None while there is none."""
    last = ReconRun.objects.filter(channel_id=channel).order_by("-day").values_list("day", flat=True).first()
    if last is not None:
        return last + timedelta(days=1)
    return done.first_day(channel)


def channels_with_terms() -> list[str]:
    """Channels that are connected and have terms to be judged by."""
    judged = set(ReconTerms.objects.values_list("channel_id", flat=True))
    return [channel for channel in done.connected() if channel in judged]
