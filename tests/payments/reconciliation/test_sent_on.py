"""Money that a channel sends on to our own bank: journals 4g and 4h by number, in both orders, and what becomes of a half alone."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger import queries as ledger
from accounts.ledger import services as posting
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Journal
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from payments.channels.alipay import bills as alipay
from payments.channels.models import Break, ChannelCredential
from payments.channels.port import StatementFile, StatementLine
from payments.channels.stripe import movements as stripe
from payments.channels.wechat_v3 import bills as wechat
from payments.reconciliation import journals, sent_on, services
from payments.reconciliation.account import between_accounts
from payments.reconciliation.models import ReconLine, ReconRun
from tests.ledger_proof import assert_books_balance
from tests.payments.reconciliation.test_days import breaks
from tests.payments.reconciliation.world import end_of, reconciled
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE, BANK = "wechat_v3", "sandbox_bank"
OPENING = 10_000


@pytest.fixture
def today() -> date:
    """A day on which the channel's account holds 100.00; the books are open for a month after it."""
    business_day.open_first_day(at=clock.now() + timedelta(days=33))
    return stocked()


def stocked() -> date:
    """Today, when the channel's account holds 100.00."""
    day = clock.local_day(clock.now())
    legs = [debit(journals.bank(SOURCE), OPENING), credit(platform_account("equity:capital"), OPENING)]
    posting.post(journal_id=new_id(), event="ledger.adjusted", legs=legs, reference="capital", effective_on=day, at=clock.now())
    return day


def out(fen: int, number: str = "W1", *, fee: int = 0) -> StatementLine:
    return StatementLine(1, clock.now(), "withdrawal", "", number, "", fen, fee, "CNY", "BOOK", "debit")


def come_in(fen: int, number: str = "B1", *, reference: str = "") -> StatementLine:
    return StatementLine(1, clock.now(), "transfer", reference, number, "", fen, 0, "CNY", "BOOK", "credit", "PMNT/RCDT/DMCT")


def account(day: date, opening: int, *lines: StatementLine) -> list[StatementFile]:
    """A day without orders, and its account."""
    moved = sum((line.amount_fen if line.direction == "credit" else -line.amount_fen) - line.fee_fen for line in lines)
    numbered = tuple(replace(line, line_no=place) for place, line in enumerate(lines, start=1))
    raw = repr(numbered).encode()
    summary = {"opening_fen": opening, "closing_fen": opening + moved}
    return [
        StatementFile(day, "payments", "csv", b"", sha256(b"").hexdigest(), (), {}),
        StatementFile(day, "account", "csv", raw, sha256(raw).hexdigest(), numbered, summary),
    ]


def taken(channel: str, day: date, opening: int, *lines: StatementLine) -> ReconRun:
    run = services.begin(channel=channel, day=day, at=clock.now())
    services.take(run_id=run.id, got=account(day, opening, *lines), at=clock.now())
    return services.go_on(run_id=run.id, at=clock.now())


def stands() -> tuple[int, int, int]:
    """What our books have at the channel, on the way, and at our bank."""
    names = (journals.bank(SOURCE), platform_account("transit:sent_on"), journals.bank(BANK))
    at_channel, on_the_way, at_bank = (-ledger.balance(one).posted for one in names)
    return at_channel, on_the_way, at_bank


def test_journals_4g_and_4h_by_number_when_the_channel_tells_first(today: date) -> None:
    first = taken(SOURCE, today, OPENING, out(6_000, fee=25))
    assert (first.state, first.closing_fen, first.books_fen, stands()) == ("closed", 3_975, 3_975, (3_975, 6_000, 0))
    second = taken(BANK, today + timedelta(days=1), 0, come_in(6_000))
    assert (second.state, second.closing_fen, second.books_fen, stands()) == ("closed", 6_000, 6_000, (3_975, 0, 6_000))
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == 25
    gone, here = ReconLine.objects.get(kind="sent_on"), ReconLine.objects.get(kind="arrived")
    assert (gone.other_half, here.other_half, gone.reference) == (here.id, gone.id, here.reference)
    assert set(Journal.objects.filter(reference=gone.reference).values_list("event", flat=True)) == {journals.SENT_ON, journals.ARRIVED}
    assert (sent_on.miss(at=clock.now() + timedelta(days=40)), breaks()) == (0, [])
    assert_books_balance()


def test_the_same_ends_the_same_when_our_bank_tells_first(today: date) -> None:
    assert (taken(BANK, today, 0, come_in(6_000)).state, stands()) == ("closed", (OPENING, -6_000, 6_000))
    assert (taken(SOURCE, today, OPENING, out(6_000)).state, stands()) == ("closed", (4_000, 0, 6_000))
    assert (sent_on.miss(at=clock.now() + timedelta(days=40)), breaks()) == (0, [])
    assert_books_balance()


def test_both_told_at_once_find_each_other(today: date) -> None:
    told = [(SOURCE, OPENING, out(6_000)), (BANK, 0, come_in(6_000))]
    ended = together(lambda number: taken(told[number][0], today, *told[number][1:]), 2)
    assert [run.state for run in ended] == ["closed", "closed"], ended
    assert (stands(), ReconLine.objects.filter(other_half=None).count()) == ((4_000, 0, 6_000), 0)
    assert_books_balance()


def test_of_two_of_one_amount_the_one_whose_number_is_named_is_taken_and_else_the_nearest_day(today: date) -> None:
    taken(SOURCE, today, OPENING, out(3_000, "W1"), out(3_000, "W2"))
    taken(BANK, today, 0, come_in(3_000, "B1", reference="W2"))
    first, second = ReconLine.objects.filter(kind="sent_on").order_by("line_no")
    assert (first.other_half, second.other_half) == (None, ReconLine.objects.get(kind="arrived").id)
    taken(SOURCE, today + timedelta(days=3), 4_000, out(3_000, "W3"))
    taken(BANK, today + timedelta(days=3), 3_000, come_in(3_000, "B2"))
    third = ReconLine.objects.get(kind="sent_on", run__day=today + timedelta(days=3))
    assert third.other_half == ReconLine.objects.get(channel_no="B2").id
    assert stands() == (1_000, 3_000, 6_000)
    assert_books_balance()


@pytest.mark.parametrize("channel", [SOURCE, BANK])
def test_a_half_alone_for_too_long_is_a_break_once_and_the_other_half_ends_it(today: date, channel: str) -> None:
    lone = {SOURCE: (OPENING, out(6_000)), BANK: (0, come_in(6_000))}
    taken(channel, today, *lone[channel])
    assert sent_on.miss(at=clock.now() + timedelta(days=5)) == 0
    ended = together(lambda _: sent_on.miss(at=clock.now() + timedelta(days=6)), 4)
    assert sorted(ended) == [0, 0, 0, 1]
    found = Break.objects.get()
    assert (found.kind, found.day, found.channel_id, found.ours, found.state) == ("theirs_only", today, channel, "no other half", "open")
    other = BANK if channel == SOURCE else SOURCE
    taken(other, today + timedelta(days=7), *lone[other])
    found.refresh_from_db()
    assert (found.state, stands()) == ("closed", (4_000, 0, 6_000))
    assert_books_balance()


def test_a_half_whose_break_people_closed_is_nobodys_other_half_any_more(today: date) -> None:
    taken(SOURCE, today, OPENING, out(6_000))
    sent_on.miss(at=clock.now() + timedelta(days=6))
    Break.objects.update(state="closed", closed_at=clock.now(), closed_why="lost")
    taken(BANK, today + timedelta(days=7), 0, come_in(6_000))
    assert (ReconLine.objects.filter(other_half=None).count(), stands()) == (2, (4_000, 0, 6_000))
    assert sent_on.miss(at=clock.now() + timedelta(days=13)) == 1
    assert_books_balance()


def test_another_amount_and_one_of_a_month_before_are_no_other_half(today: date) -> None:
    taken(SOURCE, today, OPENING, out(6_000))
    taken(BANK, today, 0, come_in(5_999))
    taken(BANK, today + timedelta(days=32), 5_999, come_in(6_000, "B2"))
    assert ReconLine.objects.filter(other_half=None).count() == 3
    assert_books_balance()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "arrived"),
        ({"direction": "debit"}, ""),
        ({"bank_code": "PMNT/ICDT/DMCT"}, ""),
        ({"bank_code": "PMNT/RCDT/CHRG"}, ""),
        ({"kind": "payout_return"}, ""),
        ({"currency": "USD"}, ""),
        ({"request_no": "chr_x"}, ""),
        ({"kind": "withdrawal", "direction": "debit"}, "sent_on"),
    ],
)
def test_what_is_money_between_our_own_accounts(changes: dict[str, Any], kind: str) -> None:
    assert between_accounts(replace(come_in(1), **changes)) == kind


def test_every_channel_that_sends_on_calls_it_one_thing() -> None:
    assert {wechat.KINDS["\u63d0\u73b0"], alipay.KINDS["\u63d0\u73b0"], stripe.OTHERS["payout"]} == {"withdrawal"}


def test_the_database_refuses_a_half_of_two_and_one_without_a_reference(today: date) -> None:
    taken(SOURCE, today, OPENING, out(3_000, "W1"), out(3_000, "W2"))
    taken(BANK, today, 0, come_in(3_000))
    rows = ReconLine.objects.filter(kind="sent_on")
    with pytest.raises(IntegrityError, match="payments_reconline_half"), transaction.atomic():
        rows.update(other_half=ReconLine.objects.get(kind="arrived").id)
    with pytest.raises(IntegrityError, match="payments_reconline_between"), transaction.atomic():
        rows.update(reference="")


def test_money_that_comes_in_at_the_sandbox_bank_is_found_by_its_number(connected: SandboxBank) -> None:
    day = stocked()
    merchant = ChannelCredential.objects.get(channel_id=BANK, retired_at=None).merchant
    for reference in ("W7", "W8"):
        connected.control("POST", f"merchants/{merchant}/transfers", {"amount_fen": 6_000, "reference": reference})
    run = reconciled(end_of(connected))
    assert taken(SOURCE, day, OPENING, out(6_000, "W8")).state == "closed"
    assert (run.state, run.closing_fen, run.books_fen) == ("closed", 12_000, 12_000)
    gone = ReconLine.objects.get(kind="sent_on")
    assert ReconLine.objects.get(kind="arrived", request_no="W8").other_half == gone.id
    assert stands() == (4_000, -6_000, 12_000)
    assert_books_balance()
