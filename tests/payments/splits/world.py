"""Shops that split what they are paid with other shops and with customers."""

import uuid
from typing import Any

from accounts.identity.models import Customer
from accounts.verification import queries as verification
from core.clock import queries as clock
from payments.cashier.models import PaymentOrder
from payments.merchants.models import MerchantTerms
from payments.splits.models import Split, SplitReceiver
from payments.splits.services import receivers, splitting
from payments.splits.services.splitting import NewSplit
from tests.payments.cashier.world import BALANCE, Shop, new_order, pay, shop
from tests.payments.settlement.world import dated
from tests.payments.wallet.world import holder, open_day


def splitter(cap_bp: int = 3_000) -> Shop:
    open_day()
    where = shop()
    dated(MerchantTerms, where, split_cap_bp=cap_bp)
    return where


def to_split(where: Shop, fen: int, **facts: Any) -> PaymentOrder:
    """A paid order that is kept out of settlement."""
    order = new_order(where, fen, to_split=True, **facts)
    pay(holder(fen, pin=True), order, BALANCE, pin=True)
    return PaymentOrder.objects.get(pk=order.pk)


def receiver_shop(where: Shop, other: Shop) -> SplitReceiver:
    account, name = other.merchant.public_id, other.merchant.name
    return receivers.add(merchant=where.merchant, kind="merchant", account=account, name=name, at=clock.now())


def receiver_person(where: Shop, who: Customer) -> SplitReceiver:
    name = verification.real_names([who.id])[who.id]
    return receivers.add(merchant=where.merchant, kind="customer", account=who.public_id, name=name, at=clock.now())


def split(where: Shop, order: PaymentOrder, *parts: tuple[SplitReceiver, int], number: str = "", finish: bool = False) -> Split:
    wanted = NewSplit(number or uuid.uuid4().hex, tuple((who.id, fen) for who, fen in parts), "two cups", finish)
    return splitting.split(app=where.app, order_id=order.id, wanted=wanted, at=clock.now())
