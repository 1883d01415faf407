"""What transfers say when an account wants to close, when a customer asks for their data, and on the seller's statement."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.privacy.sockets import Obstacle
from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.sockets import Detail, Sort
from wealth.transfer import journals, queries
from wealth.transfer.models import TransferTrade

OPEN = Obstacle(
    "transfer_open",
    "You offer a holding to others, or are about to buy one: withdraw the offer, or let the purchase lapse.",
    "您有转让中的持有或待支付的受让订单:请撤回转让,或等待订单失效。",
)


class Transfers:
    """A trade tells its customer nothing of the other side."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.open_of(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
        return [
            {
                "id": row.public_id,
                "product": row.product.code,
                "side": "buy" if row.buyer_id == customer_id else "sell",
                "state": row.state,
                "principal": row.part_fen,
                "price": row.price_fen,
                "currency": row.currency,
                "at": row.created_at.isoformat(),
            }
            for row in queries.trades(customer_id).order_by("created_at", "id")
        ]


class Sold:
    """How a sold holding reads on the seller's statement."""

    prefix = TransferTrade.PREFIX
    kinds = {"fixed_term_sold": Sort((journals.TRANSFERRED,), +1, "Holding of a fixed term sold", "定期转让到账")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        named = Q(version__name_zh__icontains=text) | Q(version__name_en__icontains=text)
        with suppress(NotFound):
            named |= Q(pk=parse_public_id(TransferTrade.PREFIX, text))
        found = queries.trades(customer_id).filter(named, seller_id=customer_id)
        return [found.values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        found = queries.trades(customer_id).filter(pk__in=ids, seller_id=customer_id)
        return {row.id: Detail(party=row.version.name_zh, fee_fen=row.fee_fen) for row in found}
