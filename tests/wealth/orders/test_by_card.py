"""Products bought with balance and card at the sandbox bank: confirmed, called off, refused by the issuer, and by us after the charge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.identity.models import Customer
from accounts.security.services import ProofMismatch, StepUpNeeded
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.errors import NotFound
from core.outbox.models import OutboxEvent
from payments.cards import services as cards
from payments.cashier import queries as cashier
from payments.cashier.models import PaymentAttempt
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from tests.payments.cashier.world import Holder, card, card_holder, pay, request_of, settle_cashier
from tests.payments.wallet.bank_world import settle_wallet
from tests.payments.wallet.world import posted, proven
from tests.sandbox_bank import SandboxBank
from tests.wealth.catalog import products
from tests.wealth.orders.world import an_issuer, assert_whole, confirm_all, go_on, ordered, reject_all, units_of
from tests.wealth.suitability.people import profiled
from wealth.catalog.models import Product
from wealth.catalog.services import reviewing
from wealth.orders.models import WealthOrder
from wealth.orders.services import ending, redeeming
from wealth.orders.services.to_card import ToCard

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


def saved(bank: SandboxBank, fen: int) -> tuple[Holder, Product]:
    """Somebody whose purchase of so much is confirmed."""
    an_issuer()
    who, product = saver(bank, fen), products.on_sale()
    order = ordered(who.customer, product, fen)
    assert order.cashier_order_id is not None
    pay(who.customer, cashier.order(order.cashier_order_id), [Pick("balance")])
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    return who, product


def given_up(who: Holder, product: Product, fen: int, *, fast: bool) -> WealthOrder:
    """Redeemed to the card, with a PIN."""
    to_card = ToCard(who.card.id, proven(who.customer, amount_fen=fen, payee=who.card.public_id, purpose="withdraw"))
    return redeeming.redeem(customer_id=who.customer.id, product_id=product.id, units_fen=fen, fast=fast, to_card=to_card, at=clock.now())


@pytest.mark.parametrize("fast", [True, False])
def test_redeemed_cash_goes_on_to_the_card(connected: SandboxBank, fast: bool) -> None:
    who, product = saved(connected, 10_000)
    before = card_fen(connected, who)
    order = given_up(who, product, 4_000, fast=fast)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    paid_at = order.cut_at if order.cash_on is None else start_of_day(order.cash_on)
    go_on(paid_at)
    settle_wallet(paid_at + timedelta(minutes=5))
    order.refresh_from_db()
    assert order.withdrawal_id is not None
    assert (card_fen(connected, who) - before, posted(who.customer)) == (4_000, 0)
    assert_whole(product, units=6_000)


def test_cash_for_a_card_that_is_gone_stays_on_the_balance_and_its_owner_hears_why(connected: SandboxBank) -> None:
    who, product = saved(connected, 10_000)
    order = given_up(who, product, 4_000, fast=False)
    cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    assert order.cash_on is not None
    go_on(start_of_day(order.cash_on))
    order.refresh_from_db()
    assert (order.state, order.withdrawal_id, posted(who.customer)) == ("cash_paid", None, 4_000)
    assert OutboxEvent.objects.get(topic="wealth.order_card_refused").payload["code"] == "card_not_usable"
    assert_whole(product, units=6_000)


def test_a_proof_is_of_this_card_and_amount_and_another_persons_card_is_no_card(connected: SandboxBank) -> None:
    who, product = saved(connected, 20_000)
    other = card_holder(connected)
    wrong = proven(who.customer, amount_fen=25_000, payee=who.card.public_id, purpose="withdraw")
    asked = {"customer_id": who.customer.id, "product_id": product.id, "units_fen": 26_000, "fast": False, "at": clock.now()}
    with pytest.raises(ProofMismatch):
        redeeming.redeem(**asked, to_card=ToCard(who.card.id, wrong))
    with pytest.raises(StepUpNeeded):
        redeeming.redeem(**asked, to_card=ToCard(who.card.id, replace(wrong, token="")))
    with pytest.raises(NotFound):
        redeeming.redeem(**asked, to_card=ToCard(other.card.id, wrong))
    assert_whole(product, units=20_000)
