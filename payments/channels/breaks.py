"""Writing down what a channel said that does not agree with our books, and ending what it has settled itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.batches import batches
from core.ids import new_id
from core.work import owning
from payments.channels.models import Break, ChannelRequest

BATCH = 1000


@dataclass(frozen=True)
class Told:
    """Who says it: `source` goes on a break ("answer", "query", "notice EV1")."""

    source: str
    at: datetime


@dataclass(frozen=True)
class Finding:
    """A disagreement a statement shows. `source` says where in it, `ours` and `theirs` what each side has."""

    kind: str
    source: str
    ours: str
    theirs: str
    request_no: str = ""
    request_id: UUID | None = None


def record_break(request: ChannelRequest, kind: Break.Kind, ours: str, theirs: str, told: Told) -> Break:
    """One break a request, kind and source, however often it is said."""
    made, _ = Break.objects.get_or_create(
        channel_id=request.channel_id, kind=kind, request=request, request_no=request.request_no, source=told.source,
        defaults={"ours": ours, "theirs": theirs, "created_at": told.at},
    )  # fmt: skip
    return made


def record(findings: Sequence[Finding], *, channel: str, day: date, at: datetime) -> list[UUID]:
    """A break for each finding of a channel's day, in their order: their ids."""
    rows = [Break(id=new_id(), channel_id=channel, day=day, created_at=at, **vars(finding)) for finding in findings]
    Break.objects.bulk_create(rows, batch_size=BATCH)
    return [row.id for row in rows]


def end(ids: Collection[UUID], *, why: str, at: datetime) -> int:
    """End open breaks that the channel itself has settled. Returns how many."""
    still = Break.objects.filter(state=Break.State.OPEN)
    ended = {"state": Break.State.CLOSED, "closed_at": at, "closed_why": why}
    closed = 0
    for some in batches(list(ids)):
        closed += still.filter(pk__in=some).update(**ended)
        owning.let_go(map(named, some))
    return closed


def named(break_id: UUID) -> str:
    """A break as the audit log, approvals and its owner call it."""
    return f"break:{break_id}"


def carried(channel: str, *, before: date) -> list[tuple[UUID, date, UUID, str, str]]:
    """Open cut_off breaks of days before: (id, day, request id, request number, what we have)."""
    rows = Break.objects.filter(channel_id=channel, kind=Break.Kind.CUT_OFF, state=Break.State.OPEN, day__lt=before)
    found = rows.order_by("day", "id").values_list("id", "day", "request_id", "request_no", "ours")
    return [(row_id, day, request_id, number, ours) for row_id, day, request_id, number, ours in found if day is not None]


def late(channel: str, day: date) -> list[UUID]:
    """The requests that a day's statement did not list when it came."""
    return list(Break.objects.filter(channel_id=channel, day=day, kind=Break.Kind.CUT_OFF).values_list("request_id", flat=True))


def open_before(channel: str, *, day: date) -> list[Break]:
    """The open breaks of a channel's days before this one, oldest first."""
    return list(Break.objects.filter(channel_id=channel, state=Break.State.OPEN, day__lt=day).order_by("day", "id"))


def any_open(channel: str, day: date) -> bool:
    return Break.objects.filter(channel_id=channel, day=day, state=Break.State.OPEN).exists()
