"""Savers with a profile, a money fund on sale, the issuer's word, and every job of an order run to the end."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import parse_public_id
from core.moves import advance
from core.outbox import services as outbox
from payments.cashier import queries as cashier
from tests.factories import login
from tests.payments.cashier.world import BALANCE, assert_settled, pay, settle_cashier
from tests.payments.wallet.world import holder
from tests.wealth.suitability.people import profiled
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.current import queries as current
from wealth.issuers.models import Issuer, IssuerRequest
from wealth.issuers.port import Rejected
from wealth.issuers.services import concluding
from wealth.issuers.states import ISSUER_MOVES, REQUEST_MOVES, IssuerState, RequestState
from wealth.orders import queries, sweeps
from wealth.orders.models import WealthOrder
from wealth.orders.services import buying

FEN = 5_000_000
DONE = (
    "earning", "cash_paid", "confirmed", "refunded", "expired", "cancelled", "rejected", "checked", "refunding",
)  # fmt: skip


def api(who: Customer, method: str, path: str, data: Any = None, key: str = "") -> Any:
    """A request to /v1/wealth/ as the app sends it."""
    headers = {"Authorization": f"Bearer {login(who)}", "Idempotency-Key": key or uuid.uuid4().hex}
    return getattr(Client(), method)(f"/v1/wealth/{path}", data, content_type="application/json", headers=headers)


def saver(fen: int = 0) -> Customer:
    """A customer with a PIN, a profile that suits a money fund, and `fen` on the balance."""
    made = holder(fen, pin=True)
    profiled(made)
    return made


def order_of(body: Any) -> WealthOrder:
    return WealthOrder.objects.get(pk=parse_public_id(WealthOrder.PREFIX, body["id"]))


def ordered(who: Customer, product: Product, fen: int, *, at: datetime | None = None) -> WealthOrder:
    return buying.buy(customer_id=who.id, product_id=product.id, amount_fen=fen, at=at or clock.now())


def paid(who: Customer, order: WealthOrder, *, at: datetime | None = None) -> WealthOrder:
    """Paid from the balance at the cashier, with the PIN."""
    assert order.cashier_order_id is not None
    pay(who, cashier.order(order.cashier_order_id), BALANCE, pin=True, at=at)
    order.refresh_from_db()
    return order


def holding(product: Product, units: int) -> Customer:
    """A customer whose purchase of so many units is confirmed; nothing is left on the balance."""
    who = saver(units)
    order = paid(who, ordered(who, product, units))
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    return who


def go_on(at: datetime) -> int:
    """Every job of orders that is due, and those of the cashier and of channels; how many steps orders took."""
    moved = sum(sweeps.go_on(shard=shard, at=at) for shard in queries.due_shards(at))
    settle_cashier(at)
    outbox.run_pending(at=at)
    return moved


def waiting(sides: Sequence[str]) -> list[IssuerRequest]:
    operations = [{"buy": "subscribe", "redeem": "redeem"}[side] for side in sides]
    return list(IssuerRequest.objects.filter(settled_at=None, operation__in=operations).order_by("id"))


def left(request: IssuerRequest, at: datetime) -> IssuerRequest:
    """It is on its way to the issuer."""
    return advance(request, RequestState.SENT, moves=REQUEST_MOVES, at=at, sent_at=at, sends=1)


def confirm_all(at: datetime, *, fee_fen: int = 0) -> None:
    """The issuer's word on everything it was asked: done, at par."""
    for request in waiting(("buy", "redeem")):
        money = request.amount_fen or request.units_fen or 0
        units = money - fee_fen if request.amount_fen else money
        with transaction.atomic():
            facts = {"confirmed_fen": money, "confirmed_units_fen": units, "fee_fen": fee_fen, "nav": 1}
            day = clock.local_day(at)
            concluding.finish(left(locked(request), at), RequestState.CONFIRMED, at, confirmed_on=day, **facts)


def reject_all(at: datetime, *, code: str, sides: Sequence[str] = ("buy", "redeem")) -> None:
    """The issuer's word on everything it was asked: no."""
    for request in waiting(sides):
        left(request, at)
        concluding.conclude(request_id=request.id, result=Rejected(code), at=at)


def locked(request: IssuerRequest) -> IssuerRequest:
    return IssuerRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def units_of(who: Customer, product: Product) -> int:
    found = current.holding(who.id, product.id)
    return 0 if found is None else found.units_fen


def wait_until(day: date | None) -> datetime:
    assert day is not None
    return start_of_day(day)


def assert_whole(product: Product, *, units: int) -> None:
    """The books balance, nothing is set aside or under way at the cashier, and what the product holds is what customers have."""
    assert_settled()
    assert abs(balance(accounts.holdings(product.id)).posted) == units
    assert balance(accounts.advance(product.id)).posted == 0


def an_issuer() -> Issuer:
    """The sandbox issuer's row, taking orders; it is asked by nobody here."""
    at, names = clock.now(), {"name_en": "Sandbox Funds", "name_zh": "沙盒基金"}
    row = {"adapter": "sandbox_issuer", "created_at": at, "changed_at": at}
    found, _ = Issuer.objects.get_or_create(code="sandbox_issuer", defaults=row | names)
    if found.state == IssuerState.OFF:
        advance(found, IssuerState.ON, moves=ISSUER_MOVES, at=clock.now())
    return found
