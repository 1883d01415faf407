"""Money between our own accounts: what a channel sent on to our bank. Two lines, one in each account, in whichever order they come.

Each half is booked with its day's statement (journals 4g and 4h), so that both days close. They are one movement by reference, else by
amount, the nearest day first; both then bear the reference of the half that came first, and transit:sent_on has nothing of it any more.
A half that is alone for longer than the channel's `transit_days` is a break of its day; the other half, when it comes after all, ends it,
unless people have.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from core.clock.queries import local_day
from payments.channels import breaks
from payments.channels.breaks import Finding
from payments.reconciliation import queries
from payments.reconciliation.models import BETWEEN, ReconLine

OTHER = {"sent_on": "arrived", "arrived": "sent_on"}
APART = timedelta(days=31)
"""How far apart the days of two halves may be."""
LOCK = 0x5E_47_0E


def pair(lines: Sequence[ReconLine], at: datetime) -> None:
    """Give fresh lines, not stored yet, their reference and their other half, where that is here. Inside the transaction that stores
    them; one at a time, so that two halves that come at once find each other."""
    if not lines:
        return
    one_at_a_time()
    for line in lines:
        line.reference = f"sent:{line.id}"
        half = half_of(line)
        if half is None or not free(half, line, at):
            continue
        line.reference, line.other_half = half.reference, half.id
        ReconLine.objects.filter(pk=half.pk).update(other_half=line.id)


def free(half: ReconLine, line: ReconLine, at: datetime) -> bool:
    """End the break of a half that was missed. False where people closed it meanwhile."""
    if half.disagreement_id is None:
        return True
    why = f"its other half is in the account of {line.run.channel_id} on {line.run.day}"
    return bool(breaks.end([half.disagreement_id], why=why, at=at))


def half_of(line: ReconLine) -> ReconLine | None:
    """The other half of a line among those that have none: the one whose number it names, else the nearest day's of its amount."""
    others = alone().filter(kind=OTHER[line.kind], amount_fen=line.amount_fen, currency=line.currency)
    near = [one for one in others.exclude(channel_id=line.channel_id) if abs(one.run.day - line.run.day) <= APART]
    numbers = {line.request_no, line.channel_no} - {""}

    def distance(one: ReconLine) -> tuple[bool, timedelta, UUID]:
        return not numbers & {one.request_no, one.channel_no}, abs(one.run.day - line.run.day), one.id

    return min(near, key=distance, default=None)


def alone() -> QuerySet[ReconLine]:
    """Halves without the other, but for those that people have closed."""
    lines = ReconLine.objects.filter(kind__in=BETWEEN, other_half=None).select_related("run")
    return lines.filter(Q(disagreement=None) | Q(disagreement__state="open")).order_by("id")


@transaction.atomic
def miss(*, at: datetime) -> int:
    """Make a break of each half that is alone for too long, once. Returns how many."""
    if not alone().filter(disagreement=None).exists():
        return 0
    one_at_a_time()
    missed = 0
    for line in alone().filter(disagreement=None):
        days = queries.terms_in_force(line.channel_id, line.run.day).transit_days
        if line.run.day + timedelta(days=days) < local_day(at):
            source = f"account {line.run.day} {line.channel_no or line.kind}"[:80]
            found = Finding("theirs_only", source, "no other half", f"{line.kind} {line.amount_fen} {line.currency}")
            [line.disagreement_id] = breaks.record([found], channel=line.channel_id, day=line.run.day, at=at)
            line.save(update_fields=["disagreement_id"])
            missed += 1
    return missed


def one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
