"""What debts tell a customer who asks for their data. That a debt keeps an account open is said by lines, which know what is used."""

import uuid
from collections.abc import Mapping
from typing import Any

from credit.debts import queries


class Debts:
    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any]:
        return {
            "draws": [
                {
                    "id": row.public_id, "product": row.product.code, "state": row.state, "amount": row.amount_fen,
                    "agreed": row.quote, "agreed_sha256": row.quote_sha256, "at": row.created_at.isoformat(),
                }
                for row in queries.own_draws(customer_id).order_by("created_at", "id")
            ],
            "payments": [
                {"id": row.public_id, "kind": row.kind, "amount": row.amount_fen, "on": row.on.isoformat()}
                for row in queries.own_txns(customer_id).order_by("created_at", "id")
            ],
        }  # fmt: skip
