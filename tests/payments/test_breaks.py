"""A break is closed by two people, with a journal where the books were wrong; the books alone are corrected by two people too."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.ledger import adjusting
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.adjusting import Adjustment
from accounts.ledger.models import Journal, LedgerAccount
from accounts.ledger.queries import balance
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded
from core.business_day import services as business_day
from core.clock import queries as clock
from core.errors import Invalid
from payments.channels import closing_breaks
from payments.channels.models import Break
from tests.desk.people import staff, verified
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import holder

pytestmark = pytest.mark.django_db
CLEARING = "clearing:channel:test"
REASON = "the bank's statement of yesterday, line 12"


@pytest.fixture
def payer() -> str:
    """A customer with 500 fen from a card; their account's id."""
    business_day.open_first_day(at=clock.now())
    made = holder(500)
    return LedgerAccount.objects.get(id=customer_account(made.id).id).public_id


@pytest.fixture
def found() -> Break:
    return Break.objects.create(
        channel_id="sandbox_bank", kind="theirs_only", source="statement", request_no="chr_x", ours="", theirs="500", created_at=clock.now()
    )


@pytest.fixture
def maker(db: None) -> Any:
    return verified(staff("mia", "finance_maker"))


def approve() -> Approval:
    approval = Approval.objects.get()
    checker = verified(staff("cara", "finance_checker"))
    checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    approval.refresh_from_db()
    return approval


def fields(payer: str, **changes: Any) -> dict[str, Any]:
    return {"reason": REASON, "debited": payer, "credited": CLEARING, "amount": "1.20", "reference": "statement 12"} | changes


def test_an_adjustment_is_posted_by_two_people_and_names_them(payer: str, maker: Any) -> None:
    maker.post(reverse("admin:accounts_journal_do_adjust"), fields(payer))
    assert not Journal.objects.filter(event="ledger.adjusted").exists()
    approval = approve()
    journal = Journal.objects.get(event="ledger.adjusted")
    assert (approval.state, approval.decision) == ("applied", f"posted as {journal.public_id}")
    assert (journal.reference, journal.metadata) == ("statement 12", {"proposed_by": "staff:mia", "approved_by": "staff:cara"})
    assert dict(zip(journal.accounts, journal.amounts, strict=True))[platform_account(CLEARING).id] == 120
    assert balance(platform_account(CLEARING)).posted == -380
    assert_books_balance()


@pytest.mark.parametrize(
    "changes", [{"debited": "clearing:channel:nobody"}, {"credited": "acc_06a1m5x9q0e7z8r2k4w6t1y3v5"}, {"credited": ""}, {"amount": 0}]
)
def test_an_adjustment_that_could_never_be_posted_is_not_proposed(payer: str, maker: Any, changes: dict[str, Any]) -> None:
    maker.post(reverse("admin:accounts_journal_do_adjust"), fields(payer, **changes))
    assert Approval.objects.count() == 0
    with pytest.raises(Invalid):
        adjusting.check(Adjustment(payer, payer, 1, "same account"))


def test_an_adjustment_beyond_the_balance_is_refused_when_it_is_approved(payer: str, maker: Any) -> None:
    maker.post(reverse("admin:accounts_journal_do_adjust"), fields(payer, amount="5.01"))
    assert approve().state == "pending"
    assert not Journal.objects.filter(event="ledger.adjusted").exists()


def test_a_break_is_closed_with_its_correction_by_two_people(payer: str, maker: Any, found: Break) -> None:
    maker.post(reverse("admin:payments_break_close", args=[found.pk]), fields(payer))
    found.refresh_from_db()
    assert found.state == "open"
    assert approve().state == "applied"
    found.refresh_from_db()
    journal = Journal.objects.get(event="ledger.adjusted")
    assert (found.state, found.closed_why, found.journal_id) == ("closed", REASON, journal.id)
    assert_books_balance()


def test_a_break_is_closed_without_a_correction_and_only_once(payer: str, maker: Any, found: Break) -> None:
    address = reverse("admin:payments_break_close", args=[found.pk])
    maker.post(address, {"reason": REASON, "debited": payer})
    assert Approval.objects.count() == 0
    maker.post(address, {"reason": REASON})
    assert approve().state == "applied"
    found.refresh_from_db()
    assert (found.state, found.journal_id, Journal.objects.filter(event="ledger.adjusted").count()) == ("closed", None, 0)
    maker.post(address, {"reason": REASON})
    assert Approval.objects.count() == 1


def test_nobody_corrects_or_closes_outside_an_approval_and_the_database_refuses_half_of_it(payer: str, found: Break) -> None:
    wanted = Adjustment(payer, CLEARING, 1, "r")
    with pytest.raises(ApprovalNeeded):
        adjusting.adjust(wanted=wanted, at=clock.now())
    with pytest.raises(ApprovalNeeded):
        closing_breaks.close(break_id=found.pk, why="x", correction=None, at=clock.now())
    with pytest.raises(IntegrityError, match="payments_break_corrected"), transaction.atomic():
        Break.objects.filter(pk=found.pk).update(journal_id=found.pk)
    assert not Journal.objects.filter(event="ledger.adjusted").exists()
