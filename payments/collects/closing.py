"""What collects say when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.collects import queries

OPEN = Obstacle(
    "collects_open",
    "You still ask others for money in a collect: close it first.",
    "您发起的群收款仍在进行中,请先结束收款。",
)


class Collects:
    """An open collect keeps its organiser's account open; being asked keeps nobody."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.is_open(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        """Others are not named."""
        return {
            "organised": [
                {
                    "id": row.public_id,
                    "title": row.title,
                    "state": row.state,
                    "people": row.heads,
                    "amount": row.total_fen,
                    "paid": row.paid_fen,
                    "currency": row.currency,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.organised_by(customer_id).order_by("created_at", "id")
            ],
            "asked": [
                {
                    "id": row.public_id,
                    "collect": row.collect.public_id,
                    "title": row.collect.title,
                    "state": row.state,
                    "amount": row.amount_fen,
                    "currency": row.collect.currency,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.asked_of(customer_id).order_by("created_at", "id")
            ],
        }
