"""What keeps a customer's account or a merchant in use, and what a customer gets of their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.refunds import queries

COMING = Obstacle(
    "refunds_open",
    "A refund to you is on its way: wait until it has arrived.",
    "您有退款正在处理中,请等待退款到账。",
)
GOING = Obstacle(
    "merchant_refunds_open",
    "Refunds are under way: wait until they are over.",
    "仍有退款正在处理中,请等待完成。",
)


class Refunds:
    """Refunds keep their payer's account open while they run, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [COMING] if queries.open_of_payer(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "order": row.order_public_id,
                "merchant": row.merchant_public_id,
                "reason": row.reason,
                "state": row.status,
                "amount": row.amount_fen,
                "currency": row.currency,
                "at": row.created_at.isoformat(),
            }
            for row in queries.of_payer(customer_id).order_by("created_at", "id")
        ]


class MerchantRefunds:
    """A merchant does not close while it gives something back."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [GOING] if queries.under_way(merchant_id) else []
