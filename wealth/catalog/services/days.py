"""Telling that what customers had on days that are over is known differently now."""

from datetime import date, datetime
from uuid import UUID

from core.ids import public_id
from core.outbox import services as outbox
from wealth.catalog.models import Product

CHANGED = "wealth.days_changed"


def changed(*, product_id: UUID, low: int, high: int, since: date, at: datetime) -> None:
    """What the kind's `Holdings.day_sql` says of the product's holders in shards `low` to `high` (exclusive) is another from `since` on."""
    payload: outbox.Payload = {"product_id": public_id(Product.PREFIX, product_id), "low": low, "high": high, "since": since.isoformat()}
    outbox.publish(topic=CHANGED, owner=product_id, payload=payload, at=at)
