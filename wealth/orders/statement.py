"""How redeemed money reads on a customer's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.sockets import Detail, Sort
from wealth.orders import journals, queries
from wealth.orders.models import WealthOrder


class Redemptions:
    prefix = WealthOrder.PREFIX
    kinds = {
        "product_redeemed": Sort((journals.CASH_PAID,), +1, "Redeemed from a product", "理财赎回到账"),
        "product_returned": Sort((journals.RETURNED,), +1, "Refunded from a product", "理财退款到账"),
        "product_redeemed_fast": Sort((journals.FAST_PAID,), +1, "Redeemed from a product at once", "理财快速赎回"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        named = Q(version__name_zh__icontains=text) | Q(version__name_en__icontains=text)
        with suppress(NotFound):
            named |= Q(pk=parse_public_id(WealthOrder.PREFIX, text))
        found = queries.own(customer_id).filter(named, cash_journal_id__isnull=False)
        return [found.values("cash_journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        return {row.id: Detail(party=row.version.name_zh) for row in queries.own(customer_id).filter(pk__in=ids)}
