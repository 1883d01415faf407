"""The ledger's share of the business day: barrier, folding, sums, partitions made ahead."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.ledger.calls import call, rows
from accounts.ledger.models import RolledDay
from core.attempts import Attempt

RANGES = 4
FOLD_AT_ONCE = 2000
MONTHS_AHEAD = 3


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
