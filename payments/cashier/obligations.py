"""What keeps a card, a customer's account or a merchant in use, and what a customer gets of their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from core.ids import public_id
from payments.cashier import queries

PAYING = Obstacle(
    "payments_open",
    "A payment to a merchant is not over yet: wait for the bank's answer, or for the refund of a late payment.",
    "仍有未完成的商户付款,请等待银行返回结果或超时付款退回。",
)
BEING_PAID = Obstacle(
    "orders_under_way",
    "Orders are being paid, or given back after they were closed: wait until they are over.",
    "仍有订单正在支付或正在退回,请等待完成。",
)


class CardUse:
    """Payments that are not over hold their card."""

    words_en = "A payment with this card is under way."
    words_zh = "该银行卡有进行中的付款。"

    def count(self, *, card_id: uuid.UUID) -> int:
        return queries.open_with_card(public_id("crd", card_id))


class Payments:
    """Payments keep an account open while they run, and belong into an export."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [PAYING] if queries.open_of_customer(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "merchant": row.merchant_public_id,
                "subject": row.subject,
                "state": row.state,
                "amount": row.amount_fen,
                "currency": row.currency,
                "at": row.created_at.isoformat(),
            }
            for row in queries.paid_by(customer_id).order_by("created_at", "id")
        ]


class Orders:
    """A merchant does not close while somebody pays it."""

    def obstacles(self, *, merchant_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [BEING_PAID] if queries.under_way(merchant_id) else []
