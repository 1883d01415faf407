"""News of offers and trades, and their rows under lock."""

from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import public_id
from core.outbox import services as outbox
from wealth.transfer.models import TransferOffer, TransferTrade


def locked_offer(offer_id: UUID) -> TransferOffer:
    """Raises NotFound."""
    rows = TransferOffer.objects.select_for_update(of=("self",)).select_related("product__current", "version", "holding__version__product")
    found = rows.filter(pk=offer_id).first()
    if found is None:
        raise NotFound()
    return found


def locked_trade(trade_id: UUID) -> TransferTrade:
    """Raises NotFound."""
    found = TransferTrade.objects.select_for_update(of=("self",)).select_related("product", "version").filter(pk=trade_id).first()
    if found is None:
        raise NotFound()
    return found


def tell(topic: str, offer: TransferOffer, at: datetime, **facts: str | int) -> None:
    """To the seller."""
    payload: outbox.Payload = {
        "offer": offer.public_id,
        "customer": public_id("cus", offer.customer_id),
        "product": offer.product.public_id,
        "principal_fen": offer.part_fen,
        "premium_bp": offer.premium_bp,
        "currency": offer.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=offer.customer_id, payload=payload, at=at, key=offer.public_id)


def tell_buyer(topic: str, trade: TransferTrade, at: datetime, **facts: str | int) -> None:
    payload: outbox.Payload = {
        "trade": trade.public_id,
        "customer": public_id("cus", trade.buyer_id),
        "product": trade.product.public_id,
        "principal_fen": trade.part_fen,
        "price_fen": trade.price_fen,
        "currency": trade.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=trade.buyer_id, payload=payload, at=at, key=trade.public_id)
