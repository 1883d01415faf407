"""Taking from a limit and giving back, each one guarded statement: no two callers can cross the cap together."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.arrays import array, id_array, text_array
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id, shard_of
from core.limits import queries
from core.limits.sockets import CapOn


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
SELECT id, shard, counter, owner, period, amount
FROM unnest(%(ids)s::uuid[], %(shards)s::smallint[], %(owners)s::uuid[], %(counters)s::varchar[], %(periods)s::varchar[],
  %(amounts)s::bigint[], %(caps)s::bigint[]) AS wanted (id, shard, owner, counter, period, amount, cap)
WHERE amount <= cap
ON CONFLICT (shard, owner, counter, period) DO UPDATE SET used = kept.used + EXCLUDED.used
WHERE kept.used + EXCLUDED.used <= (%(caps)s::bigint[])[
  array_position(%(keys)s::varchar[], (kept.owner || ' ' || kept.counter || ' ' || kept.period)::varchar)]
RETURNING owner, counter, period
"""
# The same for caps of the register, which are looked up in the statement that counts.
DATED_CAP = """(SELECT coalesce((
  SELECT value FROM core_cap WHERE name = %(name)s AND starts_on <= %(day)s ORDER BY starts_on DESC LIMIT 1
), %(cap)s::bigint))"""
DATED_CAPS = """(
  SELECT array_agg(coalesce((
    SELECT value FROM core_cap WHERE core_cap.name = asked.name AND starts_on <= asked.day ORDER BY starts_on DESC LIMIT 1
  ), asked.cap) ORDER BY place)
  FROM unnest(%(names)s::varchar[], %(days)s::date[], %(caps)s::bigint[]) WITH ORDINALITY AS asked (name, day, cap, place)
)"""
TAKE_DATED = TAKE.replace("%(cap)s::bigint", DATED_CAP)
TAKE_ALL_DATED = TAKE_ALL.replace("%(caps)s::bigint[]", DATED_CAPS)
GIVE_BACK = """
UPDATE core_limitcounter SET used = used - %(amount)s::bigint
WHERE shard = %(shard)s AND owner = %(owner)s AND counter = %(counter)s AND period = %(period)s AND used >= %(amount)s::bigint
RETURNING used
"""
# Written out as in the index, which the planner uses only then. Days and the hours of days; months, years and "life" stay.
FORGET_OLD = """
WITH old AS MATERIALIZED (
  SELECT id FROM core_limitcounter WHERE period ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND period < %(before)s
  ORDER BY period LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
DELETE FROM core_limitcounter AS counter USING old WHERE counter.id = old.id
"""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEPT_DAYS = 35


@dataclass(frozen=True)
class Toll:
    """What one act takes of one counter: its name, its period, how much (> 0), and what may be used of it at most: so much, or as the
    register's cap says."""

    counter: str
    period: str
    amount: int
    cap: int | CapOn


@dataclass(frozen=True)
class Levy:
    """The tolls one rule asks for, of whose counters, and how that rule says no."""

    owner: uuid.UUID
    tolls: tuple[Toll, ...]
    refusal: Callable[[LimitReached], DomainError]


def take(*, counter: str, owner: uuid.UUID, period: str, amount: int, cap: int | CapOn) -> int:
    """Use `amount` (> 0, in the counter's unit) of `owner`'s `counter` for `period` and return the new total.

    Raises LimitReached when the total would pass `cap`; nothing is written then. The row stays locked to the end of
    the caller's transaction, so take from limits before touching the ledger.
    """
    if amount <= 0:
        raise ValueError(f"take a positive amount of {counter}, not {amount}")
    values: dict[str, Any] = {"id": new_id(), "shard": shard_of(owner), "counter": counter, "owner": owner, "period": period}
    with connection.cursor() as cursor:
        if isinstance(cap, CapOn):
            cursor.execute(TAKE_DATED, values | {"amount": amount, "cap": cap.kind.usual, "name": cap.kind.name, "day": cap.day})
        else:
            cursor.execute(TAKE, values | {"amount": amount, "cap": cap})
        row = cursor.fetchone()
    if row is None:
        raise reached(owner, Toll(counter, period, amount, cap))
    total: int = row[0]
    return total


def levy(*, levies: Sequence[Levy]) -> None:
    """Take what several rules ask for, all or nothing, in one statement. Raises the refusal of the rule that says no first."""
    asked = [(rule, toll) for rule in levies for toll in rule.tolls]
    refused = first_refused([(rule.owner, toll) for rule, toll in asked])
    if refused is not None:
        rule, toll = asked[refused]
        problem = reached(rule.owner, toll)
        raise rule.refusal(problem) from problem


def take_all(*, owner: uuid.UUID, tolls: Sequence[Toll]) -> None:
    """Use several of `owner`'s counters, all or none, in one statement. A refusal leaves the caller's transaction usable.

    Raises LimitReached for the first counter, in the order given, that would pass its cap; what the others took is given back.
    """
    refused = first_refused([(owner, toll) for toll in tolls])
    if refused is not None:
        raise reached(owner, tolls[refused])


def first_refused(wanted: Sequence[tuple[uuid.UUID, Toll]]) -> int | None:
    """Take every toll of its owner's counter, or none: the place of the first whose cap says no, then, else None.

    Rows are locked in one order whoever asks.
    """
    if any(toll.amount <= 0 for _, toll in wanted):
        raise ValueError(f"take positive amounts, not {[toll.amount for _, toll in wanted]}")
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            in_order = sorted(wanted, key=lambda one: (one[0], one[1].counter, one[1].period))
            cursor.execute(TAKE_ALL_DATED if any(isinstance(toll.cap, CapOn) for _, toll in wanted) else TAKE_ALL, columns(in_order))
            taken = set(cursor.fetchall())
        passed = [(owner, toll.counter, toll.period) in taken for owner, toll in wanted]
        if all(passed):
            return None
        for (owner, toll), took in zip(wanted, passed, strict=True):
            if took:
                give_back(counter=toll.counter, owner=owner, period=toll.period, amount=toll.amount)
    return passed.index(False)


def reached(owner: uuid.UUID, toll: Toll) -> LimitReached:
    used = queries.used(counter=toll.counter, owner=owner, period=toll.period)
    cap = queries.cap_on(toll.cap.kind, toll.cap.day) if isinstance(toll.cap, CapOn) else toll.cap
    return LimitReached(counter=toll.counter, cap=cap, used=used, remaining=max(cap - used, 0))


def columns(wanted: Sequence[tuple[uuid.UUID, Toll]]) -> dict[str, str]:
    """What TAKE_ALL and TAKE_ALL_DATED take, column by column; a plain cap has no name to be looked up."""
    dated = [toll.cap if isinstance(toll.cap, CapOn) else None for _, toll in wanted]
    return {
        "ids": id_array([new_id() for _ in wanted]),
        "shards": array([shard_of(owner) for owner, _ in wanted]),
        "owners": id_array([owner for owner, _ in wanted]),
        "counters": text_array([toll.counter for _, toll in wanted]),
        "periods": text_array([toll.period for _, toll in wanted]),
        "keys": text_array([f"{owner} {toll.counter} {toll.period}" for owner, toll in wanted]),
        "amounts": array([toll.amount for _, toll in wanted]),
        "caps": array([toll.cap.kind.usual if isinstance(toll.cap, CapOn) else toll.cap for _, toll in wanted]),
        "names": text_array([cap.kind.name if cap else None for cap in dated]),
        "days": array([cap.day if cap else None for cap in dated]),
    }


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
