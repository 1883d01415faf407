"""Closing the books: no journal takes an effective date on or before a closed day any more."""

from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from accounts.ledger.calls import call
from accounts.ledger.models import BackDating, PeriodClose
from core.approvals.services import must_be_applying
from core.business_day import queries as business_day
from core.errors import DomainError
from core.outbox import services as outbox

STEP = "end of day"
BOOKS = uuid5(NAMESPACE_URL, "urn:banyan:books")


class PeriodNotOver(DomainError):
    code = "ledger_period_not_over"
    en = "The books cannot close through {day}: that business day is not closed, or its end of day is not done."
    zh = "账期无法关闭至 {day}:该营业日尚未关闭或日终未完成。"


class PeriodClosedAlready(DomainError):
    code = "ledger_period_closed"
    en = "The books are closed through {day} already."
    zh = "账期已关闭至 {day}。"


def closed_through() -> date | None:
    """The last day the books are closed for, None when every day is open."""
    return PeriodClose.objects.order_by("-through_on").values_list("through_on", flat=True).first()


def effective_day(day: date) -> date | None:
    """What a journal of that day is dated to: the day itself while the books take it; None, the open day, once they are closed through
    it."""
    closed = closed_through()
    return None if closed is not None and day <= closed else day


def window_days(day: date) -> int | None:
    """How many days before a business day a journal may still be dated back to, None where no row says so."""
    return BackDating.objects.filter(starts_on__lte=day).order_by("-starts_on").values_list("days", flat=True).first()


@transaction.atomic
def close(*, through_on: date, at: datetime) -> PeriodClose:
    """Close the books through a day, sooner than the end of day would.

    A sensitive act: raises ApprovalNeeded outside an approval of `ledger.close_period`. Waits for postings under way. Raises
    PeriodNotOver, PeriodClosedAlready.
    """
    decided = must_be_applying("ledger.close_period")
    call("SELECT ledger_barrier()", ())
    must_be_over(through_on)
    return write(through_on, proposed_by=decided.maker, actor=decided.checker, at=at)


@transaction.atomic
def close_old(*, day: date, at: datetime) -> int:
    """Close the days that lie the window or more before business day `day`, whose end of day runs; returns 1, or 0 for nothing to close.

    Nothing is closed without a window, or past a day whose own end of day is not done. Waits for postings under way.
    """
    window = window_days(day)
    if window is None or not is_due(through_on := day - timedelta(days=window)):
        return 0
    call("SELECT ledger_barrier()", ())
    if not is_due(through_on):
        return 0
    write(through_on, proposed_by=STEP, actor=STEP, at=at)
    return 1


def is_due(through_on: date) -> bool:
    last = closed_through()
    return is_over(through_on) and (last is None or last < through_on)


def must_be_over(through_on: date) -> None:
    """Raises PeriodNotOver, PeriodClosedAlready."""
    if not is_over(through_on):
        raise PeriodNotOver(day=through_on.isoformat())
    last = closed_through()
    if last is not None and last >= through_on:
        raise PeriodClosedAlready(day=last.isoformat())


def is_over(through_on: date) -> bool:
    """Whether every business day up to this one is closed and summed. Raises NoOpenDay."""
    unfinished = [*business_day.awaiting_close(), business_day.current()]
    return through_on < unfinished[0] and bool(call("SELECT ledger_live_from() > %s", (through_on,))[0])


def write(through_on: date, *, proposed_by: str, actor: str, at: datetime) -> PeriodClose:
    """The row; the caller holds the barrier: postings that read the books open have ended, later ones read them closed."""
    period = PeriodClose.objects.create(through_on=through_on, closed_at=at, proposed_by=proposed_by, actor=actor)
    outbox.publish(topic="ledger.period_closed", owner=BOOKS, payload={"through_on": through_on.isoformat(), "by": actor}, at=at)
    return period
