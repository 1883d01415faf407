"""Which business day is open, which days an exchange trades on, and how far the end of day has come."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum

from core.business_day.calendar import EXCHANGE
from core.business_day.models import BusinessDay, EodRun, EodShard, TradingDay
from core.errors import DomainError


class NoOpenDay(DomainError):
    code = "no_open_day"
    status = 503
    en = "No business day is open. An operator must open the first one: manage.py end_of_day."
    zh = "当前没有打开的营业日,请由运维执行 manage.py end_of_day。"


class BeyondCalendar(DomainError):
    code = "beyond_trading_calendar"
    status = 422
    en = "The trading calendar of {exchange} knows {first} to {last}; it cannot answer for {wanted}. Choose an earlier day."
    zh = "{exchange} 交易日历覆盖 {first} 至 {last},无法回答 {wanted},请选择更早的日期。"


@dataclass(frozen=True)
class CalendarEnd:
    """The last day the calendar knows for certain, and the last it knows at all; None for an empty calendar."""

    official: date | None
    last: date | None


@dataclass(frozen=True)
class StepProgress:
    """One planned step of a day: its shards by state, and the rows its finished shards touched."""

    step: str
    place: int
    shards: int
    done: int
    failed: int
    running: int
    rows: int


def current() -> date:
    """The open business day. Raises NoOpenDay."""
    day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).values_list("day", flat=True).first()
    if day is None:
        raise NoOpenDay()
    return day


def is_closed(day: date) -> bool:
    """Whether the end of `day` is done to the last step."""
    return BusinessDay.objects.filter(day=day, state=BusinessDay.State.CLOSED).exists()


def awaiting_close() -> list[date]:
    """Days that are cut off and not closed, oldest first."""
    return list(BusinessDay.objects.filter(state=BusinessDay.State.CUT_OFF).order_by("day").values_list("day", flat=True))


def progress(day: date) -> list[StepProgress]:
    """The steps planned for `day` in the order they run."""
    counted = EodRun.objects.filter(day=day).order_by("place", "step")
    return [
        StepProgress(run.step, run.place, run.shards, run.done, run.failed, run.running, run.rows or 0)
        for run in counted.annotate(
            done=Count("parts", filter=Q(parts__state=EodShard.State.DONE)),
            failed=Count("parts", filter=Q(parts__state=EodShard.State.FAILED)),
            running=Count("parts", filter=Q(parts__state=EodShard.State.RUNNING)),
            rows=Sum("parts__rows"),
        )
    ]


def is_trading_day(day: date, *, exchange: str = EXCHANGE) -> bool:
    """Whether `exchange` trades on `day`. Raises BeyondCalendar."""
    known = TradingDay.objects.filter(exchange=exchange, day=day).values_list("is_open", flat=True).first()
    if known is None:
        raise beyond(exchange, day.isoformat())
    return known


def next_trading_day(day: date, *, exchange: str = EXCHANGE) -> date:
    """The first trading day after `day`. Raises BeyondCalendar."""
    return add_trading_days(day, 1, exchange=exchange)


def previous_trading_day(day: date, *, exchange: str = EXCHANGE) -> date:
    """The last trading day before `day`. Raises BeyondCalendar."""
    return add_trading_days(day, -1, exchange=exchange)


FORWARD = """
SELECT day FROM core_tradingday WHERE exchange = %(exchange)s AND is_open AND day > %(day)s
AND EXISTS (SELECT 1 FROM core_tradingday WHERE exchange = %(exchange)s AND day = %(day)s)
ORDER BY day OFFSET %(skip)s LIMIT 1
"""
BACKWARD = FORWARD.replace("day > %(day)s", "day < %(day)s").replace("ORDER BY day", "ORDER BY day DESC")


def add_trading_days(day: date, count: int, *, exchange: str = EXCHANGE) -> date:
    """The `count`-th trading day after `day` (before it when negative), in one query.

    `day` itself need not be a trading day and is not counted. Raises ValueError for 0 and BeyondCalendar when `day` or
    the answer lies outside the calendar.
    """
    if count == 0:
        raise ValueError("count trading days forward (1, 2, ...) or backward (-1, -2, ...)")
    with connection.cursor() as cursor:
        cursor.execute(FORWARD if count > 0 else BACKWARD, {"exchange": exchange, "day": day, "skip": abs(count) - 1})
        row = cursor.fetchone()
    if row is None:
        raise beyond(exchange, f"{day.isoformat()} {count:+d}")
    found: date = row[0]
    return found


OPEN_DAYS = """
SELECT day FROM core_tradingday WHERE exchange = %(exchange)s AND is_open AND day >= %(day)s
AND EXISTS (SELECT 1 FROM core_tradingday WHERE exchange = %(exchange)s AND day = %(day)s)
ORDER BY day LIMIT %(most)s
"""


def trading_days_from(day: date, most: int, *, exchange: str = EXCHANGE) -> list[date]:
    """The first `most` trading days from `day` on, `day` counted, in one query; fewer where the calendar ends, none where it does not know
    `day`."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DAYS, {"exchange": exchange, "day": day, "most": most})
        return [row[0] for row in cursor.fetchall()]


def trading_days_between(start: date, end: date, *, exchange: str = EXCHANGE) -> int:
    """How many trading days lie after `start` up to and including `end`. Raises BeyondCalendar."""
    found = TradingDay.objects.filter(exchange=exchange, day__gte=min(start, end), day__lte=max(start, end)).aggregate(
        known=Count("pk"), trading=Count("pk", filter=Q(is_open=True, day__gt=start))
    )
    if found["known"] != abs((end - start).days) + 1:
        raise beyond(exchange, f"{start.isoformat()} to {end.isoformat()}")
    trading: int = found["trading"]
    return trading


def calendar_end(*, exchange: str = EXCHANGE) -> CalendarEnd:
    """How far the calendar reaches: days before the first provisional one are certain."""
    days = TradingDay.objects.filter(exchange=exchange)
    found = days.aggregate(last=Max("day"), unsure=Min("day", filter=Q(source=TradingDay.Source.PROVISIONAL)))
    return CalendarEnd(found["unsure"] - timedelta(days=1) if found["unsure"] else found["last"], found["last"])


def beyond(exchange: str, wanted: str) -> BeyondCalendar:
    found = TradingDay.objects.filter(exchange=exchange).aggregate(first=Min("day"), last=Max("day"))
    first, last = (found[name].isoformat() if found[name] else "-" for name in ("first", "last"))
    return BeyondCalendar(exchange=exchange, first=first, last=last, wanted=wanted)


def any_day() -> bool:
    """Whether this installation has a history."""
    return BusinessDay.objects.exists()
