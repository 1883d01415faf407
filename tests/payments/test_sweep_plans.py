"""The sweeps find what is due by their own partial indexes, however many rows are over, and take a bounded batch each.

Some thousand rows that are over lie in every table; PostgreSQL chooses freely, with fresh statistics.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from core.clock import queries as clock
from payments.agreements import queries as agreements
from payments.agreements import sweeps as agreement_sweeps
from payments.agreements.models import Agreement, Deduction
from payments.bills import queries as bills
from payments.bills import services as bill_services
from payments.bills import sweeps as bill_sweeps
from payments.bills.models import BillAccount, BillPayment
from payments.bills.sockets import Owed
from payments.cashier import queries as cashier
from payments.cashier import sweeps as cashier_sweeps
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.channels import queries as channels
from payments.channels.models import Break
from payments.disputes import queries as disputes
from payments.disputes import sweeps as dispute_sweeps
from payments.disputes.models import Dispute
from payments.notices import queries as notices
from payments.notices import services as notice_services
from payments.notices.models import MerchantNotice
from payments.refunds import queries as refunds
from payments.refunds import sweeps as refund_sweeps
from payments.refunds.models import Refund
from payments.settlement import queries as settlement
from payments.settlement import sweeps as settlement_sweeps
from payments.settlement.models import Settlement
from tests.payments.agreements.world import ask, debit, signed
from tests.payments.bills.world import a_biller, an_account
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import dispute, won
from tests.payments.notices.world import a_notice, told_shop
from tests.payments.refunds.world import by_balance, refund
from tests.payments.settlement.world import end_day, sell
from tests.payments.wallet.world import open_day

OVER = 4_000
A_DAY = timedelta(days=1)
OLD = "now() - n * interval '1 minute'"
Act = Callable[[], object]


def many(model: type[Model], **columns: str) -> None:
    """OVER rows like those there are, but for their keys and these columns: SQL of `n`, the number of the copy."""
    values = {"id": "gen_random_uuid()"} | ({"shard": "n % 64"} if has(model, "shard") else {}) | columns
    names = [str(field.column) for field in model._meta.concrete_fields]
    taken = ", ".join(values.get(name, f'kept."{name}"') for name in names)
    listed, table = ", ".join(f'"{name}"' for name in names), model._meta.db_table
    one = f"(SELECT * FROM {table} LIMIT 1)"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {one} AS kept, generate_series(1, {OVER}) AS n")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"ANALYZE {table}")


def some(value: str, others: str, each: int = 10) -> str:
    """One value for a tenth of the copies, another for the rest."""
    return f"CASE WHEN n % {each} = 0 THEN {value} ELSE {others} END"


def has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def plans(act: Act, table: str) -> list[tuple[str, str]]:
    """(statement, plan) of what `act` reads of a table."""
    with CaptureQueriesContext(connection) as captured:
        act()
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if re.search(rf'(FROM|UPDATE) "?{table}\b', query["sql"]):
                cursor.execute("EXPLAIN " + query["sql"])
                found.append((query["sql"], "\n".join(line for (line,) in cursor.fetchall())))
    assert found, f"nothing was read of {table}"
    return found


def assert_by(index: str, act: Act, model: type[Model], *, limit: int | None = None) -> None:
    """What `act` asks of a table first is found by the index, and never by reading the table."""
    table = model._meta.db_table
    told = plans(act, table)
    wrong = [plan for _, plan in told if f"Seq Scan on {table}" in plan]
    assert not wrong, wrong
    assert any(index in plan for _, plan in told), told
    if limit is not None:
        assert any(f"LIMIT {limit}" in sql for sql, _ in told), [sql for sql, _ in told]


@pytest.mark.django_db
def test_the_sweeps_of_orders_refunds_and_disputes_read_what_is_due_alone() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order = by_balance(where, ann, 1_000)
    refund(order, 100)
    won(dispute(by_balance(where, ann, 1_000), 500))
    many(PaymentOrder, out_trade_no="'copy ' || n", created_at=OLD, paid_at=OLD, changed_at=OLD)
    waits = {"state": some("'created'", "kept.state"), "changed_at": some("now() + interval '1 day'", OLD)}
    waits |= {name: some("NULL", f"kept.{name}") for name in ("journal_id", "booked_on", "settled_at")}
    many(Refund, merchant_id="gen_random_uuid()", order_id="gen_random_uuid()", created_at=OLD, **waits)
    open_ones = {
        "state": some("'opened'", "kept.state"),
        "decided_at": some("NULL", "kept.decided_at"),
        "verdict": some("''", "kept.verdict"),
    }
    open_ones |= {"asked_at": some("now() + interval '1 day'", "kept.asked_at"), "short_fen": some("kept.wanted_fen", "kept.short_fen", 20)}
    open_ones |= {name: some("0", f"kept.{name}", 20) for name in ("from_pending_fen", "from_available_fen", "from_reserve_fen")}
    many(Dispute, merchant_id="gen_random_uuid()", order_id="gen_random_uuid()", created_at=OLD, changed_at=OLD, **open_ones)
    at = clock.now()
    for name, index, batch in (
        ("expire_orders", "payments_order_due", cashier_sweeps.BATCH),
        ("close_orders", "payments_order_closing", cashier_sweeps.BATCH),
        ("place_refunds", "payments_order_give_back", cashier_sweeps.REFUNDS),
    ):
        sweep = getattr(cashier_sweeps, name)
        assert_by(index, lambda sweep=sweep: sweep(shard=3, at=at), PaymentOrder, limit=batch)  # type: ignore[misc]
        assert_by(index, lambda: cashier.due_shards(at, waited=A_DAY), PaymentOrder)
    assert_by("payments_refund_waiting", lambda: refund_sweeps.place_waiting(shard=3, at=at), Refund, limit=refund_sweeps.BATCH)
    assert_by("payments_refund_waiting", lambda: refunds.due_shards(at, waited=A_DAY), Refund)
    for name, index in (("end_waiting", "payments_dispute_due"), ("freeze_short", "payments_dispute_short")):
        sweep = getattr(dispute_sweeps, name)
        assert_by(index, lambda sweep=sweep: sweep(shard=3, at=at), Dispute, limit=dispute_sweeps.BATCH)  # type: ignore[misc]
        assert_by(index, lambda: disputes.due_shards(at, waited=A_DAY), Dispute)


@pytest.mark.django_db
def test_the_sweeps_of_bills_and_reminders_read_what_is_due_alone() -> None:
    open_day()
    who, biller, at = holder(10_000), a_biller(), clock.now()
    owed = Owed("W1", "2026-11", 100, clock.local_day(at))
    bill_services.begin(customer_id=who.id, biller=biller, account_no=an_account(), owed=owed, at=at)
    bill_services.save_account(customer_id=who.id, biller=biller, account_no=an_account(), nickname="", remind=False, at=at)
    many(BillPayment, bill_no="'copy ' || n", order_id="gen_random_uuid()", state="'settled'", created_at=OLD, changed_at=OLD)
    many(BillAccount, account_index="decode(lpad(n::text, 64, '0'), 'hex')")
    assert_by("payments_bill_next", lambda: bill_sweeps.go_on(shard=3, at=at), BillPayment, limit=bill_sweeps.BATCH)
    assert_by("payments_bill_next", lambda: bills.due_shards(at), BillPayment)
    month = clock.local_day(at).replace(day=1)
    assert_by("payments_billaccount_remind", lambda: bill_services.remind(shard=3, month=month, at=at), BillAccount, limit=200)


@pytest.mark.django_db
def test_the_sweeps_of_agreements_read_what_is_due_alone() -> None:
    open_day()
    where, ann, at = shop(), holder(10_000, pin=True), clock.now()
    agreement = signed(where, ann)
    debit(ask(where, agreement, 1_000))
    waits = {"state": some("'waiting'", "kept.state"), "next_at": some("now() + interval '1 day'", "kept.next_at")}
    many(Deduction, order_id="gen_random_uuid()", number="n + 1", created_at=OLD, changed_at=OLD, **waits)
    many(Agreement, out_agreement_no="'copy ' || n", created_at=OLD, changed_at=OLD)
    batch = agreement_sweeps.BATCH
    assert_by("payments_deduction_due", lambda: agreement_sweeps.debit(shard=3, at=at), Deduction, limit=batch)
    assert_by("payments_agreement_unsigned", lambda: agreement_sweeps.expire(shard=3, at=at), Agreement, limit=batch)
    assert_by("payments_deduction_due", lambda: agreements.due_shards(at), Deduction)
    assert_by("payments_agreement_unsigned", lambda: agreements.due_shards(at), Agreement)


@pytest.mark.django_db
def test_the_sweep_of_settlements_reads_what_is_due_alone() -> None:
    sell(shop(), 10_000)
    end_day()
    many(Settlement, business_on="business_on - n", last="false", changed_at=OLD)
    at = clock.now()
    assert_by("payments_settlement_to_pay", lambda: settlement_sweeps.pay_due(shard=3, at=at), Settlement, limit=settlement_sweeps.BATCH)
    assert_by("payments_settlement_to_pay", lambda: settlement.due_shards(at), Settlement)


@pytest.mark.django_db
def test_the_sweeps_of_notices_read_what_is_due_alone() -> None:
    a_notice(told_shop("https://shop.example/hear"))
    delivered = {"state": "'delivered'", "due_at": "NULL", "delivered_at": OLD, "tries": "1"}
    many(MerchantNotice, event_id="gen_random_uuid()", created_at=OLD, changed_at=OLD, **delivered)
    at = clock.now()
    claim = {"shard": 3, "busy": [], "most": 24, "each": 3, "at": at}
    assert_by("payments_mnotice_to_send", lambda: notices.shards_due(at), MerchantNotice)
    assert_by("payments_mnotice_to_send", lambda: notice_services.claim(**claim), MerchantNotice)
    assert_by("payments_mnotice_over", lambda: notice_services.forget_old(shard=3, at=at), MerchantNotice, limit=2_000)


@pytest.mark.django_db
def test_what_charts_count_of_a_day_is_found_by_its_time() -> None:
    open_day()
    by_balance(shop(), holder(1_000), 1_000)
    facts: dict[str, Any] = {"kind": "amount", "source": "t", "request_no": "r", "ours": "1", "theirs": "2"}
    at = clock.now()
    Break.objects.create(channel_id="sandbox_bank", created_at=at, **facts)
    many(PaymentAttempt, order_id="gen_random_uuid()", created_at="now() - n * interval '1 hour'")
    many(Break, state="'closed'", closed_at="now() - n * interval '1 hour'", created_at="now() - n * interval '1 hour'")
    assert_by("payments_break_found", lambda: channels.breaks_found(at - A_DAY, at), Break)
    assert_by("payments_break_ended", lambda: channels.breaks_ended(at - A_DAY, at), Break)
    with connection.cursor() as cursor:  # a BRIN index pays from some ten thousand rows on
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert_by("payments_attempt_made", lambda: list(cashier.attempts_made(at - A_DAY, at)), PaymentAttempt)
