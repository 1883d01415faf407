"""Whole transactions, run again when the database broke them off for the sake of another."""

from collections.abc import Callable
from random import uniform
from time import sleep
from typing import TypeVar

from django.db import OperationalError, connection, transaction

TRIES = 4
PAUSE_S = 0.05
BROKEN_OFF = frozenset({"40P01", "40001"})
T = TypeVar("T")


def in_one_transaction(act: Callable[[], T]) -> T:
    """Run `act`, which does nothing outside the database, in a transaction of its own; a deadlock or a serialization failure
    runs it again from the start, TRIES times in all, each after a random pause of up to PAUSE_S a try.

    Inside a transaction nothing can be run again from the start: the error goes up to whoever opened it. A lock that took
    too long goes up too: waiting anew would make the caller wait as long again.
    """
    for done in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return act()
        except OperationalError as broken:
            if done == TRIES or connection.in_atomic_block or getattr(broken.__cause__, "sqlstate", None) not in BROKEN_OFF:
                raise
        sleep(uniform(0, PAUSE_S * done))  # noqa: S311  (spreads the two apart, guards nothing)
    raise AssertionError("unreachable: the last try returns or raises")
