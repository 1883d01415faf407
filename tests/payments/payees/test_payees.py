"""Paying a payee from the balance, refunding it in parts, closing it, and what is refused."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.errors import DomainError, NotFound
from core.ids import new_id
from core.outbox.models import OutboxEvent
from payments.cashier import queries
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing, orders
from payments.cashier.services.paying import OrderPaid
from payments.cashier.sockets import PAYEES, PayeeOrder
from payments.refunds.services import asking
from payments.refunds.services.asking import NewRefund, PaidAPayee
from payments.refunds.states import AskedBy
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.plugs import also_plugged
from tests.payments.cashier.world import BALANCE, holder, pay
from tests.payments.wallet.world import open_day

KEEPS = platform_account("payable:unapplied")


class SoldOut(DomainError):
    code = "test_sold_out"
    en = "Sold out."
    zh = "已售罄。"


class Tent:
    """A payee that remembers what it was told. `refuses`: its `paid` does."""

    refusals = (SoldOut,)

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.refuses = False

    def require_payable(self, *, order: PayeeOrder, customer_id: uuid.UUID, at: datetime) -> None:
        assert order.customer_id == customer_id

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [credit(KEEPS, amount_fen)]

    def paid(self, *, order: PayeeOrder, journal_id: uuid.UUID, at: datetime) -> None:
        if self.refuses:
            raise SoldOut()
        self.told.append(("paid", order.payee_order_id))

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        self.told.append(("closed", code))

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        return [debit(KEEPS, amount_fen)]

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: uuid.UUID, at: datetime) -> None:
        self.told.append(("refunded", amount_fen))

    def refund_failed(self, *, order: PayeeOrder, refund_id: uuid.UUID, code: str, at: datetime) -> None:
        self.told.append(("refund_failed", code))


@pytest.fixture
def tent() -> Iterator[Tent]:
    made = Tent()
    with also_plugged(PAYEES, "tent", made):
        yield made


def ordered(who: uuid.UUID, fen: int, number: uuid.UUID | None = None) -> PaymentOrder:
    return orders.create_for(
        payee="tent",
        payee_order_id=number or new_id(),
        customer_id=who,
        amount_fen=fen,
        subject="A tent",
        life=timedelta(minutes=30),
        at=clock.now(),
    )


@pytest.mark.django_db
def test_a_payee_is_paid_at_once_and_refunded_in_parts_to_the_fen(tent: Tent) -> None:
    open_day()
    ann = holder(12_000)
    order = ordered(ann.id, 10_000)
    assert order.payee_order_id is not None
    assert ordered(ann.id, 10_000, order.payee_order_id).id == order.id
    pay(ann, order, BALANCE)
    assert tent.told == [("paid", order.payee_order_id)]
    assert balance(KEEPS).posted == 10_000
    topics = set(OutboxEvent.objects.filter(key=order.public_id).values_list("topic", flat=True))
    assert "cashier.paid_product" in topics
    assert "order.paid" not in topics
    key = new_id()
    for wanted, once in ((3_333, key), (3_333, key), (6_667, new_id())):
        asking.ask_for_payee(payee="tent", payee_order_id=order.payee_order_id, amount_fen=wanted, reason="", key=once, at=clock.now())
    assert tent.told[1:] == [("refunded", 3_333), ("refunded", 6_667)]
    assert balance(KEEPS).posted == 0
    assert queries.order_for("tent", order.payee_order_id).state == "refunded"
    assert_books_balance()


@pytest.mark.django_db
def test_what_the_payee_refuses_takes_nothing(tent: Tent) -> None:
    open_day()
    ann = holder(12_000)
    order = ordered(ann.id, 10_000)
    tent.refuses = True
    with pytest.raises(SoldOut):
        pay(ann, order, BALANCE)
    assert balance(KEEPS).posted == 0
    assert queries.order(order.id).state == "created"
    assert_books_balance()


@pytest.mark.django_db
def test_closing_is_told_once_and_not_after_payment(tent: Tent) -> None:
    open_day()
    ann = holder(12_000)
    order, paid = ordered(ann.id, 1_000), ordered(ann.id, 1_000)
    assert order.payee_order_id is not None
    assert paid.payee_order_id is not None
    for _ in range(2):
        closing.close_for(payee="tent", payee_order_id=order.payee_order_id, at=clock.now())
    assert tent.told == [("closed", closing.BY_PAYEE)]
    pay(ann, paid, BALANCE)
    with pytest.raises(OrderPaid):
        closing.close_for(payee="tent", payee_order_id=paid.payee_order_id, at=clock.now())


@pytest.mark.django_db
def test_nobody_else_pays_it_and_no_one_but_the_payee_refunds_it(tent: Tent) -> None:
    open_day()
    ann, bob = holder(12_000), holder(12_000)
    order = ordered(ann.id, 1_000)
    with pytest.raises(NotFound):
        pay(bob, order, BALANCE)
    pay(ann, order, BALANCE)
    with pytest.raises(PaidAPayee):
        asking.ask(order_id=order.id, wanted=NewRefund(100, "", AskedBy.OPERATOR, "staff:x"), at=clock.now())


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"payee": ""}, {"payee_order_id": None}, {"scene": "in_app"}, {"payer_id": None}])
def test_the_database_wants_a_merchant_or_a_payee(wrong: dict[str, object], tent: Tent) -> None:
    open_day()
    order = ordered(holder(1).id, 1_000)
    with pytest.raises(IntegrityError, match="payments_order_payee"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(**wrong)
