"""What the counters of limits count, and of whom: rooms plug theirs in, by the part of a counter's name before its first colon."""

import uuid
from dataclasses import dataclass

from django.utils.safestring import SafeString

from core.desk.shown import link, money, mono
from core.desk.sockets import COUNTERS, CounterKind
from core.ids import public_id


@dataclass(frozen=True)
class Counted:
    """Counters whose owner is a row of `page` with ids of `prefix`; without a page the owner is a keyed hash, or not ours to show."""

    page: str = ""
    prefix: str = ""
    in_fen: bool = False

    def owner(self, owner: uuid.UUID) -> SafeString | str:
        return link(self.page, owner, public_id(self.prefix, owner)) if self.page else mono(owner)

    def used(self, used: int) -> SafeString | str:
        return money(used) if self.in_fen else str(used)


UNKNOWN = Counted()


def of_customer(*, in_fen: bool = False) -> Counted:
    return Counted("accounts.customer", "cus", in_fen)


def counted(counter: str) -> CounterKind:
    return COUNTERS.get(counter.partition(":")[0]) or UNKNOWN
