"""Moving the sandbox clock."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.attempts import Attempt
from core.clock.models import SandboxClock
from core.clock.queries import offset, wall
from core.clock.sockets import FOLLOWERS
from core.errors import DomainError


class ClockFixed(DomainError):
    code = "clock_fixed"
    status = 403
    en = "The clock of a production installation is never moved."
    zh = "生产环境的时钟不可调整。"


class ClockBackwards(DomainError):
    code = "clock_backwards"
    status = 422
    en = "The clock only moves forward: it is {now} now, so it cannot be set to {wanted}."
    zh = "时钟只能向前调整:当前为 {now},无法设置为 {wanted}。"


def check_movable() -> None:
    """Raises ClockFixed in production."""
    if settings.PRODUCTION:
        raise ClockFixed()


@transaction.atomic
def move_to(*, at: datetime) -> SandboxClock:
    """Set the sandbox clock so that it is now `at` (up to a second later). Other processes see it within half a second.

    Raises ClockFixed in production, ClockBackwards when `at` has passed.
    """
    check_movable()
    reading = wall()
    wanted = -((reading - at) // timedelta(seconds=1))
    SandboxClock.objects.bulk_create([SandboxClock(id=1, offset_seconds=0, changed_at=reading)], ignore_conflicts=True)
    row = SandboxClock.objects.select_for_update().get(id=1)
    if wanted < row.offset_seconds:
        now = reading + timedelta(seconds=row.offset_seconds)
        raise ClockBackwards(now=now.isoformat(timespec="seconds"), wanted=at.isoformat(timespec="seconds"))
    row.offset_seconds = wanted
    row.changed_at = reading
    row.save(update_fields=["offset_seconds", "changed_at"])
    offset.forget()
    return row


@transaction.atomic
def stand_at(*, at: datetime) -> SandboxClock:
    """Set the clock to any instant, also a past one: only for an installation without a history (the caller has looked).

    Raises ClockFixed in production.
    """
    if settings.PRODUCTION:
        raise ClockFixed()
    reading = wall()
    seconds = -((reading - at) // timedelta(seconds=1))
    row = SandboxClock(id=1, offset_seconds=seconds, changed_at=reading)
    SandboxClock.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["offset_seconds", "changed_at"])
    offset.forget()
    return row


@transaction.atomic
def join_wall() -> None:
    """Let a clock that stands behind the wall catch up with it; one that runs ahead stays as it is."""
    SandboxClock.objects.filter(id=1, offset_seconds__lt=0).update(offset_seconds=0, changed_at=wall())
    offset.forget()


def tell_followers() -> list[str]:
    """Tell every follower the present offset; returns the names of those that could not be told. Calls the network."""
    seconds = SandboxClock.objects.filter(id=1).values_list("offset_seconds", flat=True).first() or 0
    deaf = []
    for name, follower in FOLLOWERS.items():
        with Attempt("clock.follow", follower=name) as attempt:
            follower.follow(offset_seconds=seconds)
        if attempt.failure is not None:
            deaf.append(name)
    return deaf
