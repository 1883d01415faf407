"""What advice says when an account wants to close, when a customer asks for their data, and what it forgets of them."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from wealth.advisor import queries
from wealth.advisor.services import goals

INVESTING = Obstacle("wealth_investing_standing", "You invest regularly: end your regular investments first.", "您仍有定投计划,请先终止。")


class Advised:
    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [INVESTING] if queries.standing(customer_id).exists() else []

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        return {
            "plans": [
                {"id": row.public_id, "level": row.level, "state": row.state, "cash": row.cash_fen, "at": row.created_at.isoformat()}
                for row in queries.plans(customer_id).order_by("created_at", "id")
            ],
            "goals": [
                {
                    "id": row.public_id,
                    "name": row.name,
                    "amount": row.amount_fen,
                    "monthly": row.monthly_fen,
                    "due_on": row.due_on.isoformat(),
                    "at": row.created_at.isoformat(),
                }
                for row in queries.goals(customer_id).order_by("created_at", "id")
            ],
            "investing": [
                {
                    "id": row.public_id,
                    "product": row.product.code,
                    "amount": row.amount_fen,
                    "every": row.every,
                    "day": row.day,
                    "keep": row.keep_fen,
                    "state": row.state,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.investing(customer_id).order_by("created_at", "id")
            ],
            "runs": [
                {"id": row.public_id, "on": row.on.isoformat(), "state": row.state, "code": row.code, "amount": row.amount_fen}
                for row in queries.runs_of(customer_id).order_by("created_at", "id")
            ],
        }

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        goals.erase(customer_id=customer_id)
