"""Money funds as a way to pay at the cashier: paid at once, refused, refunded into shares again, and what cannot become shares again."""

import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.cashier import queries as cashier
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services.funding import Pick, UnknownMethod
from payments.cashier.sockets import OrderFacts
from tests.payments.cashier.world import Shop, card, card_holder, new_order, pay, pending, shop
from tests.payments.refunds.world import refund
from tests.payments.wallet.world import fund, posted
from tests.query_counts import assert_queries_do_not_grow
from tests.sandbox_bank import SandboxBank
from tests.together import together
from tests.wealth.catalog.products import on_sale
from tests.wealth.orders.world import (
    an_issuer,
    assert_whole,
    confirm_all,
    go_on,
    holding,
    ordered,
    paid,
    reject_all,
    saver,
    units_of,
)
from tests.wealth.suitability.people import profiled
from wealth.catalog.models import Product
from wealth.orders.fund_shares import FundShares
from wealth.orders.models import WealthOrder
from wealth.orders.queries import fast_used_fen
from wealth.orders.services import ending

pytestmark = pytest.mark.django_db(transaction=True)


def by_shares(who: Customer, product: Product, where: Shop, fen: int) -> PaymentOrder:
    order = new_order(where, fen)
    assert pay(who, order, [shares(product)], pin=True).result == "paid"
    order.refresh_from_db()
    return order


def shares(product: Product, fen: int | None = None) -> Pick:
    return Pick("fund_share", product.public_id, fen)


def of_leg(order: PaymentOrder, side: str = "redeem") -> WealthOrder:
    legs = FundingLeg.objects.filter(attempt__order=order, source="fund_share").values("id")
    return WealthOrder.objects.filter(leg_id__in=legs, side=side).latest("created_at")


def test_shares_pay_an_order_at_once_and_the_issuers_word_settles_what_was_advanced(money_fund: Product) -> None:
    who, where = holding(money_fund, 60_000), shop()
    order = by_shares(who, money_fund, where, 30_000)
    spent = of_leg(order)
    assert (order.state, spent.state, spent.amount_fen, pending(where) > 0) == ("paid", "fast_paid", 30_000, True)
    assert (units_of(who, money_fund), fast_used_fen(who.id, money_fund.id, clock.now()), posted(who)) == (60_000, 30_000, 0)
    confirm_all(spent.cut_at)
    spent.refresh_from_db()
    assert (spent.state, units_of(who, money_fund)) == ("confirmed", 30_000)
    assert_whole(money_fund, units=30_000)


def test_what_is_refunded_buys_shares_again_part_by_part(money_fund: Product) -> None:
    who, where = holding(money_fund, 60_000), shop()
    order = by_shares(who, money_fund, where, 30_000)
    confirm_all(of_leg(order).cut_at)
    for fen in (10_000, 19_999):
        refund(order, fen)
    back = of_leg(order, "buy")
    assert (back.state, back.amount_fen, back.serves) == ("paid", 19_999, "refund")
    assert fast_used_fen(who.id, money_fund.id, clock.now()) == 1
    go_on(back.cut_at)
    confirm_all(back.cut_at)
    assert (units_of(who, money_fund), posted(who)) == (59_999, 0)
    assert_whole(money_fund, units=59_999)


@pytest.mark.parametrize("how", ["rejected", "called off"])
def test_a_refund_that_cannot_buy_shares_again_reaches_the_balance(money_fund: Product, how: str) -> None:
    who, where = holding(money_fund, 50_000), shop()
    order = by_shares(who, money_fund, where, 20_000)
    confirm_all(of_leg(order).cut_at)
    refund(order, 20_000)
    back = of_leg(order, "buy")
    if how == "rejected":
        go_on(back.cut_at)
        reject_all(back.cut_at, code="PRODUCT_CLOSED")
    else:
        ending.cancel(customer_id=who.id, order_id=back.id, at=clock.now())
    go_on(back.cut_at)
    back.refresh_from_db()
    assert (back.state, posted(who), units_of(who, money_fund)) == ("refunded", 20_000, 30_000)
    assert_whole(money_fund, units=30_000)


def test_with_a_card_that_is_refused_the_units_and_the_days_limit_are_free_again(connected: SandboxBank) -> None:
    an_issuer()
    product, who = on_sale(minimum_fen=100), card_holder(connected, fen=20_000)
    profiled(who.customer)
    order = ordered(who.customer, product, 20_000)
    assert order.cashier_order_id is not None
    pay(who.customer, cashier.order(order.cashier_order_id), [Pick("balance")])
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    tea = new_order(shop(), 15_000)
    assert pay(who.customer, tea, [shares(product, 5_000), card(who, 10_000)]).result == "refused"
    spent = of_leg(tea)
    assert (spent.state, spent.code) == ("cancelled", "payment_ended")
    assert fast_used_fen(who.customer.id, product.id, clock.now()) == 0
    assert pay(who.customer, tea, [shares(product, 5_000), card(who, 10_000)]).result == "paid"
    confirm_all(order.cut_at)
    assert_whole(product, units=15_000)


def test_ten_payments_at_once_never_pass_the_days_limit(small_cap: Product) -> None:
    who, where = holding(small_cap, 10_000), shop()
    orders = [new_order(where, 1_000) for _ in range(10)]
    ends = together(lambda number: pay(who, orders[number], [shares(small_cap)], pin=True).result, 10)
    assert ends.count("paid") == 3
    for request in WealthOrder.objects.filter(state="fast_paid"):
        confirm_all(request.cut_at)
    assert_whole(small_cap, units=7_000)


def facts(order: PaymentOrder) -> OrderFacts:
    return OrderFacts(order.id, order.public_id, order.merchant_id, None, order.scene, order.subject, order.amount_fen, order.currency)


def test_only_funds_one_has_are_offered_and_one_that_is_not_ones_own_is_refused(money_fund: Product) -> None:
    stranger, owner = saver(1_000), holding(money_fund, 5_000)
    order = new_order(shop(), 500)
    with pytest.raises(UnknownMethod):
        pay(stranger, order, [shares(money_fund)])
    source = FundShares()
    offered = source.offers(order=facts(order), customer_id=owner.id, factors=1, at=clock.now())
    assert [(one.ref, one.most_fen, one.reason) for one in offered] == [(money_fund.public_id, 5_000, None)]
    assert [source.has(customer_id=owner.id, ref=ref) for ref in (money_fund.public_id, "prd_no", stranger.public_id)] == [
        True,
        False,
        False,
    ]
    by_shares(owner, money_fund, shop(), 5_000)
    assert source.offers(order=facts(order), customer_id=owner.id, factors=1, at=clock.now()) == []


def test_what_one_has_costs_the_same_queries_however_many_funds(money_fund: Product) -> None:
    one, many, order = holding(money_fund, 5_000), holding(money_fund, 5_000), new_order(shop(), 500)
    for number in range(3):
        own = on_sale(code=f"MANY{number}", minimum_fen=100)
        fund(many, 100)
        bought = paid(many, ordered(many, own, 100))
        go_on(bought.cut_at)
        confirm_all(bought.cut_at)

    def offered(who: Customer) -> int:
        return len(FundShares().offers(order=facts(order), customer_id=who.id, factors=1, at=clock.now()))

    assert_queries_do_not_grow(offered, one, many, at_most=8)
