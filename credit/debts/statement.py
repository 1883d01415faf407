"""How borrowing and repaying read on a customer's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from credit.debts import journals, queries
from credit.debts.models import CreditTxn
from payments.wallet.sockets import Detail, Sort


class Loans:
    prefix = CreditTxn.PREFIX
    kinds = {
        "credit_drawn": Sort((journals.DRAWN,), +1, "Borrowed", "借款到账"),
        "credit_repaid": Sort((journals.REPAID,), -1, "Debt repaid", "还款"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        named = Q(draw__version__name_zh__icontains=text) | Q(draw__version__name_en__icontains=text)
        with suppress(NotFound):
            named |= Q(pk=parse_public_id(CreditTxn.PREFIX, text))
        return [queries.own_txns(customer_id).filter(named).values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = queries.own_txns(customer_id).select_related("draw__version").filter(pk__in=ids)
        return {row.id: Detail(party=row.draw.version.name_zh) for row in rows}
