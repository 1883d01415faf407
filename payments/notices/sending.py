"""Sending what is due: many notices at once from one process, each within PATIENCE_S, at most EACH of one receiver, and none of them
inside a transaction. Threads only talk to receivers; everything in the database is this thread's."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import lru_cache
from secrets import token_hex
from time import monotonic

from django.db import transaction

from core.attempts import Attempt
from core.clock import queries as clock
from core.stopping import STOPPING
from payments.merchants.services import platform_keys
from payments.notices import queries, services
from payments.notices.models import MerchantNotice
from payments.notices.post import Letter, Reply, post

SEATS = 24
EACH = 3
LOOK_AGAIN_S = 0.25
Now = Callable[[], datetime]


class InsideTransaction(RuntimeError):
    """A notice was to be sent inside a database transaction: a programming error."""


@lru_cache(maxsize=2)
def threads_of(process: int) -> ThreadPoolExecutor:
    """The threads of one process, kept: one whose receiver's name takes long to look up holds up nobody's end."""
    return ThreadPoolExecutor(SEATS, thread_name_prefix="notices")


class Round:
    """One sweep. `under_way` are the calls being made, each with its notice; `silent` the receivers that left one unanswered, for whom
    the rest waits until the next sweep."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self.under_way: dict[Future[Reply], MerchantNotice] = {}
        self.silent: set[str] = set()
        self.noted = 0

    @property
    def busy(self) -> list[str]:
        """Receivers that have all the seats they may have, and silent ones."""
        counted = Counter(notice.origin for notice in self.under_way.values())
        return [*self.silent, *(origin for origin, number in counted.items() if number >= EACH)]

    def send_due(self) -> None:
        """Fill the free seats with what is due, shard by shard."""
        at = self.now()
        for shard in queries.shards_due(at):
            free = SEATS - len(self.under_way)
            if free <= 0:
                return
            for notice in services.claim(shard=shard, busy=self.busy, most=free, each=EACH, at=at):
                self.under_way[threads_of(os.getpid()).submit(post, letter(notice, at))] = notice

    def take_in(self) -> None:
        """Note the calls that are over, after a moment's waiting for the first of them."""
        over, _rest = wait(self.under_way, timeout=LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
        for future in over:
            notice = self.under_way.pop(future)
            with Attempt("notices.conclude", notice=notice.public_id):
                reply = future.result()
                if not reply.answered:
                    self.silent.add(notice.origin)
                self.noted += services.conclude(notice=notice, reply=reply, at=self.now())


def letter(notice: MerchantNotice, at: datetime) -> Letter:
    """A notice signed for one try: each has its own timestamp and nonce."""
    body = bytes(notice.body)
    signed = platform_keys.signer(at).headers(body=body, wall=clock.wall(), nonce=token_hex(16))
    headers = {"Content-Type": "application/json", "User-Agent": "Banyan", **signed}
    return Letter(notice.url, tuple(headers.items()), body)


def deliver_due(*, now: Now, most_s: float) -> int:
    """Send what is due, and what comes due meanwhile, for `most_s` at most and then to the end of the calls begun. Returns how many
    tries were noted. A receiver that is slow holds its own few seats; the others go on."""
    if transaction.get_connection().in_atomic_block:
        raise InsideTransaction("notices leave outside any transaction")
    until, going = monotonic() + most_s, Round(now)
    for _ in turns(until):
        going.send_due()
        if not going.under_way:
            break
        going.take_in()
    while going.under_way:
        going.take_in()
    return going.noted


def turns(until: float) -> Iterator[None]:
    while monotonic() < until and not STOPPING.is_set():
        yield
