"""Telling a worker that a shard has fresh events, as soon as they are committed. Only a courtesy: the sweeper finds them anyway."""

from functools import lru_cache
from time import monotonic

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

RELAY_TASK = "core.outbox.relay_shard"
PAUSE_SECONDS = 10.0
log = structlog.get_logger(__name__)


class Nudge:
    """The on-commit call for one shard. A broker that is down is left alone for PAUSE_SECONDS, so that requests stay quick."""

    paused_until = float("-inf")

    def __init__(self, shard: int) -> None:
        self.shard = shard

    def __call__(self) -> None:
        if monotonic() < Nudge.paused_until:
            return
        try:
            current_app.send_task(RELAY_TASK, kwargs={"shard": self.shard}, retry=False, expires=60)
        except (OperationalError, RedisError, OSError) as problem:
            Nudge.paused_until = monotonic() + PAUSE_SECONDS
            log.warning("outbox_nudge_failed", shard=self.shard, problem=type(problem).__name__)


@lru_cache(maxsize=64)
def nudge_of(shard: int) -> Nudge:
    return Nudge(shard)


def after_commit(shard: int) -> None:
    """Nudge `shard` once after the current transaction commits, however many events it wrote."""
    connection = transaction.get_connection()
    nudge = nudge_of(shard)
    open_savepoints = set(connection.savepoint_ids)
    if not any(call is nudge and savepoints <= open_savepoints for savepoints, call, _ in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)
