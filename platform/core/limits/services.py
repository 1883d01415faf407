"""Taking from a limit and giving back, each one guarded statement: no two callers can cross the cap together."""

import re
import uuid
from collections.abc import Sequence
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
SELECT id, %(shard)s, counter, %(owner)s, period, %(amount)s
FROM unnest(%(ids)s::uuid[], %(counters)s::varchar[], %(periods)s::varchar[], %(caps)s::bigint[]) AS wanted (id, counter, period, cap)
WHERE %(amount)s::bigint <= cap
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
class Cap:
    """One counter of `take_all`: its name, its period, and what may be used of it at most."""

    counter: str
    period: str
    cap: int


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


def take_all(*, owner: uuid.UUID, caps: Sequence[Cap], amount: int) -> None:
    """Use `amount` of several of `owner`'s counters, of all or of none, in one statement. A refusal leaves the caller's transaction usable.

    Raises LimitReached for the first counter, in the order given, that would pass its cap; what the others took is given back.
    """
    if amount <= 0:
        raise ValueError(f"take a positive amount, not {amount}")
    ordered = sorted(caps, key=lambda cap: (cap.counter, cap.period))
    values: dict[str, Any] = {
        "ids": [new_id() for _ in ordered],
        "shard": shard_of(owner),
        "owner": owner,
        "counters": [cap.counter for cap in ordered],
        "periods": [cap.period for cap in ordered],
        "keys": [f"{cap.counter} {cap.period}" for cap in ordered],
        "caps": [cap.cap for cap in ordered],
        "amount": amount,
    }
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(TAKE_ALL, values)
            taken = set(cursor.fetchall())
        refused = [cap for cap in caps if (cap.counter, cap.period) not in taken]
        for counter, period in taken if refused else ():
            give_back(counter=counter, owner=owner, period=period, amount=amount)
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
