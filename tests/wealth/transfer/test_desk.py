"""Transfers at the desk: offers, trades, and what is looked at a second time."""

import pytest
from django.urls import reverse

from core.clock import queries as clock
from payments.cashier.story import STORY
from tests.desk.people import staff, verified
from tests.rules import capped
from tests.wealth.fixed_term.world import again as lot_again
from tests.wealth.fixed_term.world import put_away
from tests.wealth.transfer.world import CASH, offered, paid, reserved, saver
from wealth.catalog.models import Product
from wealth.transfer import surveillance
from wealth.transfer.caps import OFF_MARKET, WITHDRAWN
from wealth.transfer.services import offering

pytestmark = pytest.mark.django_db(transaction=True)
PART = 10_000


def test_prices_away_from_the_others_the_same_pair_and_many_withdrawals_are_shown(steady: Product) -> None:
    capped(OFF_MARKET, 80)
    capped(WITHDRAWN, 2)
    buyer, lot = saver(CASH), put_away(steady)
    assert surveillance.off_market(clock.now()) == []
    odd = paid(reserved(offered(steady, PART, premium_bp=-200, lot=lot), buyer))
    paid(reserved(offered(steady, PART, premium_bp=0, lot=lot_again(lot)), buyer))
    for _ in range(2):
        paid(reserved(offered(steady, PART, premium_bp=0)))
    at = clock.now()
    assert [one.pk for one in surveillance.off_market(at)] == [odd.pk]
    [pair] = surveillance.same_pairs(at)
    assert ({pair.one, pair.other}, pair.trades) == ({buyer.pk, lot.customer_id}, 2)
    quiet = put_away(steady)
    for _ in range(2):
        made = offered(steady, PART, lot=lot_again(quiet))
        offering.withdraw(customer_id=quiet.customer_id, offer_id=made.pk, at=at)
    assert [one.customer_id for one in surveillance.withdrawers(clock.now())] == [quiet.customer_id]
    client = verified(staff("ria", "risk"))
    text = client.get(reverse("admin:transfer_surveillance")).content.decode()
    for words in (odd.public_id, "-200", "Offers withdrawn often", quiet.customer.public_id):
        assert words in text, words
    assert "价格偏离" in client.get(reverse("admin:transfer_surveillance"), headers={"Accept-Language": "zh-hans"}).content.decode()


def test_offers_and_trades_have_pages_and_the_cashiers_order_tells_of_the_trade(steady: Product) -> None:
    offer = offered(steady, PART)
    trade = paid(reserved(offer))
    client = verified(staff("mia", "finance_maker"))
    for name, row in (("transferoffer", offer), ("transfertrade", trade)):
        assert client.get(reverse(f"admin:wealth_{name}_changelist")).status_code == 200
        text = client.get(reverse(f"admin:wealth_{name}_change", args=[row.pk])).content.decode()
        assert row.public_id in text
        assert trade.public_id in text
    assert trade.cashier_order_id is not None
    chapter = STORY.plugs["wealth.transfer"].chapter(order_id=trade.cashier_order_id, at=clock.now())
    assert len(chapter.rows) == 1
