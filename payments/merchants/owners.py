"""What merchants say when their owner wants to leave, asks for their data, or unbinds a card."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.merchants import queries
from payments.merchants.services import closing

OPEN = Obstacle(
    "merchants_open",
    "You have a merchant or an application for one: close the merchant, or wait until the application is decided.",
    "您名下仍有商户或入驻申请:请先关闭商户,或等待申请审核完成。",
)


class OwnersMerchants:
    """Merchants keep their owner's account open, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.opened_by(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        """Everything but keys, which are no person's."""
        return [
            {
                "id": row.public_id,
                "kind": row.kind,
                "name": row.name,
                "short_name": row.short_name,
                "category": row.category_id,
                "licence_number": row.licence_number,
                "contact_phone": row.contact_phone,
                "state": row.state,
                "reason": row.reason,
                "applied_at": row.applied_at.isoformat(),
            }
            for row in queries.own(customer_id)
        ]

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        closing.forget_owner(owner_id=customer_id)


class CardUse:
    """A card that an open merchant is paid out to."""

    words_en = "payouts of a merchant of yours, for which you can name another card"
    words_zh = "您的商户结算,可为其更换结算卡"

    def count(self, *, card_id: uuid.UUID) -> int:
        return queries.paid_out_to(card_id)
