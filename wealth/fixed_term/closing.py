"""What fixed terms say when an account wants to close, when a customer asks for their data, and on the statement of the balance."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.privacy.sockets import Obstacle
from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.sockets import Detail, Sort
from wealth.fixed_term import journals, queries
from wealth.fixed_term.models import FixedHolding

OPEN = Obstacle(
    "fixed_term_open",
    "You have money in a fixed term: wait for its day, or take it early where you may.",
    "您还有未到期的定期产品:请等待到期,或在允许时提前支取。",
)


class Lots:
    """Lots name nobody but their customer, so nothing of them is erased: books stay."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.open_of(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "product": row.product.code,
                "state": row.state,
                "opened": row.opened_fen,
                "principal": row.principal_fen,
                "earned": row.earned_fen,
                "currency": row.currency,
                "rate_bp": row.rate_bp,
                "starts_on": row.starts_on.isoformat(),
                "matures_on": row.matures_on.isoformat(),
                "instruction": row.instruction,
                "at": row.created_at.isoformat(),
            }
            for row in queries.own(customer_id).order_by("created_at", "id")
        ]


class Maturities:
    """How paid maturities read on the statement."""

    prefix = FixedHolding.PREFIX
    kinds = {"fixed_term_matured": Sort((journals.MATURITY_PAID,), +1, "Fixed term paid", "定期到期到账")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        named = Q(version__name_zh__icontains=text) | Q(version__name_en__icontains=text)
        with suppress(NotFound):
            named |= Q(pk=parse_public_id(FixedHolding.PREFIX, text))
        found = queries.own(customer_id).filter(named, pay_journal_id__isnull=False)
        return [found.values("pay_journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        return {row.id: Detail(party=row.version.name_zh) for row in queries.own(customer_id).filter(pk__in=ids)}
