"""Bringing packets to an end whose time is over: bounded batches of one shard, one transaction a row, so that a bad row stops no other."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from time import monotonic

from core.attempts import Attempt
from core.schedule import SWEEP_S
from core.stopping import STOPPING
from payments.red_packets import queries, services

BATCH = 200
WAITING = 1000
"""A batch of packets to be given back: some may wait for long for an account that is closed, and must not keep others from their turn."""


def end(*, shard: int, at: datetime) -> int:
    """Stop the taking of a shard's packets that are due, and give back what is left in those and in earlier ones that could not be
    given back. Returns how many were given back."""
    each(queries.overdue(shard, at)[:BATCH], lambda packet_id: services.end_taking(packet_id=packet_id, at=at))
    return each(queries.returning(shard)[:WAITING], lambda packet_id: services.give_back(packet_id=packet_id, at=at))


def each(packet_ids: Iterable[uuid.UUID], act: Callable[[uuid.UUID], bool]) -> int:
    """How many packets `act` moved; a failure is logged with the packet's id and leaves it for the next sweep."""
    done = 0
    until = monotonic() + SWEEP_S
    for packet_id in packet_ids:
        if monotonic() >= until or STOPPING.is_set():
            break
        with Attempt("red_packets.sweep", row=str(packet_id)):
            done += act(packet_id)
    return done
