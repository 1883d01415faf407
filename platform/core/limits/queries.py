"""What is used of a limit, and what its cap is."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from core.clock.queries import local_day
from core.ids import shard_of
from core.limits.models import Cap, LimitCounter
from core.limits.sockets import CapKind


def used(*, counter: str, owner: uuid.UUID, period: str) -> int:
    """What `owner` has taken of `counter` in `period`; 0 when nothing yet."""
    row = LimitCounter.objects.filter(shard=shard_of(owner), owner=owner, counter=counter, period=period)
    return row.values_list("used", flat=True).first() or 0


def used_by(*, owners: Collection[uuid.UUID], kinds: Collection[tuple[str, str]]) -> dict[tuple[uuid.UUID, str, str], int]:
    """(owner, counter, period) to what is used of it, of several owners' counters in one query; what is missing is unused."""
    rows = LimitCounter.objects.filter(
        shard__in={shard_of(owner) for owner in owners},
        owner__in=owners,
        counter__in={counter for counter, _ in kinds},
        period__in={period for _, period in kinds},
    )
    return {(owner, counter, period): used for owner, counter, period, used in rows.values_list("owner", "counter", "period", "used")}


def cap(kind: CapKind, at: datetime) -> int:
    """What is in force of a cap at `at`."""
    return cap_on(kind, local_day(at))


def cap_on(kind: CapKind, day: date) -> int:
    """What is in force of a cap on a day (Asia/Shanghai)."""
    rows = Cap.objects.filter(name=kind.name, starts_on__lte=day).order_by("-starts_on").values_list("value", flat=True)
    found = rows.first()
    return kind.usual if found is None else found
