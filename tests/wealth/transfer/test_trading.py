"""Selling a holding to another customer over the API: offered, found, reserved, paid, and moved in one transaction."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from accounts.ledger.accounts import platform_account
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.outbox.models import OutboxEvent
from payments.cashier import queries as cashier
from payments.cashier.services import closing
from tests.factories import api as plain
from tests.payments.cashier.world import BALANCE, pay
from tests.payments.wallet.world import freeze, posted
from tests.payments.wallet.world import holder as walletless
from tests.rules import capped
from tests.wealth.fixed_term.world import FEN, deposits, mature_on, principal, put_away
from tests.wealth.fixed_term.world import again as lot_again
from tests.wealth.suitability.people import profiled
from tests.wealth.transfer.world import CASH, again, api, asked, assert_conserved, offered, paid, reserved, saver
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedHolding, FixedMove
from wealth.rules.fixed import interest_fen
from wealth.rules.transfer import sale
from wealth.transfer import journals, queries, sweeps
from wealth.transfer.caps import BLACKOUT
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.refusals import OfferTooDear

pytestmark = pytest.mark.django_db(transaction=True)
PART = 40_000


def test_a_part_is_offered_found_bought_and_moved_with_its_cash_and_every_fen_is_accounted_for(steady: Product) -> None:
    lot, buyer = put_away(steady), saver(CASH)
    seller = lot.customer
    quote = api(seller, "post", "transfers/offers/preview", asked(lot, PART)).json()
    made = api(seller, "post", "transfers/offers", asked(lot, PART))
    assert made.status_code == 201, made.json()
    offer = made.json()
    assert (offer["state"], offer["mine"], offer["price"]) == ("listed", True, quote["price"])
    assert quote["price"] == PART + PART * 10 // 10_000 + quote["accrued"]
    assert quote["at_maturity"] == PART + interest_fen(principal_fen=PART, rate_bp=310, days=30)
    held = api(seller, "get", f"fixed-term/holdings/{lot.public_id}").json()
    assert (held["frozen"], held["free"]) == (PART, FEN - PART)
    [found] = api(buyer, "get", f"transfers/book?product={steady.code}").json()["items"]
    assert (found["id"], found["mine"], found["yield_percent"]) == (offer["id"], False, quote["yield_percent"])

    before = principal(steady)
    bought = api(buyer, "post", "transfers/trades", {"offer_id": offer["id"]})
    assert bought.status_code == 201, bought.json()
    trade = TransferTrade.objects.get()
    assert (bought.json()["price"], bought.json()["side"], bought.json()["fee"]) == (quote["price"], "buy", None)
    assert api(saver(CASH), "post", "transfers/trades", {"offer_id": offer["id"]}).json()["code"] == "transfer_offer_gone"
    assert api(seller, "post", f"transfers/offers/{offer['id']}/withdraw").json()["code"] == "transfer_being_bought"
    paid(trade)

    shares = sale(price_fen=quote["price"], rate_bp=20)
    assert (posted(buyer), posted(seller)) == (CASH - quote["price"], shares.net_fen)
    assert balance(platform_account(journals.FEES)).posted == shares.fee_fen == quote["fee"]
    new, rest = FixedHolding.objects.get(customer=buyer), lot_again(lot)
    assert (new.principal_fen, new.rate_bp, new.matures_on, new.origin) == (PART, 310, lot.matures_on, "transfer")
    assert (rest.principal_fen, rest.frozen_fen, rest.state) == (FEN - PART, 0, "held")
    assert principal(steady) == before
    assert FixedMove.objects.filter(journal_id=trade.journal_id).aggregate(fen=Sum("principal_fen"))["fen"] == 0
    sold = api(seller, "get", "transfers/trades").json()["items"][0]
    assert (sold["side"], sold["fee"], sold["pay_order_id"], sold["holding_id"]) == ("sell", shares.fee_fen, None, None)
    [price] = api(buyer, "get", f"products/{steady.public_id}/transfer-prices").json()["items"]
    assert (price["price"], price["premium_bp"]) == (quote["price"], 10)
    assert plain(seller).get("/v1/payments/wallet/movements").json()["items"][0]["kind"] == "fixed_term_sold"
    topics = set(OutboxEvent.objects.filter(topic__startswith="wealth.transfer").values_list("topic", flat=True))
    assert topics == {"wealth.transfer_listed", "wealth.transfer_sold", "wealth.transfer_bought"}
    assert_conserved(steady)

    mature_on(lot.matures_on)
    assert posted(buyer) == CASH - quote["price"] + quote["at_maturity"]
    assert_conserved(steady)


def test_a_whole_holding_is_sold_and_its_lot_ends(steady: Product) -> None:
    offer = offered(steady)
    trade = paid(reserved(offer))
    lot = lot_again(offer.holding)
    assert (lot.state, lot.principal_fen, again(offer).state, trade.state) == ("transferred", 0, "sold", "settled")
    assert lot.earned_fen == trade.price_fen - trade.fee_fen - FEN
    assert_conserved(steady)


def test_what_nobody_pays_in_time_can_be_bought_again(steady: Product) -> None:
    offer = offered(steady)
    first = reserved(offer)
    order = cashier.order(first.cashier_order_id)
    assert order.expires_at == first.created_at + timedelta(minutes=15)
    closing.begin(order_id=order.id, code=closing.EXPIRED, at=clock.now())
    first.refresh_from_db()
    assert (first.state, first.code, again(offer).state, offer.trade_id) == ("lapsed", "expired", "listed", None)
    second = paid(reserved(offer))
    assert second.state == "settled"
    assert_conserved(steady)


def test_withdrawn_and_expired_offers_free_their_part(steady: Product) -> None:
    offer = offered(steady, PART)
    owner = offer.customer
    body = api(owner, "post", f"transfers/offers/{offer.public_id}/withdraw").json()
    assert (body["state"], body["price"]) == ("withdrawn", None)
    assert api(owner, "post", f"transfers/offers/{offer.public_id}/withdraw").json()["state"] == "withdrawn"
    assert api(saver(), "post", f"transfers/offers/{offer.public_id}/withdraw").status_code == 404
    other = offered(steady, PART, lot=lot_again(offer.holding))
    assert sweeps.expire(shard=other.shard, at=other.ends_at - timedelta(seconds=1)) == 0
    assert sweeps.expire(shard=other.shard, at=other.ends_at) == 1
    assert (again(other).state, lot_again(offer.holding).frozen_fen) == ("expired", 0)
    assert_conserved(steady)


def test_a_premium_above_the_cap_or_a_loss_to_the_buyer_is_refused_with_what_may_be_asked(steady: Product) -> None:
    lot = put_away(steady)
    capped_bp = api(lot.customer, "post", "transfers/offers", asked(lot, FEN, 301))
    assert (capped_bp.status_code, capped_bp.json()["code"]) == (422, "transfer_premium_too_high")
    dearest = api(lot.customer, "post", "transfers/offers/preview", asked(lot, FEN, 0)).json()["dearest_premium_bp"]
    assert 0 < dearest < 300
    assert api(lot.customer, "post", "transfers/offers", asked(lot, FEN, dearest + 1)).status_code == 422
    made = api(lot.customer, "post", "transfers/offers", asked(lot, FEN, dearest))
    assert made.status_code == 201
    assert float(made.json()["yield_percent"]) >= 0
    assert TransferOffer.objects.count() == 1


def test_what_has_accrued_may_eat_what_a_buyer_would_earn_and_then_nobody_buys_it(steady: Product) -> None:
    offer = offered(steady, premium_bp=20)
    late = start_of_day(offer.matures_on - timedelta(days=5))
    assert queries.book(clock.now()).filter(pk=offer.pk).exists()
    assert not queries.book(min(late, offer.ends_at - timedelta(seconds=1))).filter(pk=offer.pk).exists()
    with pytest.raises(OfferTooDear):
        reserved(offer, at=min(late, offer.ends_at - timedelta(seconds=1)))
    assert (again(offer).state, TransferTrade.objects.count()) == ("listed", 0)


def test_before_the_pay_day_and_where_the_product_says_so_nothing_is_sold(steady: Product) -> None:
    lot = put_away(steady)
    capped(BLACKOUT, 45)
    answer = api(lot.customer, "post", "transfers/offers", asked(lot, FEN))
    assert (answer.status_code, answer.json()["code"]) == (409, "transfer_blackout")
    fixed = put_away(deposits())
    assert api(fixed.customer, "post", "transfers/offers", asked(fixed, FEN)).json()["code"] == "transfer_not_offered"
    assert not TransferOffer.objects.exists()


def test_an_offer_ends_before_the_blackout_begins(steady: Product) -> None:
    offer = offered(steady)
    assert offer.ends_at <= start_of_day(offer.matures_on - timedelta(days=3))


def test_sellers_strangers_and_those_it_does_not_suit_buy_nothing(steady: Product) -> None:
    offer = offered(steady)
    assert api(offer.customer, "post", "transfers/trades", {"offer_id": offer.public_id}).json()["code"] == "transfer_own_offer"
    without = walletless(CASH, pin=True)
    assert api(without, "post", "transfers/trades", {"offer_id": offer.public_id}).json()["code"] == "suitability_profile_missing"
    profiled(without, "C1_MIN")
    assert api(without, "post", "transfers/trades", {"offer_id": offer.public_id}).status_code in (403, 409, 422)
    cold = saver(CASH)
    freeze(cold)
    assert api(cold, "post", "transfers/trades", {"offer_id": offer.public_id}).status_code == 403
    assert (again(offer).state, TransferTrade.objects.count()) == ("listed", 0)
    other = put_away(steady)
    assert api(saver(), "post", "transfers/offers", asked(other, FEN)).status_code == 404


def test_a_profile_that_fell_between_reserving_and_paying_stops_the_payment(steady: Product) -> None:
    offer = offered(steady)
    buyer = saver(CASH)
    trade = reserved(offer, buyer)
    profiled(buyer, "C1_MIN")
    with pytest.raises(Exception, match="suitability"):
        pay(buyer, cashier.order(trade.cashier_order_id), BALANCE, pin=True)
    assert (posted(buyer), lot_again(offer.holding).state) == (CASH, "held")


def test_the_rest_that_stays_is_enough_and_what_is_locked_does_not_leave_early(steady: Product) -> None:
    lot = put_away(steady)
    answer = api(lot.customer, "post", "transfers/offers", asked(lot, FEN - 5_000))
    assert (answer.status_code, answer.json()["code"]) == (422, "fixed_term_rest_too_small")
    offered(steady, FEN, lot=lot)
    body = {"product_id": steady.public_id, "units": FEN, "holding_id": lot.public_id}
    assert api(lot.customer, "post", "redemptions", body).json()["code"] == "fixed_term_not_free"


def test_a_frozen_seller_is_paid(steady: Product) -> None:
    offer = offered(steady)
    trade = reserved(offer)
    freeze(offer.customer)
    paid(trade)
    assert posted(offer.customer) == trade.price_fen - trade.fee_fen
    assert_conserved(steady)


def test_the_order_book_is_filtered_and_sorted_by_yield_days_and_price(steady: Product) -> None:
    longer = deposits(transferable=True, term_days=60)
    near, far = offered(steady, PART, premium_bp=20), offered(longer, FEN, premium_bp=0)
    cheap = offered(steady, PART, premium_bp=-50, lot=lot_again(near.holding))
    who = saver()

    def ids(query: str) -> list[str]:
        return [one["id"] for one in api(who, "get", f"transfers/book?{query}").json()["items"]]

    assert ids("sort=yield") == [one.public_id for one in (cheap, far, near)]
    assert ids("sort=price") == [one.public_id for one in (cheap, near, far)]
    assert ids(f"product={longer.code}") == [far.public_id]
    assert ids("days_most=45&sort=price") == [cheap.public_id, near.public_id]
    assert ids("price_least=50000") == [far.public_id]
    assert ids("yield_least_bp=400") == [cheap.public_id]
    assert api(who, "get", "transfers/book?sort=luck").status_code == 422
