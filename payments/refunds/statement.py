"""How a refund to the balance reads on the customer's statement."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.merchants import queries as merchants
from payments.refunds import journals, queries
from payments.wallet.sockets import Detail, Sort
from payments.wallet.sources import journals_in, numbered


class RefundsOnStatement:
    prefix = "rfd"
    kinds: Mapping[str, Sort] = {"refund": Sort((journals.DONE, journals.BY_HAND), +1, "Refund from", "退款来自")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        """By what was bought, the refund's number or its order's."""
        named = Q(order__subject__icontains=text) | numbered("rfd", text) | ordered(text)
        return journals_in(queries.of_payer(customer_id).filter(named), "journal_id")

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = list(queries.of_payer(customer_id).filter(pk__in=ids).select_related("order"))
        names = merchants.names(row.merchant_id for row in rows if row.merchant_id)
        return {
            row.id: Detail(party=names[row.merchant_id] if row.merchant_id else row.order.subject, remark=row.order.subject) for row in rows
        }


def ordered(text: str) -> Q:
    """Refunds of the order whose public id is `text`."""
    try:
        return Q(order_id=parse_public_id("ord", text))
    except NotFound:
        return Q(pk__in=[])
