"""Looking somebody up costs, so that nobody reads the directory by trying numbers.

The rule, of the Shanghai day:
- A look-up is /payees, and a transfer whose payee is named by phone. A customer has so many of them, and one installation of an
  app so many over all accounts used in it.
- Guessing shows in numbers that lead nowhere: after so many misses look-ups end for the day. A number nobody has and one whose
  holder cannot receive are one and the same answer, and the same miss.
- What a look-up tells is masked: the last character of the name and the number's ends.
- A transfer by phone that needs an approval is refused for the lack of it before its number is looked up.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.clock import queries as clock
from core.errors import NotFound, TooManyRequests
from core.limits import services as counters
from core.limits.services import LimitReached, Toll
from core.limits.sockets import CapKind

LOOKUP, MISS = "payee_lookup", "payee_miss"


@dataclass(frozen=True)
class Share:
    """How many look-ups, and how many of them that lead nowhere, somebody has a day."""

    lookups: CapKind
    misses: CapKind


CUSTOMER = Share(
    CapKind("payees.of_customer_a_day", _("Look-ups of payees by one customer, a day"), usual=100, most=10_000),
    CapKind("payees.missed_by_customer_a_day", _("Look-ups by one customer that found nobody, a day"), usual=20, most=1000),
)
INSTALLATION = Share(
    CapKind("payees.of_installation_a_day", _("Look-ups of payees by one installation, a day"), usual=200, most=10_000),
    CapKind("payees.missed_by_installation_a_day", _("Look-ups by one installation that found nobody, a day"), usual=40, most=1000),
)


@dataclass(frozen=True)
class Asker:
    """Who looks somebody up, and the keyed hash of the installation they do it from."""

    customer_id: uuid.UUID
    installation: bytes

    @property
    def installation_id(self) -> uuid.UUID:
        """The installation as a counter's owner: the same for every account used in it."""
        return uuid.UUID(bytes=bytes(self.installation[:16]))


@dataclass
class Lookup:
    """Numbers looked up in one go; `missed` of them lead nowhere."""

    numbers: int
    missed: int = 0


@contextmanager
def looking_up(*, asker: Asker, at: datetime, numbers: int = 1) -> Iterator[Lookup]:
    """A block that looks payees up, counted before it whatever comes of it; misses are given back, but for those the block notes
    and for all of them when it ends in NotFound.

    Counted in transactions of their own, so enter it outside any: what the block refuses counts too. A process that dies inside leaves
    the misses. Raises TooManyRequests before the block.
    """
    look = Lookup(numbers)
    count(asker, at, numbers)
    try:
        yield look
    except NotFound:
        look.missed = numbers
        raise
    finally:
        if look.missed < numbers:
            give_back_misses(asker, at, numbers - look.missed)


@transaction.atomic
def count(asker: Asker, at: datetime, numbers: int) -> None:
    """Look-ups and, as long as nobody is found, misses: taken beforehand, so that many at once cannot pass the cap together."""
    day = clock.local_day(at)
    try:
        for owner, share in owners(asker):
            lookups, misses = share.lookups.on(at), share.misses.on(at)
            tolls = [Toll(LOOKUP, day.isoformat(), numbers, lookups), Toll(MISS, day.isoformat(), numbers, misses)]
            counters.take_all(owner=owner, tolls=tolls)
    except LimitReached as reached:
        tomorrow = clock.start_of_day(day + timedelta(days=1))
        raise TooManyRequests(retry_after=int((tomorrow - at).total_seconds()) + 1) from reached


@transaction.atomic
def give_back_misses(asker: Asker, at: datetime, numbers: int) -> None:
    for owner, _share in owners(asker):
        counters.give_back(counter=MISS, owner=owner, period=clock.local_day(at).isoformat(), amount=numbers)


def owners(asker: Asker) -> Sequence[tuple[uuid.UUID, Share]]:
    """Whose counters a look-up goes through, in the order their rows are locked, and what each has of a day."""
    return [(asker.customer_id, CUSTOMER), (asker.installation_id, INSTALLATION)]
