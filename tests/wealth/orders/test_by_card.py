"""Products bought with balance and card at the sandbox bank: confirmed, called off, refused by the issuer, and by us after the charge."""

from datetime import timedelta

import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.cashier import queries as cashier
from payments.cashier.models import PaymentAttempt
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from tests.payments.cashier.world import Holder, card, card_holder, pay, request_of, settle_cashier
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank
from tests.wealth.catalog import products
from tests.wealth.orders.world import an_issuer, assert_whole, confirm_all, go_on, ordered, reject_all, units_of
from tests.wealth.suitability.people import profiled
from wealth.catalog.models import Product
from wealth.catalog.services import reviewing
from wealth.orders.models import WealthOrder
from wealth.orders.services import ending

pytestmark = pytest.mark.django_db(transaction=True)


def saver(bank: SandboxBank, fen: int) -> Holder:
    who = card_holder(bank, fen=fen)
    profiled(who.customer)
    return who


def bought(who: Holder, product: Product, fen: int) -> WealthOrder:
    """Ordered, and paid with all of the balance and the card."""
    an_issuer()
    order = ordered(who.customer, product, fen)
    assert order.cashier_order_id is not None
    pay(who.customer, cashier.order(order.cashier_order_id), [Pick("balance"), card(who)])
    order.refresh_from_db()
    return order


def card_fen(bank: SandboxBank, who: Holder) -> int:
    found: int = bank.card(who.number)["balance_fen"]
    return found


def settled(who: Customer, at_balance: int) -> None:
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert posted(who) == at_balance


def test_balance_and_card_buy_units(connected: SandboxBank) -> None:
    who, product = saver(connected, 3_000), products.on_sale()
    before = card_fen(connected, who)
    order = bought(who, product, 10_000)
    assert (order.state, before - card_fen(connected, who)) == ("paid", 7_000)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert units_of(who.customer, product) == 10_000
    assert_whole(product, units=10_000)


def test_what_is_called_off_goes_back_to_balance_and_card(connected: SandboxBank) -> None:
    who, product = saver(connected, 3_000), products.on_sale()
    before = card_fen(connected, who)
    order = bought(who, product, 10_000)
    ending.cancel(customer_id=who.customer.id, order_id=order.id, at=clock.now())
    go_on(clock.now())
    settled(who.customer, 3_000)
    order.refresh_from_db()
    assert (order.state, card_fen(connected, who)) == ("refunded", before)
    assert_whole(product, units=0)


def test_what_the_issuer_refuses_goes_back_to_balance_and_card(connected: SandboxBank) -> None:
    who, product = saver(connected, 3_000), products.on_sale()
    before = card_fen(connected, who)
    order = bought(who, product, 10_000)
    go_on(order.cut_at)
    reject_all(order.cut_at, code="fund_closed")
    go_on(order.cut_at)
    settle_cashier(order.cut_at + timedelta(seconds=10))
    order.refresh_from_db()
    assert (order.state, card_fen(connected, who), posted(who.customer)) == ("refunded", before, 3_000)
    assert_whole(product, units=0)


def test_a_product_that_is_suspended_while_the_bank_thinks_is_not_bought(connected: SandboxBank) -> None:
    who, product = saver(connected, 3_000), products.on_sale()
    before = card_fen(connected, who)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    order = bought(who, product, 10_000)
    assert order.state == "checked"
    reviewing.suspend(product_id=product.id, reason="the issuer asked for it", at=clock.now())
    (attempt,) = PaymentAttempt.objects.all()
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(attempt).request_no)
    settle_cashier(clock.now() + timedelta(seconds=61))
    settle_cashier(clock.now() + timedelta(hours=1))
    order.refresh_from_db()
    assert (order.state, card_fen(connected, who), posted(who.customer)) == ("expired", before, 3_000)
    assert_whole(product, units=0)
