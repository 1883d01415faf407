"""The design's cases of reconciliation by number, and an order the statement calls paid after it was closed."""

from datetime import date, datetime
from hashlib import sha256

import pytest
from django.db.models import F

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.models import LedgerBalance, OpenItem
from core.business_day import services as business_day
from core.clock import queries as clock
from core.work.models import WorkItem
from payments.cashier import sweeps
from payments.cashier.models import PaymentOrder
from payments.channels.models import Break, ChannelRequest
from payments.channels.port import StatementFile
from payments.channels.sandbox_bank import camt053
from payments.reconciliation import journals, services
from payments.reconciliation.models import ReconLine, ReconTerms
from tests.factories import customer
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.test_unknown import deaf
from tests.payments.cashier.world import assert_settled, booked, card, card_holder, new_order, pay, pending, request_of, shop
from tests.payments.reconciliation.test_days import a_day
from tests.payments.reconciliation.world import CHANNEL, at_the_bank, clearing, end_of, line, paid, reconciled, statement
from tests.payments.refunds.world import settle_refunds
from tests.payments.test_statements_hardened import camt, entry
from tests.payments.wallet.bank_world import top_up
from tests.payments.wallet.world import posted
from tests.rules import newer, unguarded
from tests.sandbox_bank import SandboxBank


def test_journal_4_by_number(connected: SandboxBank) -> None:
    """40.00 less 0.08: asset:bank 39.92 + expense:channel_fee 0.08 -> clearing:channel 40.00."""
    run = reconciled(a_day(connected, 4_000))
    line = ReconLine.objects.get(run=run)
    assert booked(line.journal_id) == {
        f"asset:bank:{CHANNEL}": -3_992,
        "expense:channel_fee": -8,
        f"clearing:channel:{CHANNEL}": 4_000,
    }
    assert (run.state, run.closing_fen, clearing()) == ("closed", 3_992, 0)
    assert_books_balance()


def account_file(day: date, body: bytes) -> StatementFile:
    lines, totals = camt053.read(body)
    return StatementFile(day, "account", "camt053", body, sha256(body).hexdigest(), lines, totals)


def closed_day(fee_fen: int, account: bytes, at: datetime) -> tuple[str, int | None, int | None]:
    """A day of one payment of 100.00 with this fee in the list, and this account; the run's state, closing and books."""
    day = business_day.open_first_day(at=at).day
    newer(ReconTerms.objects.get(channel=CHANNEL), fee_bp=60, effective_on=day)
    [request_id] = paid(customer().id, [10_000], day=day, at=at)
    ChannelRequest.objects.filter(pk=request_id).update(fee_fen=60)
    run = services.begin(channel=CHANNEL, day=day, at=at)
    listed = statement(day, [line(1, request_id, 10_000, fee_fen=fee_fen)])
    services.take(run_id=run.id, got=[listed, account_file(day, account)], at=at)
    run = services.carry_on(run_id=run.id, at=at)
    return run.state, run.closing_fen, run.books_fen


ACCOUNT = camt(entry("100.00", "CRDT", "POSP", "SETTLEMENT_PAYMENTS") + entry("0.60", "DBIT", "CHRG", "FEE"))


@pytest.mark.django_db
def test_a_hundred_in_and_a_fee_of_sixty_fen_close_at_ninety_nine_forty_with_no_break() -> None:
    assert closed_day(60, ACCOUNT, clock.now()) == ("closed", 9_940, 9_940)
    assert (Break.objects.count(), at_the_bank(), clearing()) == (0, 9_940, 0)
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == 60
    assert_books_balance()


@pytest.mark.django_db
def test_a_day_whose_account_ends_elsewhere_stays_open() -> None:
    less = camt(entry("100.00", "CRDT", "POSP", "SETTLEMENT_PAYMENTS") + entry("0.70", "DBIT", "CHRG", "FEE"), closing="99.30")
    state, closing, books = closed_day(60, less, clock.now())
    assert (state, closing, books) == ("matched", 9_930, 9_940)
    assert Break.objects.filter(state="open", source__startswith="account").exists()


def test_no_day_closes_on_books_that_do_not_sum_to_zero_or_whose_clearing_is_not_its_open_items(connected: SandboxBank) -> None:
    """Opening + lines = closing is the reader's; the rest of the close is asserted here."""
    day = a_day(connected, 4_000)
    top_up(card_holder(connected), 10_000)
    items, balances = OpenItem.objects.all(), LedgerBalance.objects.filter(account_id=platform_account("expense:channel_fee").id)
    clearing_id = journals.clearing(CHANNEL).id
    for rows, column, why in (
        (items.filter(account_id=clearing_id), "amount", "clearing.open_items"),
        (balances, "posted", "balance.sum_zero"),
    ):
        with unguarded():
            assert rows.update(**{column: F(column) + 1})
        run = reconciled(day)
        assert run.state == "matched"
        assert WorkItem.objects.get(target=run.public_id, finished_at=None).facts["why"] == f"books: {why}"
        with unguarded():
            rows.update(**{column: F(column) - 1})
    run = reconciled(day)
    assert (run.state, clearing()) == ("closed", 10_000)
    assert not WorkItem.objects.filter(target=run.public_id, finished_at=None).exists()


def test_an_order_closed_while_nobody_knew_is_refunded_when_the_statement_says_it_was_paid(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    deaf(connected)
    attempt = pay(who.customer, new_order(where, 10_000), [card(who)])
    order = PaymentOrder.objects.get()
    sweeps.expire_orders(shard=order.shard, at=order.expires_at)
    order.refresh_from_db()
    request = request_of(attempt)
    assert (order.state, request.state) == ("closed", "unknown")
    connected.clear_faults()
    first = reconciled(end_of(connected))
    request.refresh_from_db()
    order.refresh_from_db()
    assert (first.state, request.state, order.state) == ("closed", "success", "paid_late")
    assert [one.kind for one in Break.objects.filter(state="closed")] == ["status"]
    settle_refunds(clock.now())
    order.refresh_from_db()
    assert order.state == "late_refunded"
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    second = reconciled(end_of(connected))
    assert (second.state, clearing(), Break.objects.filter(state="open").count()) == ("closed", 0, 0)
    assert (pending(where), posted(who.customer), ledger.balance(platform_account("payable:unapplied")).posted) == (0, 0, 0)
    assert_settled()
