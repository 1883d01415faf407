"""What agreements say when an account or a merchant wants to close, a card is unbound, or a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.agreements import queries

STANDING = Obstacle(
    "agreements_standing",
    "A merchant may still take money from you by agreement: cancel your agreements, and wait for deductions under way.",
    "您仍有生效中的代扣协议或未完成的扣款,请先解约并等待扣款结束。",
)
DEDUCTIONS_OPEN = Obstacle(
    "deductions_open", "Deductions are not over yet: end their agreements, or wait.", "仍有未完成的代扣,请终止相关协议或等待其完成。"
)


class CardUse:
    """Deductions that are not over hold the cards their agreement names."""

    words_en = "A deduction by agreement with this card is not over."
    words_zh = "该银行卡有未完成的代扣。"

    def count(self, *, card_id: uuid.UUID) -> int:
        return queries.open_with_card(card_id)


class Agreements:
    """Agreements that stand keep an account open, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [STANDING] if queries.standing_of(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "merchant": row.merchant_public_id,
                "title": row.title,
                "state": row.state,
                "cap": row.cap_fen,
                "currency": row.currency,
                "signed_at": row.signed_at.isoformat() if row.signed_at else None,
            }
            for row in queries.signed_by(customer_id).order_by("created_at", "id")
        ]


class Deductions:
    """A merchant does not close while it is owed a deduction's end."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [DEDUCTIONS_OPEN] if queries.open_of_merchant(merchant_id) else []
