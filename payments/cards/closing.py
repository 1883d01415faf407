"""What cards says when an account wants to close, and when a customer asks for their data."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from payments.cards import queries, services
from payments.cards.models import Card, CardBinding

BOUND = Obstacle("cards_bound", "A card is still bound: unbind every card first.", "仍有已绑定的银行卡,请先全部解绑。")

BINDING = Obstacle(
    "cards_binding",
    "A card is being bound: finish it, or wait a few minutes until it is over.",
    "有银行卡正在绑定,请先完成,或稍候几分钟待其结束。",
)


class BoundCards:
    """A bound card can still be paid from, and one being bound will be, so they keep an account open; what is known of a card,
    unbound or not, belongs into an export; what its owner called it goes with the account."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        facts = [(BOUND, queries.live_cards(customer_id)), (BINDING, queries.open_bindings(customer_id))]
        return [obstacle for obstacle, rows in facts if rows.exists()]

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        services.erase(customer_id=customer_id, at=at)

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {**named(row), "nickname": row.nickname, "unbound_at": row.unbound_at, "unbound_by": row.unbound_by}
            for row in queries.every_card(customer_id)
        ]


class Tries:
    """What is kept of tries to bind a card, also those that came to nothing."""

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {**named(row), "mobile": row.mobile_masked, "code": row.code, "sms_sent_at": row.sms_sent_at}
            for row in queries.every_binding(customer_id)
        ]


def named(row: Card | CardBinding) -> Mapping[str, Any]:
    """What cards and bindings have in common."""
    return {
        "id": row.public_id,
        "bank": row.bank_id,
        "kind": row.kind,
        "bin": row.bin,
        "last4": row.last4,
        "state": row.state,
        "at": row.created_at,
    }
