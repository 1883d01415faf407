"""What time it is. Every edge (API view, task, command) asks once and passes the answer down as `at=`."""

from datetime import UTC, date, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings

from core.clock.models import SandboxClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRESH_SECONDS = 0.5


class Offset:
    """This process's copy of the sandbox offset, read again after FRESH_SECONDS; never read in production."""

    def __init__(self) -> None:
        self.seconds = 0
        self.read_at = float("-inf")

    def current(self) -> int:
        if settings.PRODUCTION:
            return 0
        if monotonic() - self.read_at > FRESH_SECONDS:
            self.seconds = SandboxClock.objects.values_list("offset_seconds", flat=True).first() or 0
            self.read_at = monotonic()
        return self.seconds

    def forget(self) -> None:
        self.read_at = float("-inf")


offset = Offset()


def now() -> datetime:
    """Business time, UTC and aware: wall time plus the sandbox offset."""
    return wall() + timedelta(seconds=offset.current())


def wall() -> datetime:
    """Wall time, UTC and aware: for signatures, tokens between processes and measurements, never for business."""
    return datetime.now(UTC)


def behind_wall() -> bool:
    """Whether the sandbox clock stands in the past: a life that began there has not caught up yet. Never in production."""
    return not settings.PRODUCTION and SandboxClock.objects.filter(offset_seconds__lt=0).exists()


def local(at: datetime) -> datetime:
    """`at` as seen in Shanghai."""
    return at.astimezone(SHANGHAI)


def local_day(at: datetime) -> date:
    """The Shanghai calendar day of `at`."""
    return local(at).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a Shanghai day, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
