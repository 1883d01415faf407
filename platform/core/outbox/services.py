"""Telling the rest of the platform what happened, in the same transaction as what happened."""

import uuid
from datetime import datetime

from django.db import transaction

from core.ids import shard_of
from core.outbox.models import OutboxEvent

Payload = dict[str, "str | int | bool | list[str] | list[int] | dict[str, str | int | bool | None] | None"]


def publish(*, topic: str, owner: uuid.UUID, payload: Payload, at: datetime, key: str | None = None) -> OutboxEvent:
    """Write one event; events of one `key` (the owner unless named) reach a handler in order.

    `topic` is `<room>.<past participle>` (`card.bound`). The payload holds ids and facts, never secrets or names.
    Must be called inside the transaction of the effect; raises TransactionManagementError elsewhere.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("outbox.publish belongs inside the effect's transaction")
    return OutboxEvent.objects.create(
        shard=shard_of(owner), topic=topic, key=key or str(owner), payload=payload, occurred_at=at, next_attempt_at=at
    )
