"""Paying a payee from the balance, refunding it in parts, closing it, and what is refused."""

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import new_id
from core.outbox.models import OutboxEvent
from payments.cashier import queries
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing
from payments.cashier.services.paying import OrderPaid
from payments.refunds.services import asking
from payments.refunds.services.asking import NewRefund, PaidAPayee
from payments.refunds.states import AskedBy
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import BALANCE, holder, pay
from tests.payments.payees.world import KEEPS, SoldOut, Tent, ordered
from tests.payments.wallet.world import open_day


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
