"""How a payment to a merchant reads on the customer's statement."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from payments.cashier import journals, queries
from payments.merchants import queries as merchants
from payments.wallet.sockets import Detail, Sort
from payments.wallet.sources import journals_in, numbered


class OrdersOnStatement:
    prefix = "ord"
    kinds: Mapping[str, Sort] = {"payment": Sort((journals.PAID,), -1, "Payment to", "付款给")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        """By what was bought, by the order's number or the merchant's number of it."""
        found = queries.paid_by(customer_id).filter(Q(subject__icontains=text) | Q(out_trade_no=text) | numbered("ord", text))
        return journals_in(found, "journal_id")

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = list(queries.paid_by(customer_id).filter(pk__in=ids))
        names = merchants.names(row.merchant_id for row in rows if row.merchant_id)
        return {row.id: Detail(party=names[row.merchant_id] if row.merchant_id else row.subject, remark=row.subject) for row in rows}
