"""How often a login may be tried: counted before the password is looked at, the same for names that exist and that do not.

Strangers lock nobody out: a browser that has logged in to the account before (core.desk.known) has a count of its own, which nobody
else can use up. All others share the account's count, so that guessing from many addresses stays slow too.
"""

import uuid
from datetime import datetime

from core.clock.queries import local
from core.desk.known import named
from core.errors import TooManyRequests
from core.limits import services as limits

WINDOW_MINUTES = 15
CAPS = {"desk.login.pair": 5, "desk.login.account": 50, "desk.login.address": 100, "desk.login.device": 10}
NAMESPACE = uuid.UUID("6f1d0e5c-6c9e-4b36-9d0b-3d4d6e0c9a10")


def owners(username: str, address: str, device: str) -> dict[str, uuid.UUID]:
    """Whose counters a try uses: the known device, else the account at this address, the account anywhere, the address for any account."""
    name = named(username)
    strangers = {"desk.login.pair": f"{name}\x00{address}", "desk.login.account": name, "desk.login.address": address}
    keys = {"desk.login.device": f"{name}\x00{device}"} if device else strangers
    return {counter: uuid.uuid5(NAMESPACE, f"{counter}\x00{key}") for counter, key in keys.items()}


def window(at: datetime) -> str:
    here = local(at)
    return here.replace(minute=here.minute // WINDOW_MINUTES * WINDOW_MINUTES).strftime("%Y-%m-%dT%H:%M")


def seconds_left(at: datetime) -> int:
    here = local(at)
    return (WINDOW_MINUTES - here.minute % WINDOW_MINUTES) * 60 - here.second


def count(*, username: str, address: str, at: datetime, device: str = "") -> None:
    """Count one try, from the known `device` when there is one. Raises TooManyRequests when any counter is full."""
    for counter, owner in owners(username, address, device).items():
        try:
            limits.take(counter=counter, owner=owner, period=window(at), amount=1, cap=CAPS[counter])
        except limits.LimitReached as full:
            raise TooManyRequests(retry_after=seconds_left(at)) from full


def forgive(*, username: str, address: str, at: datetime, device: str = "") -> None:
    """Give a successful try back."""
    for counter, owner in owners(username, address, device).items():
        limits.give_back(counter=counter, owner=owner, period=window(at), amount=1)
