"""The register of caps: what a room lets somebody have or do at most, as an operator may change it from a day on.

A room names its caps beside the acts they bound and plugs them in at start-up; the rows in force are core.limits' own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.clock.queries import local_day
from core.sockets import Socket

Words = str | Promise


class Unit(Enum):
    """What a cap is counted in."""

    NUMBER = "number"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


UNITS: dict[Unit, Words] = {
    Unit.NUMBER: "{}",
    Unit.MINUTES: _("{} minutes"),
    Unit.HOURS: _("{} hours"),
    Unit.DAYS: _("{} days"),
}


@runtime_checkable
class Capped(Protocol):
    """One cap: `usual` holds until a row says otherwise, and a row says `least` to `most`."""

    name: str
    words: Words
    usual: int
    least: int
    most: int
    unit: Unit


@dataclass(frozen=True)
class CapKind:
    """A cap of a room; `name` is `room.what` and stands in the rows."""

    name: str
    words: Words
    usual: int
    most: int
    least: int = 1
    unit: Unit = Unit.NUMBER

    def on(self, at: datetime) -> "CapOn":
        """The cap as it is at `at`, to be looked up by the statement that counts."""
        return CapOn(self, local_day(at))


@dataclass(frozen=True)
class CapOn:
    """A cap on a day (Asia/Shanghai), not looked up yet."""

    kind: CapKind
    day: date


CAPS: Socket[CapKind] = Socket("core.limits.caps", Capped)


def plug(*kinds: CapKind) -> None:
    for kind in kinds:
        CAPS.plug(kind.name, kind)


def choices() -> Iterator[tuple[str, Words]]:
    """The names of caps with their words, for forms and lists."""
    return ((kind.name, kind.words) for kind in CAPS)
