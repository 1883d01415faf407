"""Many at once on the real database: a refund or a dispute, one dispute an order, one decision, no fen twice."""

import pytest

from payments.cashier.services.refunding import OrderNotRefundable, RefundTooMuch
from payments.disputes.models import Dispute
from payments.disputes.services.opening import DisputeOpen, DisputeTooMuch, OrderNotDisputable
from payments.refunds.models import Refund
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import dispute, lost, won
from tests.payments.refunds.world import ask, assert_all_over, by_balance, has, read
from tests.payments.wallet.world import open_day, posted
from tests.together import together

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
