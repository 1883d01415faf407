"""What people correct by a journal of their own explains that difference and no other: the closing equality holds on every day."""

from datetime import date

from django.urls import reverse

from accounts.ledger import periods
from accounts.ledger import services as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.adjusting import Adjustment
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Journal
from core.approvals.services import applying
from core.clock import queries as clock
from core.ids import new_id
from payments.channels import closing_breaks
from payments.channels.models import Break
from payments.reconciliation import journals
from payments.reconciliation.models import ReconRun
from tests.desk.people import staff, verified
from tests.ledger_proof import assert_books_balance
from tests.payments.reconciliation.test_days import a_day, breaks
from tests.payments.reconciliation.world import CHANNEL, end_of, reconciled
from tests.sandbox_bank import SandboxBank


def close_by_hand(found: Break, amount_fen: int = 0) -> Break:
    """Two people close a break, with this much of their own booked from clearing to the bank's account."""
    names = (journals.bank(CHANNEL).name, journals.clearing(CHANNEL).name)
    wanted = Adjustment(*names, amount_fen, "as the account shows") if amount_fen else None
    with applying(closing_breaks.ACT, maker="staff:mia", checker="staff:cara"):
        return closing_breaks.close(break_id=found.pk, why="as the account shows", correction=wanted, at=clock.now())


def wrong_fee(bank: SandboxBank) -> ReconRun:
    """A day of two payments, each 99.80 in the account, whose list has another fee of one."""
    bank.fault("changed_line", params={"field": "fee_fen", "delta_fen": 50})
    run = reconciled(a_day(bank, 10_000, 10_000))
    bank.clear_faults()
    assert (run.state, run.closing_fen, run.books_fen) == ("matched", 19_960, 9_980)
    return run


def stray(amount_fen: int) -> None:
    """Our books of the bank's account move, and the account does not."""
    legs = [debit(journals.bank(CHANNEL), amount_fen), credit(platform_account("equity:capital"), amount_fen)]
    ledger.post(journal_id=new_id(), event="ledger.adjusted", legs=legs, reference="nobody knows", at=clock.now())


def gap(day: date) -> list[tuple[str, str]]:
    """What both sides have of the balance, in each open break of a day's closing."""
    return list(Break.objects.filter(state="open", source=f"account {day} closing balance").values_list("ours", "theirs"))


def page(run: ReconRun) -> str:
    client = verified(staff("ole", "finance_maker"))
    return client.get(reverse("admin:payments_reconrun_change", args=[run.pk])).content.decode()


def test_a_correction_is_dated_to_its_day_and_closes_it_and_no_other_difference_closes_after_it(connected: SandboxBank) -> None:
    run = wrong_fee(connected)
    closed = close_by_hand(Break.objects.get(state="open"), 9_980)
    assert Journal.objects.get(pk=closed.journal_id).effective_on == run.day
    run = reconciled(run.day)
    assert (run.state, run.dated_on, run.closing_fen, run.books_fen) == ("closed", run.day, 19_960, 19_960)
    stray(500)
    second = reconciled(end_of(connected))
    assert (second.state, second.closing_fen, second.books_fen) == ("matched", 19_960, 20_460)
    assert gap(second.day) == [("20460 CNY", "19960 CNY")]
    assert "it becomes a break" in page(second)
    assert_books_balance()


def test_a_break_closed_without_a_journal_or_with_too_little_leaves_the_difference_a_break(connected: SandboxBank) -> None:
    run = wrong_fee(connected)
    close_by_hand(Break.objects.get(state="open"))
    assert (reconciled(run.day).state, gap(run.day)) == ("matched", [("9980 CNY", "19960 CNY")])
    close_by_hand(Break.objects.get(state="open"), 9_000)
    assert (reconciled(run.day).state, gap(run.day)) == ("matched", [("18980 CNY", "19960 CNY")])
    close_by_hand(Break.objects.get(state="open"), 980)
    assert (reconciled(run.day).state, breaks()) == ("closed", [])
    assert reconciled(end_of(connected)).state == "closed"
    assert_books_balance()


def test_a_correction_after_the_books_are_closed_is_booked_on_the_open_day_and_says_so(connected: SandboxBank) -> None:
    run = wrong_fee(connected)
    with applying("ledger.close_period", maker="staff:max", checker="staff:cara"):
        periods.close(through_on=run.day, at=clock.now())
    close_by_hand(Break.objects.get(state="open"), 9_980)
    run = reconciled(run.day)
    assert (run.state, run.dated_on, run.closing_fen, run.books_fen) == ("closed", clock.local_day(clock.now()), 19_960, 9_980)
    assert "came after its books were closed" in page(run)
    second = reconciled(end_of(connected))
    assert (second.state, second.closing_fen, second.books_fen) == ("closed", 19_960, 19_960)
    stray(500)
    third = reconciled(end_of(connected))
    assert (third.state, len(gap(third.day))) == ("matched", 1)
    assert_books_balance()
