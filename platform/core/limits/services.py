"""Taking from a limit and giving back, each one guarded statement: no two callers can cross the cap together."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id, shard_of
from core.limits import queries


class LimitReached(DomainError):
    code = "limit_reached"
    en = "This goes over the limit {counter}: {used} of {cap} is used, {remaining} remains."
    zh = "超出限额 {counter}:上限 {cap},已用 {used},剩余 {remaining}。"


TAKE = """
INSERT INTO core_limitcounter AS kept (id, shard, counter, owner, period, used)
SELECT %(id)s, %(shard)s, %(counter)s, %(owner)s, %(period)s, %(amount)s WHERE %(amount)s::bigint <= %(cap)s::bigint
ON CONFLICT (shard, owner, counter, period) DO UPDATE SET used = kept.used + EXCLUDED.used
WHERE kept.used + EXCLUDED.used <= %(cap)s::bigint
RETURNING used
"""
TAKE_ALL = """
INSERT INTO core_limitcounter AS kept (id, shard, counter, owner, period, used)
SELECT id, %(shard)s, counter, %(owner)s, period, amount
FROM unnest(%(ids)s::uuid[], %(counters)s::varchar[], %(periods)s::varchar[], %(amounts)s::bigint[], %(caps)s::bigint[])
  AS wanted (id, counter, period, amount, cap)
WHERE amount <= cap
ON CONFLICT (shard, owner, counter, period) DO UPDATE SET used = kept.used + EXCLUDED.used
WHERE kept.used + EXCLUDED.used <= (%(caps)s::bigint[])[array_position(%(keys)s::varchar[], (kept.counter || ' ' || kept.period)::varchar)]
RETURNING counter, period
"""
GIVE_BACK = """
UPDATE core_limitcounter SET used = used - %(amount)s::bigint
WHERE shard = %(shard)s AND owner = %(owner)s AND counter = %(counter)s AND period = %(period)s AND used >= %(amount)s::bigint
RETURNING used
"""
# Written out as in the index, which the planner uses only then. Days and the hours of days; months, years and "life" stay.
FORGET_OLD = """
DELETE FROM core_limitcounter WHERE id IN (
  SELECT id FROM core_limitcounter WHERE period ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND period < %(before)s
  ORDER BY period LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
"""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEPT_DAYS = 35


@dataclass(frozen=True)
class Toll:
    """What one act takes of one counter: its name, its period, how much (> 0), and what may be used of it at most."""

    counter: str
    period: str
    amount: int
    cap: int


@dataclass(frozen=True)
class Levy:
    """The tolls one rule asks for, and how that rule says no."""

    tolls: tuple[Toll, ...]
    refusal: Callable[[LimitReached], DomainError]


def take(*, counter: str, owner: uuid.UUID, period: str, amount: int, cap: int) -> int:
    """Use `amount` (> 0, in the counter's unit) of `owner`'s `counter` for `period` and return the new total.

    Raises LimitReached when the total would pass `cap`; nothing is written then. The row stays locked to the end of
    the caller's transaction, so take from limits before touching the ledger.
    """
    if amount <= 0:
        raise ValueError(f"take a positive amount of {counter}, not {amount}")
    values: dict[str, Any] = {"id": new_id(), "shard": shard_of(owner), "counter": counter, "owner": owner, "period": period}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values | {"amount": amount, "cap": cap})
        row = cursor.fetchone()
    if row is None:
        used = queries.used(counter=counter, owner=owner, period=period)
        raise LimitReached(counter=counter, cap=cap, used=used, remaining=max(cap - used, 0))
    total: int = row[0]
    return total


def levy(*, owner: uuid.UUID, levies: Sequence[Levy]) -> None:
    """Take what several rules ask for, all or nothing, in one statement. Raises the refusal of the rule that says no first."""
    try:
        take_all(owner=owner, tolls=[toll for rule in levies for toll in rule.tolls])
    except LimitReached as reached:
        name = reached.members["counter"]
        raise next(rule for rule in levies if any(toll.counter == name for toll in rule.tolls)).refusal(reached) from reached


def take_all(*, owner: uuid.UUID, tolls: Sequence[Toll]) -> None:
    """Use several of `owner`'s counters, all or none, in one statement. A refusal leaves the caller's transaction usable.

    Raises LimitReached for the first counter, in the order given, that would pass its cap; what the others took is given back.
    """
    if any(toll.amount <= 0 for toll in tolls):
        raise ValueError(f"take positive amounts, not {[toll.amount for toll in tolls]}")
    ordered = sorted(tolls, key=lambda toll: (toll.counter, toll.period))
    values: dict[str, Any] = {
        "ids": [new_id() for _ in ordered],
        "shard": shard_of(owner),
        "owner": owner,
        "counters": [toll.counter for toll in ordered],
        "periods": [toll.period for toll in ordered],
        "keys": [f"{toll.counter} {toll.period}" for toll in ordered],
        "amounts": [toll.amount for toll in ordered],
        "caps": [toll.cap for toll in ordered],
    }
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(TAKE_ALL, values)
            taken = set(cursor.fetchall())
        refused = [toll for toll in tolls if (toll.counter, toll.period) not in taken]
        for toll in tolls if refused else ():
            if toll not in refused:
                give_back(counter=toll.counter, owner=owner, period=toll.period, amount=toll.amount)
    if not refused:
        return
    first = refused[0]
    used = queries.used(counter=first.counter, owner=owner, period=first.period)
    raise LimitReached(counter=first.counter, cap=first.cap, used=used, remaining=max(first.cap - used, 0))


def give_back(*, counter: str, owner: uuid.UUID, period: str, amount: int) -> int:
    """Return `amount` (> 0) taken before and return the new total.

    Giving back more than was taken is a fault of the caller: ValueError, nothing is written. To a day that may be
    forgotten already nothing is given back: 0.
    """
    if amount <= 0:
        raise ValueError(f"give back a positive amount of {counter}, not {amount}")
    values: dict[str, Any] = {"shard": shard_of(owner), "counter": counter, "owner": owner, "period": period, "amount": amount}
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, values)
        row = cursor.fetchone()
    if row is None:
        if DAY.match(period) and period < oldest_kept(clock.now()) and not queries.used(counter=counter, owner=owner, period=period):
            return 0
        raise ValueError(f"{amount} of {counter} was never taken in {period}")
    total: int = row[0]
    return total


def oldest_kept(at: datetime) -> str:
    """The first day whose counters are kept, as a period."""
    return (clock.local_day(at) - timedelta(days=KEPT_DAYS)).isoformat()


def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of counters of days more than KEPT_DAYS ago. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_OLD, {"before": oldest_kept(at), "batch": batch})
        return cursor.rowcount
