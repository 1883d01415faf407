"""Seats for calls made while a customer waits: a channel that hangs may hold so many threads of a web process and no more.

Workers' own calls take none: nobody waits for them, and they have processes of their own.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

import prometheus_client
from django.conf import settings

from core.errors import TooManyRequests

PATIENCE_S = 0.2
RETRY_AFTER_S = 5
NO_SEAT = prometheus_client.Counter("banyan_channel_no_seat", "Calls put off since too many of this process hang", ["channel"])


class ChannelBusy(TooManyRequests):
    """Nothing was done: the same request with the same Idempotency-Key may come again."""

    code = "channel_busy"
    status = 503
    en = "The bank is slow to answer at the moment. Nothing was done; try again in {retry_after} seconds."
    zh = "银行当前响应缓慢,本次未处理,请在 {retry_after} 秒后重试。"


class Seats:
    """What one process has: CHANNEL_SEATS for each channel, OUTBOUND_SEATS for all of them together."""

    def __init__(self) -> None:
        self.change = Condition()
        self.taken: Counter[str] = Counter()

    def take(self, channel: str) -> bool:
        """Take a seat within PATIENCE_S; whether there was one."""
        with self.change:
            if not self.change.wait_for(lambda: self.room(channel), PATIENCE_S):
                return False
            self.taken[channel] += 1
            return True

    def leave(self, channel: str) -> None:
        with self.change:
            self.taken[channel] -= 1
            self.change.notify_all()

    def room(self, channel: str) -> bool:
        return self.taken[channel] < settings.CHANNEL_SEATS and self.taken.total() < settings.OUTBOUND_SEATS


PROCESSES: dict[int, Seats] = {}


def seats() -> Seats:
    """This process's; a forked child has its own, all free."""
    return PROCESSES.setdefault(os.getpid(), Seats())


@contextmanager
def seat(channel: str) -> Iterator[bool]:
    """Hold a seat for a block; whether there was one. Take it outside any transaction: it may wait for PATIENCE_S."""
    found = seats()
    if not found.take(channel):
        NO_SEAT.labels(channel).inc()
        yield False
        return
    try:
        yield True
    finally:
        found.leave(channel)


def require(seated: bool) -> None:
    """Raises ChannelBusy without a seat: for calls that nobody but the waiting customer can finish."""
    if not seated:
        raise ChannelBusy(retry_after=RETRY_AFTER_S)
