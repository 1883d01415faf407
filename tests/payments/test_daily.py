"""What rooms count of a day, against orders, attempts, refunds, breaks and payouts made by hand."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.clock.queries import local_day, start_of_day
from core.ids import new_id, public_id, shard_of
from payments.cards.models import Card
from payments.cashier.daily import OrdersOfDay
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.channels.daily import BreaksOfDay
from payments.channels.models import Break, ChannelRequest
from payments.channels.queries import open_breaks
from payments.refunds.daily import RefundsOfDay
from payments.settlement.daily import PayoutsOfDay
from payments.settlement.models import MerchantPayout
from tests import factories
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import Shop, new_order, shop
from tests.payments.refunds.world import refund
from tests.payments.settlement.world import end_day, sell, settled

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


def counted(source: Any, day: date) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.figure, one.key): (one.number, one.fen) for one in source.count(day=day)}


def today() -> date:
    return local_day(clock.now())


def dated(order: PaymentOrder, at: datetime, **changes: Any) -> None:
    PaymentOrder.objects.filter(pk=order.pk).update(paid_at=at, **changes)


def asked(where: Shop, who: Customer, channel: str, state: str, code: str = "", *, at: datetime | None = None) -> PaymentAttempt:
    """An attempt whose channel has answered so."""
    at = at or clock.now()
    order, request_id = new_order(where, 100), new_id()
    number = public_id(ChannelRequest.PREFIX, request_id)
    request = ChannelRequest(
        id=request_id, request_no=number, channel_id=channel, operation="pay", business="order", business_id=new_id(), reference=number,
        customer_id=who.id, shard=0, amount_fen=100, created_at=at, changed_at=at,
    )  # fmt: skip
    ChannelRequest.objects.bulk_create([request])
    made = ChannelRequest.objects.filter(pk=request_id)
    made.update(state="sent", sent_at=at)
    if state != "sent":
        made.update(state=state, code=code, settled_at=at if state in ("success", "failed") else None)
    return PaymentAttempt.objects.create(
        order=order,
        customer=who,
        shard=order.shard,
        number=1,
        amount_fen=100,
        factors=1,
        request_id=request_id,
        created_at=at,
        changed_at=at,
    )


def test_an_order_counts_on_the_shanghai_day_it_was_paid_by_its_scene() -> None:
    day, begins = today(), start_of_day(today())
    first, before, last, after = sell(shop(), 10_000, 5_000, 300, 7)
    dated(first, begins)
    dated(before, begins - MOMENT)
    dated(last, start_of_day(day + timedelta(days=1)) - MOMENT, scene="qr_static")
    dated(after, start_of_day(day + timedelta(days=1)))
    PaymentAttempt.objects.filter(order=before).update(created_at=begins - MOMENT)
    found = counted(OrdersOfDay(), day)
    assert found == {("paid", "in_app"): (1, 10_000), ("paid", "qr_static"): (1, 300), ("attempts_through", "own"): (3, 0)}
    yesterday = counted(OrdersOfDay(), day - timedelta(days=1))
    assert yesterday == {("paid", "in_app"): (1, 5_000), ("attempts_through", "own"): (1, 0)}
    assert_books_balance()


def test_attempts_count_by_the_channels_word_and_refusals_by_their_code() -> None:
    where, who = shop(), factories.customer(verified_class=2)
    for state, code in [("success", ""), ("success", ""), ("failed", "insufficient_funds"), ("unknown", "timeout"), ("sent", "")]:
        asked(where, who, "sandbox_bank", state, code)
    asked(where, who, "alipay", "failed", "risk")
    late = asked(where, who, "alipay", "failed", "risk")
    long_ago = clock.now() - timedelta(days=6)
    PaymentOrder.objects.filter(pk=late.order_id).update(created_at=long_ago, expires_at=long_ago + timedelta(days=7))
    assert counted(OrdersOfDay(), today()) == {
        ("attempts_refused", "alipay"): (2, 0),
        ("attempts_refused", "sandbox_bank"): (1, 0),
        ("attempts_through", "sandbox_bank"): (2, 0),
        ("attempts_waiting", "sandbox_bank"): (2, 0),
        ("codes", "alipay risk"): (2, 0),
        ("codes", "sandbox_bank insufficient_funds"): (1, 0),
    }


def test_a_refund_counts_on_the_business_day_it_was_booked() -> None:
    order, other = sell(shop(), 10_000, 5_000)
    refund(order, 2_500)
    refund(order, 500)
    refund(other, 5_000)
    assert counted(RefundsOfDay(), today()) == {("refunded", "app"): (3, 8_000)}
    assert counted(RefundsOfDay(), today() - timedelta(days=1)) == {}
    assert_books_balance()


def a_break(kind: str, at: datetime, closed_at: datetime | None = None) -> Break:
    made = Break.objects.create(
        channel_id="sandbox_bank", kind=kind, source="test", request_no=new_id().hex, ours="1", theirs="2", created_at=at
    )
    if closed_at is not None:
        Break.objects.filter(pk=made.pk).update(state="closed", closed_at=closed_at, closed_why="test")
    return made


def test_breaks_count_where_they_were_found_and_where_they_were_closed() -> None:
    day, begins = today(), start_of_day(today())
    a_break("amount", begins)
    a_break("amount", begins - MOMENT, closed_at=begins)
    a_break("fee", begins - timedelta(days=4), closed_at=begins - MOMENT)
    assert counted(BreaksOfDay(), day) == {("breaks_found", "amount"): (1, 0), ("breaks_ended", "amount"): (1, 0)}
    assert counted(BreaksOfDay(), day - timedelta(days=1)) == {("breaks_found", "amount"): (1, 0), ("breaks_ended", "fee"): (1, 0)}


def test_open_breaks_are_counted_by_age_in_one_query() -> None:
    at = clock.now()
    for hours in (1, 30, 31, 24 * 9):
        a_break("amount", at - timedelta(hours=hours))
    a_break("fee", at - timedelta(days=3))
    a_break("fee", at, closed_at=at)
    with CaptureQueriesContext(connection) as queries:
        amount, fee = open_breaks(at, ages=(timedelta(days=1), timedelta(days=3), timedelta(days=7)))
    assert len(queries) == 1
    assert (amount.kind, amount.by_age, amount.number, amount.oldest_at) == ("amount", (1, 2, 0, 1), 4, at - timedelta(days=9))
    assert (fee.kind, fee.by_age) == ("fee", (0, 0, 1, 0))


def test_payouts_count_on_the_day_they_were_sent_by_what_became_of_them() -> None:
    where = shop()
    sell(where, 10_000)
    row = settled(where, end_day())
    at = clock.now()
    facts = {
        "settlement": row, "merchant_id": row.merchant_id, "shard": row.shard, "request_id": new_id(), "sent_journal_id": new_id(),
        "changed_at": at, "card_id": Card(id=new_id()).id,
    }  # fmt: skip
    MerchantPayout.objects.create(number=1, amount_fen=700, created_at=at, **facts)
    MerchantPayout.objects.filter(number=1).update(state="failed", back_journal_id=new_id())
    MerchantPayout.objects.create(number=2, amount_fen=900, created_at=at, **facts)
    MerchantPayout.objects.filter(number=2).update(state="paid", paid_journal_id=new_id())
    assert counted(PayoutsOfDay(), today()) == {("payouts", "failed"): (1, 700), ("payouts", "paid"): (1, 900)}
    assert counted(PayoutsOfDay(), today() - timedelta(days=1)) == {}
    MerchantPayout.objects.all().delete()


def many(where: Shop, who: Customer, number: int, *, at: datetime) -> None:
    """Paid orders of one instant, with their attempts, written straight into the tables."""
    shard = shard_of(where.merchant.id)
    rows = [
        PaymentOrder(
            merchant=where.merchant, app=where.app, shard=shard, out_trade_no=new_id().hex, scene="in_app", subject="Tea",
            amount_fen=100, expires_at=at + timedelta(minutes=30), created_at=at, changed_at=at,
        )
        for _ in range(number)
    ]  # fmt: skip
    PaymentOrder.objects.bulk_create(rows)
    PaymentAttempt.objects.bulk_create(
        PaymentAttempt(
            order=row, customer=who, shard=row.shard, number=1, amount_fen=100, factors=1, state="succeeded", created_at=at, changed_at=at
        )
        for row in rows
    )
    fresh = PaymentOrder.objects.filter(pk__in=[row.pk for row in rows])
    fresh.update(state="paid", journal_id=F("id"), paid_at=at, payer=who)


def read_by(act: Callable[[], Any]) -> int:
    """How many orders, attempts and requests PostgreSQL reads for what `act` asks. Reading small tables whole is taken from it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked_for:
            act()
        rows = 0
        for query in asked_for.captured_queries:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            (told,) = cursor.fetchone()
            rows += read((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return rows


def read(node: dict[str, Any]) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    counts = node.get("Relation Name") in ("payments_paymentorder", "payments_paymentattempt", "payments_channelrequest")
    return int(own if counts else 0) + sum(read(below) for below in node.get("Plans", []))


def test_a_day_costs_the_same_however_long_the_history_is() -> None:
    where, who = shop(), factories.customer(verified_class=2)
    many(where, who, 20, at=clock.now())
    cost = read_by(lambda: counted(OrdersOfDay(), today()))
    assert cost > 0
    many(where, who, 400, at=clock.now() - timedelta(days=40))
    assert read_by(lambda: counted(OrdersOfDay(), today())) == cost
    assert counted(OrdersOfDay(), today()) == {("paid", "in_app"): (20, 2_000), ("attempts_through", "own"): (20, 0)}
