"""What lines say when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from credit.lines import queries

ALIVE = Obstacle(
    "credit_line_open",
    "You have a credit line, or are offered one: close or decline it first.",
    "您有信用额度或待确认的额度邀请,请先关闭或拒绝。",
)


OWING = Obstacle(
    "credit_debt_open",
    "You owe money on a credit line: repay it first.",
    "您有未还清的借款,请先还款。",
)


class Lines:
    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        if queries.owing(customer_id):
            return [OWING]
        return [ALIVE] if queries.alive_of(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any]:
        return {
            "lines": [
                {
                    "id": row.public_id,
                    "product": row.product.code,
                    "state": row.state,
                    "grade": row.grade,
                    "limit": row.limit_fen,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.own_lines(customer_id).order_by("created_at", "id")
            ],
            "raises": [
                {"id": row.public_id, "state": row.state, "amount": row.amount_fen, "granted": row.granted_fen, "why": row.why}
                for row in queries.own_raises(customer_id).order_by("created_at", "id")
            ],
        }
