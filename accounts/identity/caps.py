"""How often codes may be asked for and tried: counted per phone, per device and per address, refused before anything happens.

Strangers lock nobody out: a device that has logged in to the account before is not held to the address's count, and such devices
have a count of their own for the phone, which nobody else can use up.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.identity import queries
from core.clock.queries import local, local_day, start_of_day
from core.crypto.blind_index import blind_index
from core.errors import TooManyRequests
from core.limits.services import LimitReached, take

HOUR, DAY = "hour", "day"


@dataclass(frozen=True)
class Cap:
    """At most `times` a `period` for one phone, device or address."""

    counter: str
    period: str
    times: int


CODES = {"phone": Cap("codes:phone", DAY, 10), "device": Cap("codes:device", HOUR, 10), "address": Cap("codes:address", HOUR, 60)}
TRIES = {"phone": Cap("tries:phone", DAY, 30), "device": Cap("tries:device", HOUR, 20), "address": Cap("tries:address", HOUR, 100)}


def count(caps: dict[str, Cap], *, phone_index: bytes, device_index: bytes, address: str, at: datetime) -> None:
    """Count one act, inside the caller's transaction. Raises TooManyRequests, the same whichever count is full."""
    owners = {"phone": phone_index, "device": device_index}
    is_known = queries.is_known_device(phone_index, device_index)
    if not is_known:
        owners["address"] = blind_index(address, purpose="address")
    for kind, owner in owners.items():
        cap = caps[kind]
        counter = f"{cap.counter}:known" if is_known and kind == "phone" else cap.counter
        period, ends_at = period_of(cap.period, at)
        try:
            take(counter=counter, owner=uuid.UUID(bytes=owner[:16]), period=period, amount=1, cap=cap.times)
        except LimitReached as reached:
            raise TooManyRequests(retry_after=int((ends_at - at).total_seconds()) + 1) from reached


def period_of(period: str, at: datetime) -> tuple[str, datetime]:
    """The name of the Shanghai hour or day of `at`, and when it ends."""
    if period == DAY:
        return local_day(at).isoformat(), start_of_day(local_day(at) + timedelta(days=1))
    begins = local(at).replace(minute=0, second=0, microsecond=0)
    return f"{begins:%Y-%m-%dT%H}", begins + timedelta(hours=1)
