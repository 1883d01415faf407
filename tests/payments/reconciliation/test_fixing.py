"""What is proposed for a break, by whom the bank account bears out, and the books after two people agreed."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.clock import queries as clock
from payments.channels import closing_breaks
from payments.channels.models import Break
from payments.reconciliation.models import ReconLine, ReconRun
from tests.desk.people import staff, verified
from tests.ledger_proof import assert_books_balance
from tests.payments.reconciliation.test_days import a_day, breaks
from tests.payments.reconciliation.world import at_the_bank, clearing, end_of, reconciled
from tests.sandbox_bank import SandboxBank

ACCOUNT_TOO = {"kind": "account", "field": "amount_fen", "delta_fen": 100}
LIST_WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "fee": ("changed_line", {"field": "fee_fen", "delta_fen": 30}, "book_as_ours"),
    "amount": ("changed_line", {"field": "amount_fen", "delta_fen": 100}, "book_as_ours"),
    "duplicate": ("duplicate_line", {}, "nothing_to_book"),
    "theirs_only": ("extra_line", {}, "nothing_to_book"),
}


def offered(found: Break) -> Any:
    proposal = closing_breaks.proposal(found)
    return None if proposal is None else proposal[1]


def proposed(found: Break) -> Approval:
    payload = {"target": f"break:{found.pk}", "why": "as the account shows", "correction": None, "fix": closing_breaks.told(offered(found))}
    return approvals.propose(
        act=closing_breaks.ACT, payload=payload, maker=staff("mia", "finance_maker"), reason="as the account shows", at=clock.now()
    )


def fixed(found: Break) -> Break:
    approvals.approve(approval_id=proposed(found).id, checker=staff("cara", "finance_checker"), at=clock.now())
    found.refresh_from_db()
    return found


@pytest.mark.parametrize("kind", LIST_WRONG)
def test_where_the_list_alone_is_wrong_our_figures_are_booked_and_the_day_closes(connected: SandboxBank, kind: str) -> None:
    fault, params, code = LIST_WRONG[kind]
    connected.fault(fault, params=params)
    run = reconciled(a_day(connected, 10_000, 20_000, 30_000))
    found = Break.objects.get(state="open", kind=kind)
    assert offered(found).code == code
    assert fixed(found).fix == code
    run = reconciled(run.day)
    assert (run.state, run.books_fen) == ("closed", 60_000 - 120)
    assert run.closing_fen == run.books_fen
    assert clearing() == 0
    connected.clear_faults()
    assert reconciled(end_of(connected)).state == "closed", "the next day's balances are compared again and agree"
    assert_books_balance()


def test_where_account_and_list_agree_they_are_booked_and_the_difference_is_a_variance(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "amount_fen", "delta_fen": 100})
    connected.fault("changed_line", params=ACCOUNT_TOO)
    run = reconciled(a_day(connected, 10_000))
    found = Break.objects.get(kind="amount", state="open")
    assert offered(found).code == "book_as_listed"
    fixed(found)
    assert clearing() == 0
    assert at_the_bank() == 10_100 - 20
    assert ledger.balance(platform_account("variance:reconciliation")).posted == 100
    assert reconciled(run.day).state == "closed"
    assert_books_balance()


def test_a_day_that_waits_for_people_makes_no_breaks_of_the_days_after_it(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "amount_fen", "delta_fen": 100})
    first = reconciled(a_day(connected, 10_000))
    connected.clear_faults()
    second, third = reconciled(a_day(connected, 4_000)), reconciled(end_of(connected))
    assert [run.state for run in (first, second, third)] == ["matched", "closed", "closed"]
    assert len(breaks()) == 1
    fixed(Break.objects.get(state="open"))
    assert reconciled(first.day).state == "closed"
    assert at_the_bank() == third.closing_fen
    assert_books_balance()


def test_an_order_no_statement_lists_is_booked_where_the_account_has_it(connected: SandboxBank) -> None:
    connected.fault("missing_line", params={"count": 1})
    first = reconciled(a_day(connected, 10_000))
    connected.clear_faults()
    second = reconciled(end_of(connected))
    found = Break.objects.get(kind="ours_only")
    assert offered(found).code == "book_as_ours"
    fixed(found)
    assert (clearing(), at_the_bank()) == (0, 9_980)
    assert [reconciled(run.day).state for run in (first, second)] == ["closed", "closed"]
    assert breaks() == []
    assert_books_balance()


def test_money_that_is_nobodys_is_owed_until_it_is_claimed(connected: SandboxBank) -> None:
    connected.fault("extra_line", params={"amount_fen": 5_000})
    run = reconciled(a_day(connected, 10_000))
    ReconRun.objects.filter(pk=run.pk).update(account_says={"payment": "listed"})
    found = Break.objects.get(kind="theirs_only")
    fee = ReconLine.objects.get(disagreement=found).fee_fen
    fixed(found)
    assert ledger.balance(platform_account("payable:unapplied")).posted == 5_000
    assert at_the_bank() == 10_000 - 20 + 5_000 - fee
    assert_books_balance()


def test_nothing_is_proposed_where_the_account_bears_nobody_out_or_the_state_is_open(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "amount_fen", "delta_fen": 100})
    connected.fault("changed_line", params=ACCOUNT_TOO | {"delta_fen": 7})
    reconciled(a_day(connected, 10_000))
    assert [offered(found) for found in Break.objects.filter(state="open")] == [None, None]


def test_what_is_not_proposed_any_more_is_not_booked(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "amount_fen", "delta_fen": 100})
    run = reconciled(a_day(connected, 10_000))
    waiting = proposed(Break.objects.get(kind="amount", state="open"))
    ReconRun.objects.filter(pk=run.pk).update(account_says={"payment": "listed"})
    with pytest.raises(closing_breaks.FixChanged):
        approvals.approve(approval_id=waiting.id, checker=staff("cara", "finance_checker"), at=clock.now())
    assert Break.objects.get(kind="amount").state == "open"
    assert clearing() == 10_000


def test_an_operator_sees_the_fix_and_proposes_it_from_the_page(connected: SandboxBank) -> None:
    connected.fault("changed_line", params={"field": "fee_fen", "delta_fen": 30})
    reconciled(a_day(connected, 10_000))
    found = Break.objects.get(kind="fee", state="open")
    maker = verified(staff("mia", "finance_maker"))
    page = maker.get(reverse("admin:payments_break_change", args=[found.pk])).content.decode()
    assert "The order is booked as we have it." in page
    assert "asset:bank:sandbox_bank" in page
    assert "99.80" in page
    maker.post(reverse("admin:payments_break_fix", args=[found.pk]), {"reason": "the account is right"})
    approval = Approval.objects.get(state="pending")
    assert approval.payload["fix"]["code"] == "book_as_ours"
    approvals.approve(approval_id=approval.id, checker=staff("cara", "finance_checker"), at=clock.now())
    found.refresh_from_db()
    assert (found.state, found.fix) == ("closed", "book_as_ours")
    assert found.journal_id is not None
