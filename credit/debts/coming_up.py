"""C3: what interest, fees and penalties came up by the end of a day, one journal a product.

What is owed of charges follows from the open instalments and the day: interest in proportion to the days of its period that are over,
less what was paid of it; fees from their due day; penalties as they stand. The books are brought to that: no plan is written, and a
payment ahead of what came up is made up for on its day.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.ledger import queries as ledger
from accounts.ledger.batch import post_all
from accounts.ledger.legs import Draft
from core.ids import new_id, public_id
from credit.debts import accounts, journals
from credit.debts.models import Draw
from credit.debts.states import Toward

OWED = """
SELECT product_id,
    coalesce(sum(greatest(floor(interest_fen::numeric * least(%(day)s - begins_on, due_on - begins_on) / (due_on - begins_on))
        - paid_interest_fen, 0)), 0)::bigint,
    coalesce(sum(CASE WHEN due_on <= %(day)s THEN fee_fen - paid_fee_fen ELSE 0 END), 0)::bigint,
    coalesce(sum(penalty_fen - paid_penalty_fen), 0)::bigint
FROM credit_instalment WHERE state = 'open' AND begins_on < %(day)s GROUP BY product_id
"""
CHARGES = (Toward.INTEREST, Toward.FEE, Toward.PENALTY)


def owed(day: date) -> dict[UUID, dict[Toward, int]]:
    """Fen of each charge that is owed by the end of a day, by product; of products nothing is owed of, nothing."""
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"day": day})
        found = {product_id: dict(zip(CHARGES, sums, strict=True)) for product_id, *sums in cursor.fetchall()}
    lent = Draw.objects.order_by().values_list("product_id", flat=True).distinct()
    return {product_id: found.get(product_id, dict.fromkeys(CHARGES, 0)) for product_id in lent}


def booked(product_ids: Sequence[UUID]) -> dict[UUID, dict[Toward, int]]:
    """What the books say of the same: what is owed us is below zero there."""
    named = {(product_id, toward): accounts.charge(product_id, toward) for product_id in product_ids for toward in CHARGES}
    balances = ledger.balances_of(named.values())
    found: dict[UUID, dict[Toward, int]] = {}
    for (product_id, toward), account in named.items():
        there: Any = balances.get(account.id)
        found.setdefault(product_id, {})[toward] = -there.posted if there else 0
    return found


def book(*, day: date, at: datetime) -> int:
    """Bring the books to what is owed by the end of `day`. Returns how many journals that took."""
    wanted = owed(day)
    there = booked(list(wanted))
    drafts = []
    for product_id, sums in wanted.items():
        changes = {toward: sums[toward] - there[product_id][toward] for toward in CHARGES}
        legs = journals.come_up(product_id=product_id, changes=changes)
        if legs:
            reference = public_id("crp", product_id)
            drafts.append(Draft(new_id(), journals.COME_UP, legs, reference=reference, effective_on=day))
    if drafts:
        post_all(drafts, at=at)
    return len(drafts)
