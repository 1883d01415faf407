"""What cards says when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.cards import queries

BOUND = Obstacle("cards_bound", "A card is still bound: unbind every card first.", "仍有已绑定的银行卡,请先全部解绑。")


class BoundCards:
    """A bound card can still be paid from, so it keeps an account open; what is shown of it belongs into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [BOUND] if queries.live_cards(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "bank": row.bank_id,
                "last4": row.last4,
                "nickname": row.nickname,
                "state": row.state,
                "at": row.created_at,
            }
            for row in queries.live_cards(customer_id)
        ]
