"""Splits by number: who gets what, the cap, what stays out of settlement, what comes back, and refunds that need it."""

from datetime import timedelta

import pytest

from accounts.ledger.accounts import customer_account
from accounts.ledger.models import Journal, LedgerBalance
from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from payments.settlement.models import SettlementLine
from payments.splits import queries, sweeps
from payments.splits.models import Split, SplitOrder, SplitReturn
from payments.splits.services import receivers, splitting
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import BALANCE, booked, new_order, pay, pending, shop
from tests.payments.refunds.world import refund
from tests.payments.settlement.world import end_day, sell, settled, standing
from tests.payments.splits.world import receiver_person, receiver_shop, split, splitter, to_split
from tests.payments.wallet.world import freeze, holder, posted

pytestmark = pytest.mark.django_db


def test_a_split_goes_to_a_merchant_and_a_customer_in_one_journal() -> None:
    where, other, who = splitter(), shop(), holder()
    order = to_split(where, 10_000)
    made = split(where, order, (receiver_shop(where, other), 2_000), (receiver_person(where, who), 500))
    assert sorted(Journal.objects.get(pk=made.journal_id).amounts) == [-2_500, 500, 2_000]
    assert (pending(where), pending(other), posted(who)) == (7_440, 2_000, 500)
    event = OutboxEvent.objects.get(topic="split.done")
    assert (event.payload["split"], event.payload["order"], event.payload["amount_fen"]) == (made.public_id, order.public_id, 2_500)
    assert_books_balance()


def test_the_same_number_is_the_same_split_and_another_body_is_refused() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    first = split(where, order, (who, 1_000), number="S1")
    assert split(where, order, (who, 1_000), number="S1").id == first.id
    with pytest.raises(splitting.OutSplitNoUsed):
        split(where, order, (who, 1_001), number="S1")
    assert (Split.objects.count(), pending(other)) == (1, 1_000)


def test_no_more_than_the_cap_is_split_to_the_fen() -> None:
    where, other = splitter(cap_bp=3_000), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    with pytest.raises(splitting.SplitTooMuch) as refused:
        split(where, order, (who, 2_983))
    assert refused.value.members["left"] == 2_982
    split(where, order, (who, 2_000))
    with pytest.raises(splitting.SplitTooMuch):
        split(where, order, (who, 983))
    split(where, order, (who, 982))
    assert (pending(where), pending(other)) == (9_940 - 2_982, 2_982)


def test_what_went_back_to_the_payer_cannot_be_split() -> None:
    where, other = splitter(cap_bp=10_000), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    refund(order, 6_000)
    with pytest.raises(splitting.SplitTooMuch) as refused:
        split(where, order, (who, 3_941))
    assert refused.value.members["left"] == 3_940


def test_only_known_receivers_get_and_each_once() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    foreign = receiver_shop(splitter(), other)
    for parts in ([(foreign, 1)], [(who, 1), (who, 2)]):
        with pytest.raises(splitting.ReceiverUnknown):
            split(where, order, *parts)
    receivers.remove(merchant=where.merchant, receiver_id=who.id, at=clock.now())
    with pytest.raises(splitting.ReceiverUnknown):
        split(where, order, (who, 1))
    assert receiver_shop(where, other).id == who.id
    split(where, order, (who, 1))


def test_a_receiver_is_named_truly_or_not_at_all() -> None:
    where, other, who = splitter(), shop(), holder()
    facts = {"merchant": where.merchant, "at": clock.now()}
    for kind, account, name in (
        ("merchant", other.merchant.public_id, "Somebody Else"),
        ("merchant", where.merchant.public_id, where.merchant.name),
        ("merchant", "mch_nobody", "x"),
        ("customer", who.public_id, "Not Their Name"),
        ("customer", other.merchant.public_id, "x"),
    ):
        with pytest.raises(receivers.ReceiverMismatch):
            receivers.add(kind=kind, account=account, name=name, **facts)
    assert not queries.receivers(where.merchant.id).exists()


def test_all_or_nothing_where_one_receiver_cannot_receive() -> None:
    where, other, who = splitter(), shop(), holder(1)
    order = to_split(where, 10_000)
    parts = ((receiver_shop(where, other), 1_000), (receiver_person(where, who), 500))
    LedgerBalance.objects.filter(account_id=customer_account(who.id).id).update(blocked=3)
    with pytest.raises(splitting.ReceiverCannotReceive):
        split(where, order, *parts)
    assert (pending(where), pending(other), Split.objects.count()) == (9_940, 0, 0)
    freeze(who)


def test_an_order_waits_for_its_splits_and_is_settled_once_they_are_finished() -> None:
    where, other = splitter(), shop()
    sell(where, 1_000)
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    split(where, order, (who, 2_000))
    first = settled(where, end_day())
    assert (first.net_fen, first.kept_fen, first.moved_fen, first.left_fen) == (994 + 7_940, 7_940, 994, 7_940)
    assert (first.orders_fen, first.splits_fen) == (11_000, -2_000)
    splitting.finish(merchant_id=where.merchant.id, order_id=order.id, at=clock.now())
    second = settled(where, end_day())
    assert (second.opening_fen, second.net_fen, second.moved_fen, second.left_fen) == (7_940, 0, 7_940, 0)
    with pytest.raises(splitting.SplitOver):
        split(where, order, (who, 1))
    theirs = SettlementLine.objects.get(settlement__merchant=other.merchant)
    assert (theirs.kind, theirs.net_fen, theirs.order_id) == ("split", 2_000, None)
    assert standing(where.merchant) == {"available": 994 + 7_940}
    assert_books_balance()


def test_thirty_days_later_what_is_left_is_settled_without_anybodys_word() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    end_day()
    SplitOrder.objects.update(until=clock.local_day(clock.now()))
    row = settled(where, end_day())
    assert (row.kept_fen, row.moved_fen) == (0, 9_940)
    with pytest.raises(splitting.SplitOver):
        split(where, order, (who, 1))
    assert sweeps.end_overdue(shard=order.shard, at=clock.now() + timedelta(days=1)) == 1
    assert SplitOrder.objects.get().state == "finished"


def test_a_part_comes_back_from_its_receiver_once() -> None:
    where, other, who = splitter(), shop(), holder()
    order, person = to_split(where, 10_000), receiver_person(where, who)
    made = split(where, order, (person, 500), (receiver_shop(where, other), 1_000))
    facts = {"merchant_id": where.merchant.id, "split_id": made.id, "receiver_id": person.id, "at": clock.now()}
    back = splitting.give_back(amount_fen=200, out_return_no="B1", **facts)
    assert booked(back.journal_id) == {"user:balance": -200, "merchant:pending": 200}
    assert splitting.give_back(amount_fen=200, out_return_no="B1", **facts).id == back.id
    with pytest.raises(splitting.OutReturnNoUsed):
        splitting.give_back(amount_fen=201, out_return_no="B1", **facts)
    with pytest.raises(splitting.ReturnTooMuch):
        splitting.give_back(amount_fen=301, out_return_no="B2", **facts)
    assert (posted(who), pending(where)) == (300, 9_940 - 1_500 + 200)
    assert SplitOrder.objects.get().split_fen == 1_300


def test_a_refund_takes_back_pro_rata_what_the_merchant_does_not_have_of_the_order() -> None:
    where, other, who = splitter(), shop(), holder()
    order = to_split(where, 10_000)
    split(where, order, (receiver_shop(where, other), 2_000), (receiver_person(where, who), 500))
    refund(order, 7_000)
    assert (pending(other), posted(who), SplitReturn.objects.count()) == (2_000, 500, 0)
    refund(order, 3_000)
    assert sorted(SplitReturn.objects.values_list("cause", "amount_fen")) == [("refund", 500), ("refund", 2_000)]
    assert (pending(where), pending(other), posted(who)) == (0, 0, 0)
    order.refresh_from_db()
    assert order.state == "refunded"
    assert_books_balance()


def test_a_refund_is_refused_and_names_the_receiver_who_has_spent_it() -> None:
    where, other, who = splitter(), shop(), holder()
    order = to_split(where, 10_000)
    person = receiver_person(where, who)
    split(where, order, (person, 500), (receiver_shop(where, other), 2_000))
    pay(who, new_order(other, 400), BALANCE)
    with pytest.raises(splitting.ReceiverShort) as refused:
        refund(order, 10_000)
    assert refused.value.members["receiver"] == person.public_id
    order.refresh_from_db()
    assert (order.refunding_fen, SplitReturn.objects.count(), pending(where)) == (0, 0, 7_440)


def test_an_order_that_is_not_flagged_is_not_split() -> None:
    where, other = splitter(), shop()
    (order,) = sell(where, 10_000)
    with pytest.raises(splitting.OrderNotToSplit):
        split(where, order, (receiver_shop(where, other), 1))
    with pytest.raises(Exception, match="not_found"):
        splitting.split(app=shop().app, order_id=order.id, wanted=splitting.NewSplit("S", ((new_id(), 1),)), at=clock.now())
