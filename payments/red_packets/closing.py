"""What red packets say when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.red_packets import queries

OPEN = Obstacle(
    "red_packets_open",
    "A red packet you sent is not over yet: wait until it is taken or has come back.",
    "您发出的红包尚未结束,请等待领取完毕或退回。",
)


class Packets:
    """A packet that holds money keeps its sender's account open; what was sent and taken belongs into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.not_over(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        """Others by their packets' ids alone."""
        return {
            "sent": [
                {
                    "id": row.public_id,
                    "kind": row.kind,
                    "state": row.state,
                    "shares": row.count,
                    "amount": row.total_fen,
                    "taken": row.taken_fen,
                    "currency": row.currency,
                    "message": row.message,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.sent_by(customer_id).order_by("created_at", "id")
            ],
            "taken": [
                {
                    "id": row.packet.public_id,
                    "amount": row.amount_fen,
                    "currency": row.packet.currency,
                    "at": row.taken_at.isoformat() if row.taken_at else "",
                }
                for row in queries.shares_of(customer_id).order_by("taken_at", "id")
            ],
        }
