"""What the database itself refuses of offers and trades, what the proof finds, and what is told when an account closes."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.ledger.sockets import CHECKS
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.clock import queries as clock
from core.ids import new_id
from tests.query_counts import assert_queries_do_not_grow
from tests.rules import unguarded
from tests.wealth.fixed_term.world import brought, put_away
from tests.wealth.transfer.world import CASH, api, offered, paid, reserved, saver
from wealth.catalog.models import Product
from wealth.fixed_term.models import FixedPart
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.states import OFFER_MOVES, TRADE_MOVES, OfferState, TradeState

pytestmark = pytest.mark.django_db(transaction=True)


def refused(row: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**values)


def test_what_is_offered_and_agreed_stays(steady: Product) -> None:
    offer = offered(steady, 40_000)
    trade = reserved(offer)
    for values in ({"part_fen": 1}, {"premium_bp": 1}, {"maturity_fen": 1_000_000}, {"holding_id": new_id()}, {"ends_at": clock.now()}):
        refused(offer, **values)
    for values in (
        {"price_fen": 1},
        {"fee_fen": 0},
        {"part_fen": 1},
        {"seller_id": trade.buyer_id},
        {"offer_id": new_id()},
        {"days_left": 9},
    ):
        refused(trade, **values)
    for row in (offer, trade):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_every_move_that_the_tables_do_not_have_is_refused(steady: Product) -> None:
    offer = offered(steady, 40_000)
    trade = reserved(offer)
    named = {"reserved": trade.id, "sold": trade.id}
    for start in OfferState:
        for to in OfferState:
            if start != to and not OFFER_MOVES.allowed(start, to):
                with unguarded():
                    TransferOffer.objects.filter(pk=offer.pk).update(state=start, trade_id=named.get(start))
                refused(offer, state=to, trade_id=named.get(to))
    facts = {"pay_journal_id": new_id(), "journal_id": new_id(), "bought_id": new_id(), "settled_on": clock.local_day(clock.now())}
    nothing = dict.fromkeys(facts)
    for start in TradeState:
        for to in TradeState:
            if start != to and not TRADE_MOVES.allowed(start, to):
                with unguarded():
                    TransferTrade.objects.filter(pk=trade.pk).update(state=start, **facts if start == "settled" else nothing)
                refused(trade, state=to, **facts if to == "settled" else nothing)


def test_states_prices_and_sides_hold_together(steady: Product) -> None:
    offer = offered(steady, 40_000)
    refused(offer, trade_id=new_id())
    trade = reserved(offer)
    refused(offer, trade_id=None)
    refused(trade, journal_id=new_id())
    refused(trade, state="settled")
    for values in (
        {"seller_id": trade.buyer_id},
        {"price_fen": trade.maturity_fen + 1},
        {"price_fen": 0},
        {"fee_fen": trade.price_fen},
        {"accrued_fen": -1},
        {"days_left": 0},
        {"shard": 64},
    ):
        copy = TransferTrade.objects.get(pk=trade.pk)
        copy.pk, copy.cashier_order_id = new_id(), None
        for name, value in values.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_the_proof_finds_an_offer_whose_part_is_not_locked_and_a_trade_without_its_journal(steady: Product) -> None:
    def found() -> set[str]:
        names = ("wealth.transfer", "wealth.transfer_booked", "wealth.fixed_term")
        return {one.check for name in names for one in CHECKS.plugs[name].findings(since=None)}

    offer = offered(steady, 40_000)
    sold = paid(reserved(offered(steady, 40_000)))
    assert found() == set()
    with unguarded():
        FixedPart.objects.filter(pk=offer.pk).update(state="free")
    assert "transfer.locked" in found()
    with unguarded():
        TransferTrade.objects.filter(pk=sold.pk).update(journal_id=new_id())
    assert {"transfer.unbooked", "transfer.unnamed"} <= found()


def test_an_account_that_offers_or_is_about_to_buy_does_not_close(steady: Product) -> None:
    obligation, exporter = OBLIGATIONS.plugs["wealth.transfer"], EXPORTERS.plugs["wealth_transfers"]
    offer = offered(steady, 40_000)
    trade = reserved(offer)
    for customer_id in (offer.customer_id, trade.buyer_id):
        assert [one.code for one in obligation.obstacles(customer_id=customer_id, at=clock.now())] == ["transfer_open"]
    paid(trade)
    for customer_id, side in ((offer.customer_id, "sell"), (trade.buyer_id, "buy")):
        assert obligation.obstacles(customer_id=customer_id, at=clock.now()) == []
        [row] = exporter.export(customer_id=customer_id)
        assert row["side"] == side  # type: ignore[call-overload]


def test_others_do_not_see_an_offer_s_trade_nor_who_sold(steady: Product) -> None:
    offer = offered(steady, 40_000)
    trade = paid(reserved(offer))
    for path in (f"transfers/trades/{trade.public_id}", f"transfers/offers/{offer.public_id}"):
        assert api(saver(), "get", path).status_code == 404
    bought = api(trade.buyer, "get", f"transfers/trades/{trade.public_id}").json()
    assert (bought["side"], bought["holding_id"][:4]) == ("buy", "fxh_")
    assert offer.customer.public_id not in str(bought)


def test_lists_take_as_many_queries_for_many_rows_as_for_one(steady: Product) -> None:
    few, many = put_away(steady).customer, saver(CASH)
    for who, number in ((few, 1), (many, 4)):
        for _ in range(number):
            lot = brought(steady, who)
            offered(steady, lot.principal_fen, premium_bp=0, lot=lot)
    assert_queries_do_not_grow(lambda who: api(who, "get", "transfers/offers").content, few, many)
    assert_queries_do_not_grow(lambda limit: api(few, "get", f"transfers/book?limit={limit}").content, 1, 5)
