"""A channel's days at the real sandbox bank: clean ones, and each way its statement can disagree."""

import zlib
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.ledger import periods
from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from core.approvals.services import applying
from core.business_day import travel
from core.clock import queries as clock
from core.work.models import WorkItem
from payments.channels import services
from payments.channels.models import Break, ChannelCredential, ChannelRequest
from payments.reconciliation import queries, tasks
from payments.reconciliation import services as reconciling
from payments.reconciliation.models import ReconFile, ReconLine, ReconRun
from tests.ledger_proof import assert_books_balance
from tests.payments.reconciliation.world import at_the_bank, clearing, end_of, reconciled
from tests.payments.wallet.bank_world import card_holder, settle_wallet, top_up, withdraw
from tests.sandbox_bank import SandboxBank


def breaks(state: str = "open") -> list[tuple[str, str]]:
    """(kind, source) of the breaks in a state, oldest first."""
    return list(Break.objects.filter(state=state).order_by("created_at", "id").values_list("kind", "source"))


def a_day(bank: SandboxBank, *amounts: int) -> date:
    """A day with a top-up of each amount."""
    who = card_holder(bank)
    for amount in amounts:
        assert top_up(who, amount).state == "succeeded"
    return end_of(bank)


def test_journal_4_a_day_of_every_kind_clears_to_the_banks_own_closing_balance(connected: SandboxBank) -> None:
    who = card_holder(connected)
    top_up(who, 10_000)
    top_up(who, 4_000)
    withdrawal = withdraw(who, 3_000)
    settle_wallet(clock.now())
    run = reconciled(end_of(connected))
    assert (run.state, run.opening_fen, run.closing_fen, run.books_fen) == ("closed", 0, 10_972, 10_972)
    assert at_the_bank() == 10_000 - 20 + 4_000 - 8 - 3_000
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == 28
    assert clearing() == 0
    assert [item for item in ledger.open_items(at=clock.now()) if item.name.startswith("clearing:")] == []
    request = ChannelRequest.objects.get(business_id=withdrawal.id)
    connected.return_payout(ChannelCredential.objects.get(retired_at=None).merchant, request.request_no)
    services.query(request_id=request.id, at=clock.now())
    settle_wallet(clock.now())
    second = reconciled(end_of(connected))
    assert breaks() == []
    assert (second.state, second.opening_fen, second.closing_fen) == ("closed", 10_972, 13_972)
    assert at_the_bank() == 13_972
    assert clearing() == 0
    assert_books_balance()


def test_doing_it_again_changes_nothing_and_the_file_is_kept_as_it_came(connected: SandboxBank) -> None:
    day = a_day(connected, 5_000)
    first = reconciled(day)
    before = at_the_bank()
    again = reconciled(day)
    assert (again.id, again.state, at_the_bank()) == (first.id, "closed", before)
    assert ReconRun.objects.count() == 1
    kept = ReconFile.objects.get(run=first, kind="payments")
    assert zlib.decompress(bytes(kept.packed)).startswith(b"record,line_no,")
    assert ReconFile.objects.filter(run=first).count() == 2


FAULTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]], int]] = {
    "extra_line": ({"amount_fen": 1234}, [("theirs_only", "statement")], 3),
    "changed_line": ({"field": "amount_fen", "delta_fen": 7}, [("amount", "statement")], 2),
    "changed_line fee": ({"field": "fee_fen", "delta_fen": 50}, [("fee", "statement")], 2),
    "changed_line status": ({"field": "status"}, [("status", "statement")], 2),
    "duplicate_line": ({}, [("duplicate", "statement")], 3),
    "missing_line": ({}, [("cut_off", "statement")], 2),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_statement_that_disagrees_leaves_a_break_of_its_kind_and_books_the_rest(connected: SandboxBank, fault: str) -> None:
    params, kinds, booked = FAULTS[fault]
    connected.fault(fault.split(" ", maxsplit=1)[0], params=params)
    run = reconciled(a_day(connected, 10_000, 20_000, 30_000))
    found = [(kind, source.split(" ", maxsplit=1)[0]) for kind, source in breaks()]
    assert found == kinds, breaks()
    assert run.state == "matched"
    assert ReconLine.objects.filter(run=run, state="booked").count() == booked
    assert_books_balance()


def test_a_fee_off_by_no_more_than_the_tolerance_is_booked_as_a_variance(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "fee_fen", "delta_fen": 2})
    run = reconciled(a_day(connected, 10_000))
    assert -ledger.balance(platform_account("variance:reconciliation")).posted == 2
    assert -ledger.balance(platform_account("expense:channel_fee")).posted == 20
    assert ReconLine.objects.get(run=run).state == "booked"
    assert clearing() == 0
    assert_books_balance()


def test_a_line_that_comes_a_day_late_is_carried_and_closes_by_itself(connected: SandboxBank) -> None:
    fault = connected.fault("cut_off_shift", params={"count": 1})
    first = reconciled(a_day(connected, 10_000))
    assert breaks() == [("cut_off", f"statement {first.day}")]
    assert first.state == "matched"
    second = reconciled(end_of(connected))
    assert breaks() == []
    assert (reconciled(first.day).state, second.state) == ("closed", "closed"), (fault, breaks("closed"))
    assert at_the_bank() == 9_980
    assert clearing() == 0
    assert_books_balance()


def test_a_line_that_never_comes_is_ours_alone_after_a_day(connected: SandboxBank) -> None:
    connected.fault("missing_line", params={"count": 1})
    first = reconciled(a_day(connected, 10_000))
    connected.clear_faults()
    second = reconciled(end_of(connected))
    assert breaks() == [("ours_only", f"statement {second.day}")]
    assert breaks("closed") == [("cut_off", f"statement {first.day}")]
    assert clearing() == 10_000, "it stays open until people decide"
    assert_books_balance()


def test_what_the_bank_calls_done_and_we_do_not_know_is_asked_about_and_settled(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], times=1, params={"hold_ms": 50})
    order = top_up(who, 10_000)
    assert ChannelRequest.objects.get(pk=order.request_id).state == "unknown"
    run = reconciled(end_of(connected))
    order.refresh_from_db()
    assert (order.state, run.state) == ("succeeded", "closed")
    assert breaks("closed")[0][0] == "status"
    assert clearing() == 0
    assert_books_balance()


def test_a_payout_that_came_back_without_a_word_is_asked_about_and_given_back(connected: SandboxBank) -> None:
    """The notice of the return was lost; the statement is the first that tells of it."""
    who = card_holder(connected)
    top_up(who, 10_000)
    withdrawal = withdraw(who, 3_000)
    settle_wallet(clock.now())
    assert reconciled(end_of(connected)).state == "closed"
    request = ChannelRequest.objects.get(business_id=withdrawal.id)
    connected.fault("lost_notice", operations=["payout"], times=5)
    connected.return_payout(ChannelCredential.objects.get(retired_at=None).merchant, request.request_no)
    run = reconciled(end_of(connected))
    withdrawal.refresh_from_db()
    assert (withdrawal.state, run.state) == ("returned", "closed")
    assert breaks() == []
    assert breaks("closed")[-1][0] == "status"
    assert (clearing(), at_the_bank()) == (0, 10_000 - 20)
    assert_books_balance()


def test_a_file_that_is_not_what_its_digest_says_is_not_believed_and_an_operator_hears_of_it(connected: SandboxBank) -> None:
    fault = connected.fault("bad_digest")
    day = a_day(connected, 10_000)
    run = reconciled(day)
    assert (run.state, run.why) == ("open", "broken: digest")
    assert ReconLine.objects.count() == 0
    item = WorkItem.objects.get(kind="reconciliation.waiting", target=run.public_id)
    connected.control("DELETE", f"faults/{fault}")
    assert reconciled(day).state == "closed"
    item.refresh_from_db()
    assert item.finished_at is not None


def test_a_channel_that_does_not_answer_is_asked_six_times_before_a_person_is(connected: SandboxBank) -> None:
    card_holder(connected)
    run = reconciling.begin(channel="sandbox_bank", day=clock.local_day(clock.now()), at=clock.now())
    for asked in (0, 0, 0, 0, 0, 1):
        reconciling.wait(run_id=run.id, why="no_answer", at=clock.now())
        assert WorkItem.objects.filter(kind="reconciliation.waiting", target=run.public_id).count() == asked


def test_a_day_that_is_not_over_waits_without_a_word(connected: SandboxBank) -> None:
    card_holder(connected)
    run = reconciled(clock.local_day(clock.now()))
    assert (run.state, run.why) == ("open", "not_ready")
    assert WorkItem.objects.filter(kind="reconciliation.waiting").count() == 0


def test_a_statement_that_comes_after_its_books_are_closed_is_booked_on_the_open_day_and_nothing_is_broken_by_it(
    connected: SandboxBank,
) -> None:
    late = a_day(connected, 10_000)
    with applying("ledger.close_period", maker="staff:max", checker="staff:cara"):
        periods.close(through_on=late, at=clock.now())
    following = end_of(connected)
    run, next_one = reconciled(late), reconciled(following)
    assert breaks() == []
    assert (run.state, run.dated_on, run.closing_fen, run.books_fen) == ("closed", clock.local_day(clock.now()), 9_980, 0)
    assert (next_one.state, next_one.closing_fen, next_one.books_fen) == ("closed", 9_980, 0)
    third = reconciled(end_of(connected))
    assert (third.state, third.closing_fen, third.books_fen) == ("closed", 9_980, 9_980), "strict again from the day it is booked on"
    assert clearing() == 0
    assert_books_balance()


def test_days_that_people_have_to_decide_hold_up_no_others(connected: SandboxBank) -> None:
    connected.fault("extra_line", params={"count": 1, "amount_fen": 1234})
    stuck = a_day(connected, 10_000)
    assert tasks.reconcile_channel(channel="sandbox_bank") == 1
    connected.clear_faults()
    silence = connected.fault("bad_digest")
    waiting = end_of(connected)
    tasks.reconcile_channel(channel="sandbox_bank")
    assert [run.day for run in queries.unclosed("sandbox_bank")] == [waiting, stuck], "what has no statement yet comes first"
    connected.control("DELETE", f"faults/{silence}")
    travel.advance(to=clock.now() + timedelta(minutes=11))
    tasks.reconcile_channel(channel="sandbox_bank")
    assert [run.day for run in queries.unclosed("sandbox_bank")] == [stuck]


def test_an_order_that_another_days_statement_lists_is_not_missed_whichever_comes_first(connected: SandboxBank) -> None:
    connected.fault("cut_off_shift", params={"count": 1})
    first = a_day(connected, 10_000)
    second = end_of(connected)
    assert reconciled(second).state == "closed"
    assert reconciled(first).state == "closed", "its account has the order that the next day's list has"
    assert breaks("closed") == breaks() == []
    assert_books_balance()
