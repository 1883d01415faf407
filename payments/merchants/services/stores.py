"""A merchant's stores, written by its owner or by one of its apps."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import advance
from payments.merchants import queries
from payments.merchants.models import Store
from payments.merchants.services.applications import locked, require_open, tell
from payments.merchants.states import STORE_MOVES, StoreState

STORES = CapKind("merchants.stores", _("Stores of one merchant"), usual=1000, most=100_000)


class TooManyStores(DomainError):
    code = "merchant_too_many_stores"
    en = "A merchant has at most {most} stores."
    zh = "每个商户最多 {most} 家门店。"


@transaction.atomic
def add(*, merchant_id: UUID, name: str, address: str, at: datetime) -> Store:
    """Raises MerchantNotOpen, TooManyStores. The caller has shown that the merchant is theirs."""
    merchant = require_open(locked(merchant_id))
    most = cap(STORES, at)
    if queries.stores(merchant_id).count() >= most:
        raise TooManyStores(most=most)
    store = Store.objects.create(merchant=merchant, name=name, address=address, created_at=at, changed_at=at)
    tell("merchant.store_added", merchant, at, store_id=str(store.id))
    return store


@transaction.atomic
def change(*, store: Store, name: str, address: str, at: datetime) -> Store:
    """Raises MerchantNotOpen."""
    merchant = require_open(locked(store.merchant_id))
    Store.objects.filter(pk=store.pk).update(name=name, address=address, changed_at=at)
    tell("merchant.store_changed", merchant, at, store_id=str(store.id))
    return queries.store(store.merchant_id, store.id)


@transaction.atomic
def close(*, store: Store, at: datetime) -> Store:
    """Orders may not name it any more. Raises MerchantNotOpen, WrongState."""
    return move(store, StoreState.CLOSED, "merchant.store_closed", at)


@transaction.atomic
def reopen(*, store: Store, at: datetime) -> Store:
    """Raises MerchantNotOpen, WrongState."""
    return move(store, StoreState.OPEN, "merchant.store_reopened", at)


def move(store: Store, to: StoreState, topic: str, at: datetime) -> Store:
    merchant = require_open(locked(store.merchant_id))
    advance(store, to, moves=STORE_MOVES, at=at)
    tell(topic, merchant, at, store_id=str(store.id))
    return store
