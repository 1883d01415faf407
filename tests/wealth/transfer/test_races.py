"""Many at once at one offer: one has it, and money and principal agree."""

from typing import Any

import pytest

from core.clock import queries as clock
from payments.cashier import queries as cashier
from payments.cashier.services import closing
from tests.payments.cashier.world import BALANCE, approved, pay
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.fixed_term.world import FEN, principal
from tests.wealth.transfer.world import CASH, again, assert_conserved, offered, reserved, saver
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding
from wealth.transfer.models import TransferTrade
from wealth.transfer.services import buying, offering

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_buyers_at_once_one_gets_it(steady: Product) -> None:
    offer = offered(steady)
    buyers = [saver(CASH) for _ in range(5)]
    tried = together(lambda number: buying.reserve(customer_id=buyers[number].id, offer_id=offer.id, at=clock.now()), 5)
    won = [one for one in tried if isinstance(one, TransferTrade)]
    assert (len(won), TransferTrade.objects.count(), again(offer).trade_id) == (1, 1, won[0].id)
    assert {type(one).__name__ for one in tried if one not in won} == {"OfferGone"}


def test_withdrawing_and_reserving_at_once_one_of_them_wins(steady: Product) -> None:
    offer, buyer = offered(steady), saver(CASH)

    def act(number: int) -> Any:
        if number:
            return buying.reserve(customer_id=buyer.id, offer_id=offer.id, at=clock.now())
        return offering.withdraw(customer_id=offer.customer_id, offer_id=offer.id, at=clock.now())

    together(act, 2)
    trades = TransferTrade.objects.count()
    assert (again(offer).state, trades) in {("withdrawn", 0), ("reserved", 1)}
    lot = FixedHolding.objects.get(pk=offer.holding_id)
    assert lot.frozen_fen == FEN * trades


def test_paying_and_running_out_at_once_one_of_them_wins(steady: Product) -> None:
    offer, buyer = offered(steady), saver(CASH)
    trade = reserved(offer, buyer)
    order = cashier.order(trade.cashier_order_id)
    approved(buyer, order, BALANCE)

    def act(number: int) -> Any:
        if number:
            return closing.begin(order_id=order.id, code=closing.EXPIRED, at=clock.now())
        return pay(buyer, order, BALANCE, pin=True)

    together(act, 2)
    trade.refresh_from_db()
    assert (trade.state, again(offer).state) in {("settled", "sold"), ("lapsed", "listed")}
    settled = trade.state == "settled"
    assert posted(buyer) == (CASH - trade.price_fen if settled else CASH)
    assert FixedHolding.objects.filter(customer=buyer).exists() == settled
    assert principal(steady) == FEN
    assert_conserved(steady)
