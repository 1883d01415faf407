"""Shops with orders, payers with balances and cards, and every job of the cashier run to the end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.identity.models import Customer
from accounts.ledger.models import Journal, LedgerAccount
from accounts.ledger.queries import balance
from core.clock import queries as clock
from payments.cashier import outbound, queries, sweeps
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import funding, orders, paying
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import NewOrder
from payments.channels.models import ChannelRequest
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.merchants.models import Merchant, MerchantApp
from payments.wallet import queries as wallet
from payments.wallet.services.authority import Intent
from tests.ledger_proof import assert_books_balance
from tests.payments.merchants.world import add_app, opened
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.wallet.bank_world import Holder, card_holder
from tests.payments.wallet.world import fund, holder, intent, proven

__all__ = ["Holder", "card_holder", "fund", "holder", "intent"]
SHARDS = 64
BALANCE = [Pick("balance")]


@dataclass
class Shop:
    merchant: Merchant
    app: MerchantApp


def shop() -> Shop:
    merchant = opened()
    return Shop(merchant, merchants.app(add_app(merchant).id))


def new_order(where: Shop, fen: int, *, at: datetime | None = None, **facts: Any) -> PaymentOrder:
    wanted = NewOrder(**({"out_trade_no": uuid.uuid4().hex, "amount_fen": fen, "subject": "A pot of tea"} | facts))
    return orders.create(app=where.app, wanted=wanted, at=at or clock.now())


def approved(who: Customer, order: PaymentOrder, picks: Sequence[Pick], *, at: datetime | None = None) -> Intent:
    """A PIN proof for what the payer gives (the customer needs the PIN)."""
    planned = funding.shares(order=order, customer_id=who.id, picks=picks, at=at or clock.now())
    return proven(who, amount_fen=funding.payer_fen(planned), payee=order.public_id, purpose="payment")


def begin(who: Customer, order: PaymentOrder, picks: Sequence[Pick], *, pin: bool = False, at: datetime | None = None) -> PaymentAttempt:
    """An attempt written down, its channel not asked yet."""
    given = approved(who, order, picks, at=at) if pin else intent(who)
    return paying.pay(intent=given, order_id=order.id, picks=picks, at=at or clock.now())


def pay(who: Customer, order: PaymentOrder, picks: Sequence[Pick], *, pin: bool = False, at: datetime | None = None) -> PaymentAttempt:
    at = at or clock.now()
    return outbound.ask(attempt_id=begin(who, order, picks, pin=pin, at=at).id, at=at)


def card(who: Holder, fen: int | None = None) -> Pick:
    return Pick("card", who.card.public_id, fen)


def settle_cashier(at: datetime, *, pause_s: float = 0.0) -> datetime:
    """Every job of channels and cashier until nothing moves."""
    for _ in range(4):
        at = settle(at, pause_s=pause_s)
        moved = sum(
            sweep(shard=shard, at=at) for name, shard in queries.due_shards(at, waited=sweeps.AFTER) for sweep in [getattr(sweeps, name)]
        )
        if not moved:
            return at
    raise AssertionError("the cashier's sweepers find no end")


def assert_settled(*, expected: dict[Customer, int] | None = None) -> None:
    """Ledger sum zero, no open hold, request, attempt or leg, and these balances."""
    assert_nothing_open()
    assert_books_balance()
    assert not PaymentOrder.objects.filter(state__in=["paying", "closing", "paid_late", "refunding"]).exists()
    assert not PaymentAttempt.objects.filter(state__in=["open", "given_up"]).exists()
    assert not FundingLeg.objects.filter(state__in=["held", "unknown"]).exists()
    for customer, fen in (expected or {}).items():
        found = wallet.balance(customer.id)
        assert (found.posted, found.held) == (fen, 0)


def pending(where: Shop) -> int:
    """What the merchant is owed and not settled."""
    return balance(accounts.pending(where.merchant.id)).posted


def booked(journal_id: uuid.UUID | None) -> dict[str, int]:
    """Account name to signed amount of a journal."""
    journal = Journal.objects.get(pk=journal_id)
    names = dict(LedgerAccount.objects.filter(id__in=journal.accounts).values_list("id", "name"))
    return {names[account]: amount for account, amount in zip(journal.accounts, journal.amounts, strict=True)}


def request_of(attempt: PaymentAttempt, operation: str = "pay") -> ChannelRequest:
    legs = FundingLeg.objects.filter(attempt=attempt, external=True).values("id")
    return ChannelRequest.objects.get(business_id__in=legs, operation=operation)


def long_after(at: datetime) -> datetime:
    return at + timedelta(hours=1)
