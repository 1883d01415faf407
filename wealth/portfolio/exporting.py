"""What portfolios say when a customer asks for their data. They name nobody, so nothing of them is erased."""

import uuid
from collections.abc import Mapping
from typing import Any

from wealth.portfolio.statement import months


class Months:
    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "month": one.name,
                "first_day": one.first.isoformat(),
                "last_day": one.last.isoformat(),
                "opening": one.amounts.opening_fen,
                "in": one.amounts.paid_in_fen,
                "out": one.amounts.paid_out_fen,
                "income": one.amounts.income_fen,
                "closing": one.amounts.closing_fen,
                "currency": "CNY",
            }
            for one in months(customer_id)
        ]
