"""How splits read on a receiver's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.merchants import queries as merchants
from payments.splits import journals, queries
from payments.splits.models import SplitPart, SplitReturn
from payments.wallet.sockets import Detail, Sort


class SplitsOnStatement:
    prefix = "spl"
    kinds: Mapping[str, Sort] = {
        "split_in": Sort((journals.DONE,), +1, "Share of a payment from", "分账来自"),
        "split_back": Sort((journals.RETURNED,), -1, "Share of a payment given back to", "分账回退至"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        """By what the merchant noted, or the split's number."""
        mine = of(customer_id).filter(Q(split__remark__icontains=text) | numbered(text))
        back = SplitReturn.objects.filter(part__in=mine.values("id"))
        return [mine.values("split__journal_id"), back.values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = list(of(customer_id).filter(split_id__in=ids).select_related("split"))
        names = merchants.names(row.split.merchant_id for row in rows)
        return {row.split_id: Detail(party=names[row.split.merchant_id], remark=row.split.remark) for row in rows}


def of(customer_id: uuid.UUID) -> QuerySet[SplitPart]:
    return queries.to_customer(customer_id)


def numbered(text: str) -> Q:
    try:
        return Q(split_id=parse_public_id("spl", text))
    except NotFound:
        return Q(pk__in=[])
