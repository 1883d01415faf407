"""The ledger's share of the business day: barrier, folding, sums, closed periods, partitions made ahead."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.ledger.calls import call, rows
from accounts.ledger.models import PeriodClose, RolledDay
from core.attempts import Attempt
from core.business_day import queries as business_day
from core.errors import DomainError

RANGES = 4
FOLD_AT_ONCE = 2000
MONTHS_AHEAD = 3


class PeriodNotOver(DomainError):
    code = "ledger_period_not_over"
    en = "The books cannot close through {day}: that business day is not closed, or its end of day is not done."
    zh = "账期无法关闭至 {day}:该营业日尚未关闭或日终未完成。"


class PeriodClosedAlready(DomainError):
    code = "ledger_period_closed"
    en = "The books are closed through {day} already."
    zh = "账期已关闭至 {day}。"


@transaction.atomic
def close_period(*, through_on: date, actor: str, at: datetime) -> PeriodClose:
    """Close the books through a day: no journal takes an effective date on or before it from now on.

    Waits for postings under way. Raises PeriodNotOver, PeriodClosedAlready.
    """
    call("SELECT ledger_barrier()", ())
    if not business_day.is_closed(through_on) or not rolled(through_on):
        raise PeriodNotOver(day=through_on.isoformat())
    last = PeriodClose.objects.order_by("-through_on").first()
    if last is not None and last.through_on >= through_on:
        raise PeriodClosedAlready(day=last.through_on.isoformat())
    return PeriodClose.objects.create(through_on=through_on, closed_at=at, actor=actor)


def rolled(day: date) -> bool:
    """Whether a business day's sums are complete."""
    return RolledDay.objects.filter(day=day).count() == RANGES


def fold(*, limit: int = FOLD_AT_ONCE, through: date | None = None) -> int:
    """Take pending legs of every buffered account into its balance, `limit` an account and call; returns how many.

    Safe beside other workers: an account another one folds is passed over. One that cannot be folded is logged, keeps
    its legs waiting and stops no other; the day's roll refuses to sum a range with legs that wait.
    """
    waiting = rows("SELECT DISTINCT account_id FROM ledger_pending ORDER BY account_id", ())
    folded = 0
    for (account,) in waiting:
        with Attempt("ledger.fold", account_id=str(account)), transaction.atomic():
            folded += int(call("SELECT ledger_fold(%s, %s, %s::date)", (account, limit, through))[0])
    return folded


def fold_all(*, through: date | None = None) -> int:
    """Fold until nothing waits (of business days up to `through`); returns how many legs."""
    folded = 0
    while done := fold(through=through):
        folded += done
    return folded


def make_partitions(*, at: datetime) -> int:
    """Make the monthly partitions around `at` and of the wall clock, which ids follow; returns how many were made.

    Waits two seconds for each lock at most (OperationalError then): postings queue behind it.
    """
    today = call("SELECT current_date", ())[0]
    months = {month_after(day, ahead) for day in (at.date(), today) for ahead in range(MONTHS_AHEAD + 1)}
    return sum(int(call("SELECT ledger_make_month(%s)", (month,))[0]) for month in sorted(months))


def month_after(day: date, months: int) -> date:
    """The first of the month `months` after that of `day`."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    return first
