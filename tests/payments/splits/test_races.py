"""Many at once on one order: the cap is never crossed, a number is one split, splits and refunds never give more than it had."""

from datetime import timedelta

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier.models import PaymentOrder
from payments.refunds.models import Refund
from payments.splits import queries
from payments.splits.models import Split, SplitOrder, SplitReturn
from payments.splits.services import orders, splitting
from payments.splits.services.splitting import NewSplit, ReturnTooMuch, SplitOver
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import pending, shop
from tests.payments.refunds.world import ask, refund
from tests.payments.splits.world import receiver_shop, split, splitter, to_split
from tests.together import in_turn, together, tried

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_at_once_split_up_to_the_cap_and_not_a_fen_more() -> None:
    where, other = splitter(cap_bp=3_000), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)

    def one(number: int) -> bool:
        try:
            splitting.split(app=where.app, order_id=order.id, wanted=NewSplit(f"S{number}", ((who.id, 500),)), at=clock.now())
        except splitting.SplitTooMuch:
            return False
        return True

    assert sum(together(one, 20)) == 5
    assert (pending(other), SplitOrder.objects.get().split_fen, Split.objects.count()) == (2_500, 2_500, 5)
    assert_books_balance()


def test_one_number_ten_times_at_once_is_one_split() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    wanted = NewSplit("S1", ((who.id, 500),))
    made = together(lambda _: splitting.split(app=where.app, order_id=order.id, wanted=wanted, at=clock.now()).id, 10)
    assert len(set(made)) == 1
    assert pending(other) == 500


def test_splits_and_refunds_at_once_never_give_more_than_the_order_had() -> None:
    where, other = splitter(cap_bp=10_000), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)

    def one(number: int) -> None:
        try:
            if number % 2:
                refund(order, 1_500)
            else:
                wanted = NewSplit(f"S{number}", ((who.id, 1_500),))
                splitting.split(app=where.app, order_id=order.id, wanted=wanted, at=clock.now())
        except DomainError:
            return

    together(one, 16)
    given, after = sum(SplitOrder.objects.values_list("split_fen", flat=True)), PaymentOrder.objects.get(pk=order.pk)
    assert given == pending(other)
    assert 8_500 < given + after.refunded_fen <= 10_000
    assert pending(where) >= 0
    assert_books_balance()


def back(made: Split, fen: int, number: str) -> SplitReturn:
    facts = {"merchant_id": made.merchant_id, "split_id": made.id, "receiver_id": queries.parts(made.id)[0].receiver_id}
    return splitting.give_back(**facts, amount_fen=fen, out_return_no=number, at=clock.now())


def assert_counted(order: PaymentOrder, made: Split) -> int:
    """What receivers still have of an order, the same in every row and in the ledger."""
    row, part = SplitOrder.objects.get(order_id=order.id), queries.parts(made.id)[0]
    made.refresh_from_db()
    assert row.split_fen == part.left_fen == made.amount_fen - made.returned_fen
    assert sum(one.amount_fen for one in SplitReturn.objects.filter(split=made)) == made.returned_fen
    assert_books_balance()
    return row.split_fen


def test_returns_at_once_take_no_more_back_than_the_receiver_got_and_a_number_is_one_return() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    made = split(where, order, (who, 2_500))
    ended = together(lambda k: tried(lambda: back(made, 1_000, f"B{k % 4}")), 8)
    assert len({end.id for end in ended if isinstance(end, SplitReturn)}) == SplitReturn.objects.count() == 2
    assert {type(end) for end in ended} == {SplitReturn, ReturnTooMuch}
    assert (assert_counted(order, made), pending(other)) == (500, 500)


@pytest.mark.parametrize("first", ["return", "refund"])
def test_a_return_and_a_refund_that_needs_the_receivers_part_take_it_once(first: str) -> None:
    where, other = splitter(cap_bp=10_000), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    made = split(where, order, (who, 9_000))
    ended = in_turn({"return": lambda: back(made, 500, "B1"), "refund": lambda: ask(order, 10_000)}, first)
    assert isinstance(ended["refund"], Refund), ended
    assert isinstance(ended["return"], SplitReturn if first == "return" else ReturnTooMuch), ended
    assert (assert_counted(order, made), pending(other), pending(where)) == (0, 0, 0)


@pytest.mark.parametrize("ending", ["finish", "end_overdue"])
@pytest.mark.parametrize("first", ["split", "end"])
def test_an_order_whose_splitting_ends_at_that_moment_is_split_before_or_not_at_all(first: str, ending: str) -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    orders.take_in(order_ids=[order.id], at=clock.now())
    late = clock.now() + timedelta(days=orders.KEPT.usual + 1)
    ends = {
        "finish": lambda: splitting.finish(merchant_id=where.merchant.id, order_id=order.id, at=clock.now()),
        "end_overdue": lambda: orders.end_overdue(order_id=order.id, at=late),
    }
    ended = in_turn({"split": lambda: split(where, order, (who, 500)), "end": ends[ending]}, first)
    assert isinstance(ended["split"], Split if first == "split" else SplitOver), ended
    assert not isinstance(ended["end"], BaseException), ended
    left = 500 if first == "split" else 0
    assert (SplitOrder.objects.get().state, SplitOrder.objects.get().split_fen, pending(other)) == ("finished", left, left)
    assert_books_balance()


@pytest.mark.parametrize("first", ["finish", "overdue"])
def test_an_order_finished_by_hand_and_by_its_days_at_once_is_finished_once(first: str) -> None:
    where = splitter()
    order = to_split(where, 10_000)
    orders.take_in(order_ids=[order.id], at=clock.now())
    late = clock.now() + timedelta(days=orders.KEPT.usual + 1)
    acts = {
        "finish": lambda: splitting.finish(merchant_id=where.merchant.id, order_id=order.id, at=clock.now()),
        "overdue": lambda: orders.end_overdue(order_id=order.id, at=late),
    }
    ended = in_turn(acts, first)
    assert (ended["finish"].state, ended["overdue"]) == ("finished", first == "overdue"), ended
