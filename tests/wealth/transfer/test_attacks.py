"""What an attacker tries on the transfer market."""

import pytest
from django.db import connection

from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier.services import closing
from tests.factories import proof
from tests.ledger_proof import behind_its_back
from tests.payments.wallet.world import freeze, intent, posted, session_of
from tests.rules import capped, unguarded
from tests.wealth.fixed_term.world import FEN, deposits, put_away
from tests.wealth.transfer.world import CASH, again, api, asked, assert_conserved, offered, paid, reserved, saver
from wealth.catalog.models import Product
from wealth.catalog.services import quotas, reviewing
from wealth.fixed_term.models import FixedHolding
from wealth.transfer.caps import LAPSED, RESERVED
from wealth.transfer.models import TransferOffer
from wealth.transfer.refusals import (
    DiscountTooLarge,
    NotTransferable,
    OfferGone,
    OfferTooDear,
    PartTooSmall,
    TooManyLapsed,
    TooManyReserved,
)
from wealth.transfer.services import offering
from wealth.transfer.services.buying import PAYEE

pytestmark = pytest.mark.django_db(transaction=True)


def ids(who: object) -> list[str]:
    return [one["id"] for one in api(who, "get", "transfers/book").json()["items"]]


def test_a_frozen_sellers_offer_is_neither_shown_nor_reserved_anew(steady: Product) -> None:
    offer = offered(steady)
    assert ids(saver()) == [offer.public_id]
    freeze(offer.customer)
    assert ids(saver()) == []
    with pytest.raises(OfferGone):
        reserved(offer)
    assert again(offer).state == "listed"


def test_holdings_of_a_suspended_product_do_not_change_hands(steady: Product) -> None:
    offer, lot = offered(steady), put_away(steady)
    reviewing.suspend(product_id=steady.pk, reason="the issuer is in trouble", at=clock.now())
    assert ids(saver()) == []
    with pytest.raises(NotTransferable):
        reserved(offer)
    assert api(lot.customer, "post", "transfers/offers", asked(lot, FEN)).json()["code"] == "transfer_not_offered"


def test_a_holding_is_not_sold_below_its_principal_without_a_proof_of_exactly_that(steady: Product) -> None:
    lot = put_away(steady)
    seller, session = lot.customer, session_of(lot.customer)
    answer = api(seller, "post", "transfers/offers", asked(lot, FEN, -1))
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")
    assert answer.json()["purpose"] == "transfer_offer"
    assert (answer.json()["amount"], answer.json()["payee"]) == (FEN, lot.public_id)
    other = put_away(steady, who=saver(2 * FEN))
    token = proof(seller, session, purpose=offering.PURPOSE, amount_fen=FEN, payee=other.public_id, nonce="n")
    with pytest.raises(DomainError) as refused:
        offering.offer(
            intent=intent(seller, session, token=token, nonce="n"), holding_id=lot.pk, part_fen=FEN, premium_bp=-1, at=clock.now()
        )
    assert refused.value.code == "proof_mismatch"
    assert not TransferOffer.objects.exists()
    assert offered(steady, lot=lot, premium_bp=-1).state == "listed"


def test_a_discount_is_bounded_and_no_price_breaks_the_order_book_for_everybody(steady: Product) -> None:
    lot = put_away(steady)
    shown = api(lot.customer, "post", "transfers/offers/preview", asked(lot, FEN, 0)).json()
    assert shown["most_discount_bp"] == 1_000
    with pytest.raises(DiscountTooLarge):
        offered(steady, premium_bp=-1_001, lot=lot)
    made = offered(steady, premium_bp=-1_000, lot=lot)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE wealth_transferoffer SET premium_bp = -9999 WHERE id = %s", [made.id])
    assert api(saver(), "get", "transfers/book").status_code == 200
    assert api(lot.customer, "get", "transfers/offers").status_code == 200
    with pytest.raises(OfferTooDear):
        reserved(made)


def test_what_one_person_may_have_of_a_product_binds_on_the_market_too(opened: None) -> None:
    product = deposits(transferable=True, person_cap_fen=FEN)
    buyer = saver(FEN + CASH)
    put_away(product, FEN - 10_000, who=buyer)
    offer = offered(product, 20_000)
    with pytest.raises(quotas.PersonCapReached):
        reserved(offer, buyer)
    small = offered(product, 10_000, lot=offer.holding)
    first = reserved(small, buyer)
    closing.close_for(payee=PAYEE, payee_order_id=first.id, at=clock.now())
    assert paid(reserved(again(small), buyer)).state == "settled"
    assert_conserved(product)


def test_small_parts_do_not_go_without_a_fee(opened: None) -> None:
    product = deposits(transferable=True, rounding="half_up")
    lot = put_away(product)
    with pytest.raises(PartTooSmall):
        offered(product, 199, premium_bp=0, lot=lot)
    with pytest.raises(PartTooSmall):
        offered(product, 9_999, premium_bp=0, lot=lot)
    trade = paid(reserved(offered(product, 10_000, premium_bp=0, lot=lot)))
    assert trade.fee_fen == 20
    assert FixedHolding.objects.get(pk=trade.bought_id).principal_fen == 10_000
    assert posted(lot.customer) == trade.price_fen - 20


def test_a_buyer_who_does_not_pay_cannot_keep_offers_from_others_for_ever(steady: Product) -> None:
    offer, other, buyer = offered(steady), offered(steady), saver(1)
    capped(LAPSED, 2)
    capped(RESERVED, 1)
    for _ in range(2):
        trade = reserved(offer, buyer)
        with pytest.raises(TooManyReserved):
            reserved(other, buyer)
        closing.close_for(payee=PAYEE, payee_order_id=trade.id, at=clock.now())
    with pytest.raises(TooManyLapsed):
        reserved(offer, buyer)
    assert paid(reserved(offer)).state == "settled"


def test_what_is_set_aside_makes_no_small_part_of_the_rest(opened: None) -> None:
    product = deposits({"minimum_rest_fen": 0}, transferable=True)
    lot = put_away(product)
    offered(product, FEN - 199, premium_bp=0, lot=lot)
    with pytest.raises(PartTooSmall):
        offered(product, 199, premium_bp=0, lot=lot)
    assert TransferOffer.objects.count() == 1


def test_a_purchase_that_counted_nothing_lapses_and_gives_nothing_back(steady: Product) -> None:
    """One reserved by a version that did not ask the person cap."""
    offer = offered(steady)
    trade = reserved(offer)
    behind_its_back("DELETE FROM core_limitcounter WHERE owner = %s", trade.buyer_id)
    behind_its_back("UPDATE wealth_transfertrade SET counted = false WHERE id = %s", trade.id)
    closing.close_for(payee=PAYEE, payee_order_id=trade.id, at=clock.now())
    assert again(offer).state == "listed"
    assert paid(reserved(offer)).state == "settled"
    assert_conserved(steady)
