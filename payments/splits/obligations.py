"""What keeps a merchant open while its orders wait for splits, and what a receiver gets of their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from core.ids import public_id
from payments.splits import queries

SPLITTING = Obstacle(
    "splits_under_way",
    "Orders wait to be split: finish their splitting, or wait until their 30 days are over.",
    "仍有订单等待分账,请完结分账或等待 30 天分账期结束。",
)


class MerchantSplits:
    """A merchant does not close while an order of it waits for splits."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [SPLITTING] if queries.under_way(merchant_id) else []


class Received:
    """What a customer was given of merchants' payments belongs into an export."""

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": part.split.public_id,
                "merchant": public_id("mch", part.split.merchant_id),
                "amount": part.amount_fen,
                "returned": part.returned_fen,
                "currency": part.split.currency,
                "at": part.split.created_at.isoformat(),
            }
            for part in queries.to_customer(customer_id).select_related("split").order_by("split__created_at", "id")
        ]
