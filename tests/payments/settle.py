"""Run every job until nothing moves, with time going on: what the workers of a running platform do, in one thread."""

import time
from datetime import datetime, timedelta

from core.outbox import services as outbox
from payments.cards import queries as card_queries
from payments.cards import services as cards
from payments.channels import queries, services, telling
from payments.channels.models import ChannelRequest
from payments.channels.states import OPEN_STATES

STEP = timedelta(seconds=1)
LONGEST = timedelta(days=2)


def settle(at: datetime, *, pause_s: float = 0.0, rounds: int = 60, until: datetime | None = None) -> datetime:
    """Sweep, relay and expire until no request is due any more (before `until`, when told); returns the business time reached.

    `at` goes on to each request's next moment. `pause_s` is real time between rounds, for a bank that decides by the wall clock.
    Fails when `rounds` are not enough.
    """
    for _ in range(rounds):
        once(at)
        due = queries.next_due()
        if due is None or (until is not None and due > until):
            return at
        at = max(at + STEP, due)
        if pause_s:
            time.sleep(pause_s)
    raise AssertionError(f"still open after {rounds} rounds: {open_requests()}")


def once(at: datetime) -> None:
    """One pass of every job at `at`."""
    for shard in queries.due_shards(at):
        services.resolve_due(shard=shard, at=at)
    for shard in card_queries.shards_over(at):
        cards.expire_bindings(shard=shard, at=at)
    for shard in queries.owing_shards(at):
        telling.tell_due(shard=shard, at=at)
    outbox.run_pending(at=at)


def open_requests() -> list[str]:
    return [str(request) for request in ChannelRequest.objects.filter(state__in=OPEN_STATES)]


def assert_nothing_open() -> None:
    """No outbound call is without its end."""
    assert open_requests() == []
