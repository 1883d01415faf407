"""A bill of 10,000 lines with every kind of break in it: all found, what mends itself mended, nothing else touched."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.ledger import check
from core.business_day import queries as business_day_queries
from core.business_day import services as business_day
from core.clock import queries as clock
from payments.cashier import sweeps
from payments.cashier.models import PaymentOrder
from payments.channels.models import Break, ChannelRequest
from payments.reconciliation import services
from payments.reconciliation.models import ReconLine
from payments.wallet.models import TopUp
from tests.factories import customer
from tests.payments.cashier.test_unknown import deaf
from tests.payments.cashier.world import Shop, card, card_holder, new_order, pay, pending, shop
from tests.payments.reconciliation.world import CHANNEL, clearing, line, paid, statement
from tests.payments.refunds.world import settle_refunds
from tests.payments.wallet.bank_world import top_up
from tests.query_counts import assert_queries_do_not_grow
from tests.sandbox_bank import SandboxBank

LINES = 10_000


def undecided(bank: SandboxBank, where: Shop) -> tuple[TopUp, PaymentOrder]:
    """A top-up and a payment that the bank has made and we know nothing of; the payment's order is closed meanwhile."""
    who = card_holder(bank)
    bank.fault("timeout_after_effect", operations=["payment"], times=2, params={"hold_ms": 5})
    started, attempt = top_up(who, 5_000), pay(who.customer, new_order(where, 10_000), [card(who)])
    order = PaymentOrder.objects.get(pk=attempt.order_id)
    deaf(bank)
    sweeps.expire_orders(shard=order.shard, at=order.expires_at)
    bank.clear_faults()
    order.refresh_from_db()
    assert (started.result, order.state) == ("processing", "closed")
    return started, order


@pytest.mark.timeout(600)
def test_ten_thousand_lines_with_every_kind_of_break(connected: SandboxBank) -> None:
    where = shop()
    started, order = undecided(connected, where)
    asked = {request.business: request for request in ChannelRequest.objects.filter(operation="pay")}
    assert {request.state for request in asked.values()} == {"unknown"}
    at = clock.now()
    day = business_day_queries.current()
    amounts = [1_000 + place % 9_000 for place in range(LINES)]
    ids = paid(customer().id, amounts, day=day, at=at)
    listed = [line(place + 1, one, amount) for place, (one, amount) in enumerate(zip(ids, amounts, strict=True))]
    changed = {
        10: line(11, ids[10], amounts[10] + 1),
        20: line(21, ids[20], amounts[20], fee_fen=listed[20].fee_fen + 40),
        21: line(22, ids[21], amounts[21], fee_fen=listed[21].fee_fen + 1),
        30: line(31, ids[30], amounts[30], status="PROCESSING"),
    }
    lines = [changed.get(place, one) for place, one in enumerate(listed) if place not in (50, 51)]
    lines += [line(LINES + 1, None, 1_234), line(LINES + 2, ids[60], amounts[60]), line(LINES + 3, uuid4(), 99)]
    lines += [line(LINES + 4, asked["top_up"].id, 5_000), line(LINES + 5, asked["payment"].id, 10_000)]
    run = services.begin(channel=CHANNEL, day=day, at=at)
    services.take(run_id=run.id, got=[statement(day, lines)], at=at)
    run = services.carry_on(run_id=run.id, at=at)
    assert run.state == "matched"
    kinds = Counter(Break.objects.values_list("kind", flat=True))
    assert kinds == {"amount": 1, "fee": 1, "status": 3, "cut_off": 2, "theirs_only": 2, "duplicate": 1}
    states = Counter(ReconLine.objects.values_list("state", flat=True))
    assert states == {"booked": LINES - 2 - 3 + 2, "broken": 6}
    open_fen = sum(amounts[place] for place in (10, 20, 30, 50, 51))
    assert clearing() == open_fen
    started.refresh_from_db()
    order.refresh_from_db()
    assert (started.state, order.state, Break.objects.filter(state="closed", kind="status").count()) == ("succeeded", "paid_late", 2)
    settle_refunds(order.expires_at + timedelta(minutes=5))
    order.refresh_from_db()
    assert (order.state, pending(where), clearing()) == ("late_refunded", 0, open_fen - 10_000)
    following = services.begin(channel=CHANNEL, day=day + timedelta(days=1), at=at)
    back = line(2, ChannelRequest.objects.get(operation="refund").id, 10_000, kind="refund", fee_fen=0, direction="debit")
    services.take(run_id=following.id, got=[statement(following.day, [line(1, ids[50], amounts[50]), back])], at=at)
    assert list(ReconLine.objects.filter(run=following).values_list("state", flat=True)) == ["matched"] * 2
    assert Counter(Break.objects.filter(state="open").values_list("kind", flat=True)) == {
        "amount": 1, "fee": 1, "status": 1, "theirs_only": 2, "duplicate": 1, "ours_only": 1,
    }  # fmt: skip
    assert check.findings() == []


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_lines() -> None:
    at = clock.now()
    day = business_day.open_first_day(at=at).day
    owner = customer().id
    following = iter(range(1, 10))

    def reconcile(size: int) -> None:
        ids = paid(owner, [500] * size, day=day, at=at)
        run = services.begin(channel=CHANNEL, day=day - timedelta(days=next(following)), at=at)
        lines = [line(place + 1, one, 500) for place, one in enumerate(ids)]
        services.take(run_id=run.id, got=[statement(run.day, [*lines, line(size + 1, None, 7)])], at=at)
        assert services.carry_on(run_id=run.id, at=at).state == "matched"

    assert_queries_do_not_grow(reconcile, 3, 60, at_most=80)
