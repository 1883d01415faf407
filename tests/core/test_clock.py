"""The sandbox clock: forward only, never in production, and no midnight jumped over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from core.business_day import queries as days
from core.business_day import services as day_services
from core.business_day import travel
from core.business_day.models import BusinessDay
from core.business_day.sockets import ARRIVALS
from core.business_day.travel import DayStuck, advance
from core.clock import queries as clock
from core.clock import services
from core.clock.models import SandboxClock
from core.clock.sockets import FOLLOWERS
from core.outbox.models import OutboxEvent
from tests.core.eod_steps import Interest, credited, plugged

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def frozen_noon(time_machine: Any) -> Iterator[None]:
    time_machine.move_to(NOON, tick=False)
    clock.offset.forget()
    yield
    clock.offset.forget()


@dataclass
class Bank:
    """A follower that keeps what it was told, and can be out of reach."""

    told: list[int] = field(default_factory=list)
    reachable: bool = True

    def follow(self, *, offset_seconds: int) -> None:
        if not self.reachable:
            raise ConnectionError
        self.told.append(offset_seconds)


@dataclass
class Post:
    """What comes from outside, with how many days were closed by then; the second time it cannot be fetched."""

    taken: list[tuple[datetime, int]] = field(default_factory=list)

    def take_in(self, *, at: datetime) -> None:
        self.taken.append((at, BusinessDay.objects.filter(state="closed").count()))
        if len(self.taken) == 2:
            raise ConnectionError


@contextmanager
def receiving(post: Post) -> Iterator[None]:
    kept = dict(ARRIVALS.plugs)
    ARRIVALS.plugs.clear()
    ARRIVALS.plug("tests.post", post)
    try:
        yield
    finally:
        ARRIVALS.plugs.clear()
        ARRIVALS.plugs.update(kept)


@contextmanager
def followed_by(bank: Bank) -> Iterator[Bank]:
    kept = dict(FOLLOWERS.plugs)
    FOLLOWERS.plugs.clear()
    FOLLOWERS.plug("tests.bank", bank)
    try:
        yield bank
    finally:
        FOLLOWERS.plugs.clear()
        FOLLOWERS.plugs.update(kept)


def offset_seconds() -> int:
    return SandboxClock.objects.values_list("offset_seconds", flat=True).first() or 0


def test_without_a_row_business_time_is_wall_time() -> None:
    assert clock.now() == clock.wall() == NOON


def test_the_clock_shows_the_time_it_was_moved_to() -> None:
    services.move_to(at=NOON + timedelta(hours=5))
    assert clock.now() == NOON + timedelta(hours=5)
    assert clock.wall() == NOON


def test_the_database_tells_the_same_time_as_the_platform() -> None:
    services.move_to(at=NOON + timedelta(days=30))
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_now() - clock_timestamp()")
        ahead = cursor.fetchone()[0]
    assert abs(ahead - timedelta(days=30)) < timedelta(seconds=5)


def test_the_clock_never_moves_back() -> None:
    services.move_to(at=NOON + timedelta(hours=5))
    with pytest.raises(services.ClockBackwards):
        services.move_to(at=NOON + timedelta(hours=4))
    with pytest.raises(services.ClockBackwards):
        advance(to=NOON)
    assert offset_seconds() == 5 * 3600


def test_a_production_clock_is_fixed_and_ignores_a_row(settings: Any) -> None:
    services.move_to(at=NOON + timedelta(hours=5))
    settings.PRODUCTION = True
    with pytest.raises(services.ClockFixed):
        services.move_to(at=NOON + timedelta(days=1))
    with pytest.raises(services.ClockFixed):
        advance(to=NOON + timedelta(days=1))
    assert (offset_seconds(), clock.now()) == (5 * 3600, NOON)


def test_thirty_days_are_lived_through_one_by_one() -> None:
    day_services.open_first_day(at=NOON)
    with plugged(Interest(shards=2)), followed_by(Bank()) as bank:
        journey = advance(to=NOON + timedelta(days=30))
    expected = [DAY + timedelta(days=passed) for passed in range(30)]
    assert journey.closed == expected
    assert [credited(day, shards=2) for day in expected] == [[100, 100]] * 30
    assert (clock.now(), days.current()) == (NOON + timedelta(days=30), DAY + timedelta(days=30))
    midnights = [12 * 3600 + passed * 86400 for passed in range(30)]
    assert bank.told == [*midnights, 30 * 86400]
    closed_at = BusinessDay.objects.filter(state="closed").order_by("day").values_list("closed_at", flat=True)
    assert list(closed_at) == [NOON + timedelta(hours=12, days=passed) for passed in range(30)]
    assert OutboxEvent.objects.exclude(state="done").count() == 0
    assert journey.events == 60


def test_what_other_houses_sent_is_taken_in_at_every_midnight_before_its_day_is_closed_and_a_failure_stops_no_day() -> None:
    day_services.open_first_day(at=NOON)
    post = Post()
    with plugged(Interest(shards=1)), followed_by(Bank()), receiving(post):
        journey = advance(to=NOON + timedelta(days=3))
    assert len(journey.closed) == 3
    assert post.taken == [(NOON + timedelta(hours=12, days=passed), passed) for passed in range(3)]


def test_six_hours_at_noon_close_no_day_and_twelve_close_one() -> None:
    day_services.open_first_day(at=NOON)
    with plugged(), followed_by(Bank()):
        assert advance(to=NOON + timedelta(hours=6)).closed == []
        assert advance(to=NOON + timedelta(hours=12)).closed == [DAY]


def test_the_clock_stops_at_the_midnight_whose_end_of_day_fails_and_goes_on_when_mended() -> None:
    day_services.open_first_day(at=NOON)
    with followed_by(Bank()):
        with plugged(Interest(shards=1, broken={0})), pytest.raises(DayStuck, match=r"tests\.interest/0: KeyError"):
            advance(to=NOON + timedelta(days=3))
        assert clock.now() == NOON + timedelta(hours=12)
        with plugged(Interest(shards=1)):
            assert advance(to=NOON + timedelta(days=3)).closed == [DAY + timedelta(days=passed) for passed in range(3)]
    assert [credited(DAY + timedelta(days=passed), shards=1) for passed in range(3)] == [[100]] * 3


def test_a_follower_out_of_reach_is_named_and_does_not_hold_the_clock() -> None:
    with plugged(), followed_by(Bank(reachable=False)):
        assert advance(to=NOON + timedelta(hours=1)).deaf == {"tests.bank"}
    assert clock.now() == NOON + timedelta(hours=1)


def run_command(*arguments: str) -> list[str]:
    output = StringIO()
    with plugged(), followed_by(Bank()):
        call_command("clock", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_the_command_shows_and_moves_the_clock() -> None:
    assert run_command("show") == [
        "business time  2026-11-22T12:00:00+08:00  (0:00:00 ahead of the wall)",
        "wall time      2026-11-22T12:00:00+08:00",
        "business day   none is open yet",
    ]
    assert run_command("advance", "6h")[0].startswith("business time  2026-11-22T18:00:00+08:00")
    shown = run_command("set-day", "2026-11-24")
    assert shown == [
        "2026-11-22 closed",
        "2026-11-23 closed",
        "business time  2026-11-24T00:00:00+08:00  (1 day, 12:00:00 ahead of the wall)",
        "wall time      2026-11-22T12:00:00+08:00",
        "business day   2026-11-24",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("advance", "soon"), "is no span"),
        (("advance", "-3d"), "argument|span"),
        (("set-day", "yesterday"), "is no day"),
        (("set-day", "2026-11-22"), "only moves forward"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run_command(*arguments)
    assert clock.now() == NOON


def test_the_command_refuses_to_move_a_production_clock(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        run_command("advance", "1d")
    assert offset_seconds() == 0


def test_the_database_refuses_a_second_clock() -> None:
    with pytest.raises(IntegrityError, match="core_clock_one_row"), transaction.atomic():
        SandboxClock.objects.create(id=2, changed_at=NOON)


def test_a_life_may_begin_in_the_past_of_an_empty_installation_alone_and_catch_up_with_the_wall() -> None:
    past = clock.wall() - timedelta(days=3)
    day = travel.begin(at=past)
    assert (day.day, day.state) == (clock.local_day(past), "open")
    assert abs(clock.now() - past) < timedelta(seconds=5)
    with pytest.raises(travel.JourneyBegun):
        travel.begin(at=past)
    assert travel.advance(to=clock.wall()).closed == [clock.local_day(past) + timedelta(days=ahead) for ahead in range(3)]
    travel.return_to_wall()
    assert abs(clock.now() - clock.wall()) < timedelta(seconds=5)
