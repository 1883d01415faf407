"""What the room of refunds stands on: room on the order that is never taken twice, and sources that give back to the fen."""

from datetime import timedelta

import pytest

from accounts.ledger import services as ledger
from accounts.ledger.legs import debit
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.ids import new_id
from payments.cashier import queries
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services import refunding
from payments.cashier.services.funding import Pick
from payments.cashier.services.refunding import OrderNotRefundable, RefundTooMuch
from payments.merchants import accounts
from tests.payments.cashier.plugs import REFUNDED, receivable, strange_sources
from tests.payments.cashier.world import BALANCE, Shop, assert_settled, begin, holder, new_order, pending, shop
from tests.payments.wallet.world import open_day
from tests.together import together

PICKS = [Pick("coupon", "c-10", discount=True), Pick("line"), Pick("balance")]


def refund(where: Shop, order: PaymentOrder, parts: dict[str, int]) -> PaymentOrder:
    """What the room of refunds does, without its own rows: room, counts and sources, one journal."""
    at, by_leg = clock.now(), {FundingLeg.objects.get(order=order, source=source).id: fen for source, fen in parts.items()}
    held = refunding.begin(order_id=order.id, amount_fen=sum(parts.values()), at=at)
    credits = refunding.credits_of(order=held, parts=by_leg)
    done = refunding.finish(order_id=order.id, parts=by_leg, refund_id=new_id(), at=at)
    taken = debit(accounts.pending(where.merchant.id), sum(parts.values()))
    ledger.post(journal_id=new_id(), event=REFUNDED, legs=[taken, *credits], reference=order.public_id, at=at)
    return done


@pytest.mark.django_db
def test_every_source_gives_back_its_part_to_the_last_fen() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    with strange_sources() as sources:
        order = new_order(where, 10_000)
        begin(ann, order, PICKS)
        begin(holder(10_000), new_order(where, 10_000), BALANCE)
        half = refund(where, order, {"coupon": 500, "line": 1_000, "balance": 3_500})
        assert (half.state, half.refunded_fen, half.refunding_fen, half.refunds) == ("partially_refunded", 5_000, 0, 1)
        assert (balance(receivable(ann.id)).posted, pending(where)) == (-1_000, 2 * 9_940 - 5_000)
        again = refund(where, order, {"balance": 1})
        assert (again.state, again.refunded_fen, again.refunds) == ("partially_refunded", 5_001, 2)
        whole = refund(where, order, {"coupon": 500, "line": 1_000, "balance": 3_499})
        assert (whole.state, whole.refunded_fen, whole.refunds) == ("refunded", 10_000, 3)
        assert [kind for kind, _ in sources.line.told] == ["hold", "committed", "refunded", "refunded"]
        with pytest.raises(OrderNotRefundable):
            refunding.begin(order_id=order.id, amount_fen=1, at=clock.now())
    assert {leg.refunded_fen == leg.amount_fen for leg in queries.paid_legs(order.id)} == {True}
    assert_settled(expected={ann: 10_000})


@pytest.mark.django_db
def test_what_goes_back_to_the_balance_gives_its_limit_back() -> None:
    open_day()
    where, ann = shop(), holder(200_000, verified_class=1)
    for _ in range(4):
        begin(ann, new_order(where, 20_000), BALANCE)
    order = new_order(where, 20_000)
    begin(ann, order, BALANCE)
    with strange_sources():
        refund(where, order, {"balance": 20_000})
    assert begin(ann, new_order(where, 20_000), BALANCE).state == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_case_50_refunds_of_3_yuan_at_once_on_100_find_room_for_exactly_33() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = new_order(where, 10_000)
    begin(ann, order, BALANCE)
    ended = together(lambda _: refunding.begin(order_id=order.id, amount_fen=300, at=clock.now()), 50)
    assert sum(isinstance(end, PaymentOrder) for end in ended) == 33
    assert sum(isinstance(end, RefundTooMuch) for end in ended) == 17
    order.refresh_from_db()
    assert (order.refunding_fen, order.refunds, order.state) == (9_900, 33, "paid")
    refunding.give_up(order_id=order.id, amount_fen=300, at=clock.now() + timedelta(seconds=1))
    order.refresh_from_db()
    assert (order.refunding_fen, order.refunds) == (9_600, 32)


@pytest.mark.django_db
def test_what_is_not_paid_is_not_refunded() -> None:
    open_day()
    order = new_order(shop(), 10_000)
    with pytest.raises(OrderNotRefundable):
        refunding.begin(order_id=order.id, amount_fen=1, at=clock.now())
