"""What orders say when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from wealth.orders import queries

OPEN = Obstacle(
    "wealth_orders_open",
    "An order of a product is not over yet: call it off, or wait until it is confirmed, paid or refunded.",
    "您有理财订单尚未完成:请撤单,或等待确认、到账或退款。",
)


class Orders:
    """Orders name nobody but their customer, so nothing of them is erased: books stay."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.open_of(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "product": row.product.code,
                "side": row.side,
                "state": row.state,
                "fast": row.fast,
                "amount": row.amount_fen,
                "units": row.units_fen,
                "fee": row.fee_fen,
                "currency": row.currency,
                "trade_on": row.trade_on.isoformat(),
                "at": row.created_at.isoformat(),
            }
            for row in queries.own(customer_id).order_by("created_at", "id")
        ]
