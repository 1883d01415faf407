"""What an attacker tries on the transfer market. Each fails as long as the hole is open."""

import pytest

from core.errors import DomainError
from payments.cashier.services import closing
from core.clock import queries as clock
from tests.payments.wallet.world import freeze
from tests.wealth.fixed_term.world import FEN, deposits, put_away
from tests.wealth.transfer.conftest import connected, opened, sandbox_bank
from tests.wealth.transfer.world import again, api, asked, offered, paid, reserved, saver
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding
from wealth.transfer.services.buying import PAYEE

__all__ = ["connected", "opened", "sandbox_bank"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_frozen_sellers_offer_is_not_reserved_anew(steady: Product) -> None:
    offer = offered(steady, premium_bp=-9_000)
    freeze(offer.customer)
    with pytest.raises(DomainError):
        reserved(offer)
    assert again(offer).state == "listed"


def test_a_holding_is_not_given_away_without_a_proof(steady: Product) -> None:
    lot = put_away(steady)
    answer = api(lot.customer, "post", "transfers/offers", asked(lot, FEN, -9_900))
    assert answer.status_code != 201, answer.json()["price"]


def test_no_offer_breaks_the_order_book_for_everybody(steady: Product) -> None:
    made = offered(steady, premium_bp=-9_999)
    assert made.state == "listed"
    assert api(saver(), "get", "transfers/book").status_code == 200


def test_what_one_person_may_have_of_a_product_binds_on_the_market_too(opened: None) -> None:
    capped = deposits(transferable=True, person_cap_fen=FEN)
    buyer = saver(FEN)
    put_away(capped, who=buyer)
    offer = offered(capped)
    with pytest.raises(DomainError):
        reserved(offer, buyer)


def test_a_sale_in_small_parts_costs_a_fee_and_earns_no_more(opened: None) -> None:
    product = deposits(transferable=True, rounding="half_up")
    lot = put_away(product)
    before = lot.interest_fen
    trade = paid(reserved(offered(product, 199, premium_bp=0, lot=lot)))
    rest = FixedHolding.objects.get(pk=lot.pk).interest_fen
    part = FixedHolding.objects.get(pk=trade.bought_id).interest_fen
    assert (trade.fee_fen > 0, rest + part <= before) == (True, True), (trade.fee_fen, rest, part, before)


def test_a_buyer_who_does_not_pay_cannot_keep_an_offer_reserved_for_ever(steady: Product) -> None:
    offer, buyer = offered(steady), saver(1)
    with pytest.raises(DomainError):
        for _ in range(20):
            trade = reserved(offer, buyer)
            closing.close_for(payee=PAYEE, payee_order_id=trade.id, at=clock.now())
