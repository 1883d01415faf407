"""The customers' data keys: 32 random bytes each, wrapped by the master keys, destroyed when the account closes."""

import base64
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.identity.models import CustomerKey
from core.crypto.keyring import KEY_BYTES
from core.crypto.owner_keys import KeyDestroyed, opened


class CustomerKeys:
    """The customers as the owners core.crypto knows."""

    def present(self, owners: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
        rows = CustomerKey.objects.filter(pk__in=list(owners), destroyed_at=None).only("wrapped")
        return {row.pk: base64.b64decode(str(row.wrapped)) for row in rows}

    def for_sealing(self, owner: uuid.UUID) -> bytes:
        found = self.present([owner])
        if not found:
            fresh = CustomerKey(customer_id=owner, wrapped=base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
            CustomerKey.objects.bulk_create([fresh], ignore_conflicts=True)
            found = self.present([owner])
        if not found:
            raise KeyDestroyed("nothing more is sealed for a closed account")
        return found[owner]


@transaction.atomic
def destroy(*, customer_id: uuid.UUID, at: datetime) -> None:
    """Forget a customer's key for good: whatever it closed, here and in every backup, stays closed. Twice is once."""
    CustomerKey.objects.bulk_create([CustomerKey(customer_id=customer_id, wrapped=None, destroyed_at=at)], ignore_conflicts=True)
    CustomerKey.objects.filter(pk=customer_id, destroyed_at=None).update(wrapped=None, destroyed_at=at)
    opened.forget(customer_id)
    transaction.on_commit(lambda: opened.forget(customer_id))
