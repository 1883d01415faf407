"""Sealing journals in blocks behind the write path, and a manifest of each day to keep elsewhere."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.ledger.calls import call, rows
from accounts.ledger.models import SealBlock, SealManifest
from core.errors import DomainError

BLOCK = 1000

COUNTED = """
SELECT count(*), coalesce(sum(cardinality(accounts)), 0)::bigint FROM ledger_journal WHERE business_on = %s
"""
DEBITS = """
SELECT asset, (-sum(amount))::bigint FROM ledger_journal, unnest(amounts, assets) AS leg (amount, asset)
WHERE business_on = %s AND amount < 0 GROUP BY asset ORDER BY asset
"""


class NoManifest(DomainError):
    code = "ledger_manifest_missing"
    status = 404
    en = "There is no manifest of {day}: it is made by that day's end of day."
    zh = "没有 {day} 的账务清单,它由当日日终生成。"


def seal_all(*, at: datetime) -> int:
    """Seal everything that can no longer change, block after block; returns how many journals."""
    sealed = 0
    while done := int(call("SELECT ledger_seal(%s, %s)", (BLOCK, at))[0]):
        sealed += done
    return sealed


@transaction.atomic
def make_manifest(*, day: date, at: datetime) -> SealManifest:
    """Seal, then count a business day: journals, legs, debits per asset in minor units, and the chain's hash now.

    Making it again answers with the one that stands.
    """
    standing = SealManifest.objects.filter(day=day).first()
    if standing is not None:
        return standing
    seal_all(at=at)
    last = SealBlock.objects.order_by("-number").first()
    journals, legs = call(COUNTED, (day,))
    return SealManifest.objects.create(
        day=day,
        journals=journals,
        legs=legs,
        debits=dict(rows(DEBITS, (day,))),
        last_block=last.number if last else 0,
        root_hash=bytes(last.hash) if last else b"",
        made_at=at,
    )


def exported(*, day: date) -> dict[str, Any]:
    """A day's manifest as plain values. Raises NoManifest."""
    row = SealManifest.objects.filter(day=day).first()
    if row is None:
        raise NoManifest(day=day.isoformat())
    return {
        "day": row.day.isoformat(),
        "journals": row.journals,
        "legs": row.legs,
        "debits": row.debits,
        "last_block": row.last_block,
        "root_hash": bytes(row.root_hash).hex(),
        "made_at": row.made_at.isoformat(),
    }
