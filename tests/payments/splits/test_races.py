"""Many at once on one order: the cap is never crossed, a number is one split, splits and refunds never give more than it had."""

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier.models import PaymentOrder
from payments.splits.models import Split, SplitOrder
from payments.splits.services import splitting
from payments.splits.services.splitting import NewSplit
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import pending, shop
from tests.payments.refunds.world import refund
from tests.payments.splits.world import receiver_shop, splitter, to_split
from tests.together import together

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
    row, after = SplitOrder.objects.get(), PaymentOrder.objects.get(pk=order.pk)
    assert row.split_fen == pending(other)
    assert row.split_fen + after.refunded_fen <= 10_000
    assert pending(where) >= 0
    assert_books_balance()
