"""Many at once on the real database: a refund or a dispute, one dispute an order, one decision, no fen twice."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.moves import WrongState
from core.work.models import WorkItem
from payments.cashier.services.refunding import OrderNotRefundable, RefundTooMuch
from payments.disputes.models import MOST_FILES, Dispute, DisputeFile
from payments.disputes.services import again, answering, deciding
from payments.disputes.services.answering import TooManyFiles
from payments.disputes.services.opening import DisputeOpen, DisputeTooMuch, OrderNotDisputable
from payments.refunds.models import Refund
from payments.refunds.services.asking import MerchantBalanceShort
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import PDF, dispute, lost, won
from tests.payments.refunds.world import ask, assert_all_over, by_balance, has, move, read
from tests.payments.wallet.world import open_day, posted
from tests.together import in_turn, together, tried

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = {"opened_by": "operator", "opener": "staff:mary"}


def test_20_refunds_and_20_disputes_of_the_whole_order_at_once_leave_one_of_them() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    ended = together(lambda number: dispute(order, **OPERATOR) if number % 2 else ask(order, 1_000), 40)
    done = [end for end in ended if isinstance(end, Refund | Dispute)]
    refusals = (DisputeOpen, OrderNotRefundable, OrderNotDisputable, RefundTooMuch, DisputeTooMuch)
    assert len(done) == 1
    assert sum(isinstance(end, refusals) for end in ended) == 39
    for open_one in Dispute.objects.filter(state="opened"):
        lost(open_one)
    assert (posted(ann), has(where), read(order).refunded_fen) == (1_000, {}, 1_000)
    assert_all_over(expected={ann: 1_000})


def test_of_ten_decisions_at_once_one_holds() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    made = dispute(order)
    ended = together(lambda number: (won, lost)[number % 2](made), 10)
    assert sum(isinstance(end, Dispute) for end in ended) == 1
    made.refresh_from_db()
    assert posted(ann) == (1_000 if made.state == "lost" else 0)
    assert has(where) == ({} if made.state == "lost" else {"pending": (994, 0)})
    assert_all_over()


def test_disputes_of_many_orders_of_one_merchant_freeze_no_more_than_it_has() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    orders = [by_balance(where, ann, 1_000) for _ in range(8)]
    ended = together(lambda number: dispute(orders[number], **OPERATOR) if number % 2 else ask(orders[number], 1_000), 8)
    assert all(isinstance(end, Refund | Dispute) for end in ended)
    assert has(where) == {"frozen": (4 * 994, 0)}
    assert_all_over(expected={ann: 6_000})


@pytest.mark.parametrize("first", ["answer", "end_waiting"])
def test_an_answer_in_the_moment_the_waiting_ends_counts_or_comes_late(first: str) -> None:
    open_day()
    made = dispute(by_balance(shop(), holder(1_000), 1_000))
    over = made.answer_due_at + timedelta(seconds=1)
    acts: dict[str, Any] = {
        "answer": lambda: answering.answer(dispute_id=made.id, text="It was delivered.", at=clock.now()),
        "end_waiting": lambda: answering.end_waiting(dispute_id=made.id, at=over),
    }
    ended = in_turn(acts, first)
    assert isinstance(ended["answer"], Dispute if first == "answer" else WrongState), ended
    assert ended["end_waiting"] == (first == "end_waiting")
    made.refresh_from_db()
    assert (made.state, made.answer) == ("evidence", "It was delivered." if first == "answer" else None)
    assert WorkItem.objects.filter(kind=answering.DECIDE, target=made.public_id, finished_at=None).count() == 1
    won(made)
    assert_all_over()


def test_files_handed_in_at_once_are_no_more_than_there_may_be_each_once_and_numbered_through() -> None:
    open_day()
    made = dispute(by_balance(shop(), holder(1_000), 1_000))

    def add(number: int) -> DisputeFile:
        return answering.add_file(dispute_id=made.id, name=f"{number}.pdf", content=PDF + bytes([number % 7]), at=clock.now())

    ended = together(lambda number: tried(lambda: add(number)), 10)
    assert {type(end) for end in ended} == {DisputeFile, TooManyFiles}, ended
    assert len({end.id for end in ended if isinstance(end, DisputeFile)}) == MOST_FILES
    assert sorted(DisputeFile.objects.values_list("number", flat=True)) == list(range(1, MOST_FILES + 1))


@pytest.mark.parametrize("verdict", [won, lost])
@pytest.mark.parametrize("first", ["withdraw", "decide"])
def test_a_dispute_withdrawn_while_it_is_decided_ends_once(first: str, verdict: Any) -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    made = dispute(by_balance(where, ann, 1_000))
    back = {"customer_id": ann.id, "dispute_id": made.id, "at": clock.now()}
    ended = in_turn({"withdraw": lambda: deciding.withdraw(**back), "decide": lambda: verdict(made)}, first)
    late = "decide" if first == "withdraw" else "withdraw"
    assert isinstance(ended[first], Dispute), ended
    assert isinstance(ended[late], WrongState), ended
    made.refresh_from_db()
    paid_back = made.state == "lost"
    assert made.state == ("withdrawn" if first == "withdraw" else verdict.__name__)
    assert has(where) == ({} if paid_back else {"pending": (994, 0)})
    assert_all_over(expected={ann: 1_000 if paid_back else 0})


@pytest.mark.parametrize("first", ["freeze", "refund"])
def test_money_asked_for_again_while_a_refund_takes_it_is_frozen_or_paid_back(first: str) -> None:
    open_day()
    where, ann = shop(), holder(2_000)
    order = by_balance(where, ann, 1_000)
    move(where, "asset:bank", 994)
    made = dispute(order)
    other = by_balance(where, ann, 1_000)
    assert (made.short_fen, has(where)) == (994, {"pending": (994, 0)})
    again_now = {"dispute_id": made.id, "at": clock.now()}
    ended = in_turn({"freeze": lambda: again.freeze_short(**again_now), "refund": lambda: ask(other, 1_000)}, first)
    assert isinstance(ended["refund"], Refund if first == "refund" else MerchantBalanceShort), ended
    assert ended["freeze"] == (first == "freeze")
    made.refresh_from_db()
    assert (made.short_fen, made.frozen_fen) == ((0, 994) if first == "freeze" else (994, 0))
    assert has(where) == ({"frozen": (994, 0)} if first == "freeze" else {})
    won(made)
    assert_all_over(expected={ann: 0 if first == "freeze" else 1_000})
