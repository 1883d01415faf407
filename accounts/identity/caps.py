"""How often codes may be asked for and tried: counted per phone, per device and per address, refused before anything happens.

Strangers lock nobody out: a device that has logged in to the account before is not held to the address's count, and such devices
have a count of their own for the phone, which nobody else can use up.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.identity import queries
from core.clock.queries import local, local_day, start_of_day
from core.crypto.blind_index import blind_index
from core.errors import TooManyRequests
from core.limits.services import LimitReached, take
from core.limits.sockets import CapKind

HOUR, DAY = "hour", "day"


@dataclass(frozen=True)
class Cap:
    """At most `times` a `period` for one phone, device or address."""

    counter: str
    period: str
    times: CapKind


CODES_OF_PHONE = CapKind("codes.of_phone_a_day", _("Codes sent to one phone, a day"), usual=10, most=100)
CODES_OF_DEVICE = CapKind("codes.of_device_an_hour", _("Codes one device asks for, an hour"), usual=10, most=100)
CODES_OF_ADDRESS = CapKind("codes.of_address_an_hour", _("Codes one address asks for, an hour"), usual=60, most=10_000)
TRIES_OF_PHONE = CapKind("tries.of_phone_a_day", _("Codes tried for one phone, a day"), usual=30, most=300)
TRIES_OF_DEVICE = CapKind("tries.of_device_an_hour", _("Codes one device tries, an hour"), usual=20, most=200)
TRIES_OF_ADDRESS = CapKind("tries.of_address_an_hour", _("Codes one address tries, an hour"), usual=100, most=10_000)
CODES = {
    "phone": Cap("codes:phone", DAY, CODES_OF_PHONE),
    "device": Cap("codes:device", HOUR, CODES_OF_DEVICE),
    "address": Cap("codes:address", HOUR, CODES_OF_ADDRESS),
}
TRIES = {
    "phone": Cap("tries:phone", DAY, TRIES_OF_PHONE),
    "device": Cap("tries:device", HOUR, TRIES_OF_DEVICE),
    "address": Cap("tries:address", HOUR, TRIES_OF_ADDRESS),
}


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
            take(counter=counter, owner=uuid.UUID(bytes=owner[:16]), period=period, amount=1, cap=cap.times.on(at))
        except LimitReached as reached:
            raise TooManyRequests(retry_after=int((ends_at - at).total_seconds()) + 1) from reached


def period_of(period: str, at: datetime) -> tuple[str, datetime]:
    """The name of the Shanghai hour or day of `at`, and when it ends."""
    if period == DAY:
        return local_day(at).isoformat(), start_of_day(local_day(at) + timedelta(days=1))
    begins = local(at).replace(minute=0, second=0, microsecond=0)
    return f"{begins:%Y-%m-%dT%H}", begins + timedelta(hours=1)
