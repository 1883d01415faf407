"""Living through time with the sandbox clock: no midnight is jumped over."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from core.attempts import Attempt
from core.business_day import end_of_day, queries, services
from core.business_day.end_of_day import Report, silent
from core.business_day.queries import BusinessDay
from core.business_day.sockets import ARRIVALS
from core.clock import queries as clock
from core.clock import services as clock_services
from core.errors import DomainError
from core.outbox import services as outbox


class DayStuck(DomainError):
    code = "clock_day_stuck"
    en = "The clock stopped at {now}: the end of day failed at {shards}. Mend it and advance again."
    zh = "时钟停在 {now}:日终在 {shards} 失败。请修复后继续调整时钟。"


@dataclass
class Journey:
    """What happened on the way: midnights stopped at, days closed, events delivered, and followers of the clock that did not answer."""

    midnights: int = 0
    closed: list[date] = field(default_factory=list)
    events: int = 0
    deaf: set[str] = field(default_factory=set)


def advance(*, to: datetime, report: Report = silent, workers: int = 1) -> Journey:
    """Move the sandbox clock to `to`, stopping at every Shanghai midnight between to close the day that ended.

    At each stop the clock's followers are told, what other houses sent is taken in, the end of day runs and the outbox is emptied, all at
    that time. Raises ClockFixed, ClockBackwards, and DayStuck when an end of day fails: the clock then stands at that midnight.
    """
    clock_services.check_movable()
    journey = Journey()
    midnight = clock.start_of_day(clock.local_day(clock.now()) + timedelta(days=1))
    if midnight <= to:
        services.open_first_day(at=clock.now())
    while midnight <= to:
        stop_at(midnight, journey, report=report, workers=workers)
        midnight = clock.start_of_day(clock.local_day(midnight) + timedelta(days=1))
    clock_services.move_to(at=max(to, clock.now()) if journey.midnights else to)
    journey.deaf |= set(clock_services.tell_followers())
    journey.events += outbox.run_pending(at=clock.now())
    return journey


def stop_at(midnight: datetime, journey: Journey, *, report: Report, workers: int) -> None:
    clock_services.move_to(at=midnight)
    journey.midnights += 1
    journey.deaf |= set(clock_services.tell_followers())
    at = clock.now()
    for name, arrivals in ARRIVALS.items():
        with Attempt("travel.arrivals", source=name):
            arrivals.take_in(at=at)
    outcome = end_of_day.catch_up(at=at, report=report, workers=workers)
    journey.closed += outcome.closed
    if outcome.failed:
        raise DayStuck(now=clock.local(at).isoformat(timespec="seconds"), shards="; ".join(outcome.failed))
    journey.events += outbox.run_pending(at=at)


class JourneyBegun(DomainError):
    code = "clock_journey_begun"
    en = "This installation has a history already, so its clock cannot start in the past. Use an empty database."
    zh = "该系统已有历史数据,时钟不能从过去开始,请使用空数据库。"


@transaction.atomic
def begin(*, at: datetime) -> BusinessDay:
    """Start the life of an empty sandbox at a past instant: the clock stands there and its first business day is open.

    Raises ClockFixed in production, JourneyBegun when a business day exists.
    """
    if queries.any_day():
        raise JourneyBegun()
    clock_services.stand_at(at=at)
    return services.open_first_day(at=clock.now())


def return_to_wall() -> None:
    """After a life that began in the past and caught up: business time is wall time again, and followers are told."""
    clock_services.join_wall()
    clock_services.tell_followers()
