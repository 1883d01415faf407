"""What keeps a customer's account or a merchant in use, what forbids a refund, and what a customer gets of their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from core.errors import DomainError
from payments.disputes import queries
from payments.disputes.services.opening import DisputeOpen

MINE = Obstacle(
    "disputes_open",
    "A payment of yours is in dispute: wait until it is decided, or withdraw the dispute.",
    "您有处理中的交易争议,请等待处理完成或撤销争议。",
)
THEIRS = Obstacle(
    "merchant_disputes_open",
    "Payments are in dispute: answer, and wait until they are decided.",
    "仍有处理中的交易争议,请答复并等待处理完成。",
)


class Disputes:
    """Disputes keep their payer's account open while they run, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [MINE] if queries.open_of_payer(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "order": row.order_public_id,
                "merchant": row.merchant_public_id,
                "kind": row.kind,
                "words": row.words,
                "state": row.state,
                "amount": row.amount_fen,
                "currency": row.currency,
                "at": row.created_at.isoformat(),
            }
            for row in queries.of_payer(customer_id).order_by("created_at", "id")
        ]


class MerchantDisputes:
    """A merchant does not close while it is disputed."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [THEIRS] if queries.under_way(merchant_id) else []


class NoRefund:
    """An order in dispute is not refunded beside it."""

    def obstacle(self, *, order_id: uuid.UUID) -> DomainError | None:
        found = queries.open_of_order(order_id)
        return None if found is None else DisputeOpen(dispute=found.public_id)
