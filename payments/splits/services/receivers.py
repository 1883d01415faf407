"""Naming receivers: whoever a merchant gives a true name of, and taking them off the list."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.verification import queries as verification
from core.clock.queries import local_day
from core.errors import DomainError, NotFound
from core.ids import new_id, parse_public_id
from core.limits import services as counters
from core.limits.sockets import CapKind
from core.moves import advance
from payments.merchants import queries as merchants
from payments.merchants.queries import Merchant
from payments.merchants.states import MerchantState
from payments.splits import queries
from payments.splits.models import SplitReceiver
from payments.splits.states import RECEIVER_MOVES, ReceiverKind, ReceiverState

NAMED = CapKind("splits.named_a_day", _("Receivers of splits one merchant names, a day"), usual=100, most=10_000)
COUNTER = "split_receiver"


class ReceiverMismatch(DomainError):
    """Alike whether there is no such account, it cannot receive, or its name is another's."""

    code = "split_receiver_mismatch"
    status = 422
    en = "There is no account of this id and name that could receive. Check both with whom it belongs to."
    zh = "不存在与该编号和姓名相符且可收款的账户,请与对方核对。"


@transaction.atomic
def add(*, merchant: Merchant, kind: str, account: str, name: str, at: datetime) -> SplitReceiver:
    """Name a receiver by the public id of its account (mch_, cus_) and its full name; one that was removed is back.

    Raises ReceiverMismatch, LimitReached.
    """
    counters.take(counter=COUNTER, owner=merchant.id, period=local_day(at).isoformat(), amount=1, cap=NAMED.on(at))
    payee: dict[str, uuid.UUID | None] = {"payee_merchant_id": None, "payee_id": None}
    if kind == ReceiverKind.MERCHANT:
        payee["payee_merchant_id"] = merchant_named(merchant, account, name)
    else:
        payee["payee_id"] = customer_named(account, name)
    made = SplitReceiver(
        id=new_id(), merchant_id=merchant.id, shard=merchant.shard, kind=kind, created_at=at, changed_at=at, **payee
    )  # fmt: skip
    SplitReceiver.objects.bulk_create([made], ignore_conflicts=True)
    kept = SplitReceiver.objects.select_for_update(of=("self",)).get(merchant_id=merchant.id, **payee)
    return kept if kept.state == ReceiverState.ACTIVE else advance(kept, ReceiverState.ACTIVE, moves=RECEIVER_MOVES, at=at)


def merchant_named(own: Merchant, account: str, name: str) -> uuid.UUID:
    """Another active merchant of exactly this name. Raises ReceiverMismatch."""
    try:
        found = merchants.merchant(parse_public_id("mch", account))
    except NotFound as unknown:
        raise ReceiverMismatch(field="account") from unknown
    if found.id == own.id or found.state != MerchantState.ACTIVE or found.name != name.strip():
        raise ReceiverMismatch(field="account")
    return found.id


def customer_named(account: str, name: str) -> uuid.UUID:
    """An active customer whose verified name this is. Raises ReceiverMismatch."""
    try:
        customer_id = parse_public_id("cus", account)
    except NotFound as unknown:
        raise ReceiverMismatch(field="account") from unknown
    if identity.states([customer_id]).get(customer_id) != "active":
        raise ReceiverMismatch(field="account")
    if verification.real_names([customer_id]).get(customer_id) != name.strip():
        raise ReceiverMismatch(field="account")
    return customer_id


@transaction.atomic
def remove(*, merchant: Merchant, receiver_id: uuid.UUID, at: datetime) -> SplitReceiver:
    """Nothing more is split to it; what it has can still be given back. Raises NotFound, WrongState."""
    return advance(queries.receiver(merchant.id, receiver_id), ReceiverState.REMOVED, moves=RECEIVER_MOVES, at=at)
