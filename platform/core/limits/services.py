"""Taking from a limit and giving back, each one guarded statement: no two callers can cross the cap together."""

import uuid
from typing import Any

from django.db import connection, transaction

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
GIVE_BACK = """
UPDATE core_limitcounter SET used = used - %(amount)s::bigint
WHERE shard = %(shard)s AND owner = %(owner)s AND counter = %(counter)s AND period = %(period)s AND used >= %(amount)s::bigint
RETURNING used
"""


@transaction.atomic
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


@transaction.atomic
def give_back(*, counter: str, owner: uuid.UUID, period: str, amount: int) -> int:
    """Return `amount` (> 0) taken before and return the new total.

    Giving back more than was taken is a fault of the caller: ValueError, nothing is written.
    """
    if amount <= 0:
        raise ValueError(f"give back a positive amount of {counter}, not {amount}")
    values: dict[str, Any] = {"shard": shard_of(owner), "counter": counter, "owner": owner, "period": period, "amount": amount}
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, values)
        row = cursor.fetchone()
    if row is None:
        raise ValueError(f"{amount} of {counter} was never taken in {period}")
    total: int = row[0]
    return total
