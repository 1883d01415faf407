"""Accounts that are blocked, frozen or closed, and how postings reach them."""

from datetime import timedelta

import pytest

from accounts.ledger import batch, check, days, queries, services, states
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Draft, credit, debit
from accounts.ledger.models import AccountState, LedgerAccount, Mode, PendingLeg
from accounts.ledger.refusals import AccountFrozen, CeilingReached, InsufficientFunds
from core.approvals import services as approvals
from core.approvals.services import ApprovalNeeded, applying
from core.errors import NotFound
from core.ids import new_id
from core.moves import WrongState
from tests.desk.people import staff
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def set_state(account, to):
    with applying("ledger.account_state", maker="staff:max", checker="staff:cara"):
        return states.set_state(account_id=account.id, to=to, at=AT)


def test_an_account_without_debit_takes_money_in_and_lets_none_out() -> None:
    account, other = user(), user()
    move(world(), account, 10)
    set_state(account, AccountState.NO_DEBIT)
    move(world(), account, 5)
    with pytest.raises(AccountFrozen):
        move(account, other, 1)
    with pytest.raises(AccountFrozen):
        services.hold(hold_id=new_id(), account=account, amount=1, expires_at=AT, at=AT)
    assert queries.balance(account) == queries.Balance(15, 0)
    assert_books_balance()


def test_a_frozen_account_neither_takes_nor_gives_but_for_an_event_that_passes() -> None:
    account, other = user(), user()
    move(world(), account, 10)
    set_state(account, AccountState.FROZEN)
    for source, target in [(account, other), (world(), account)]:
        with pytest.raises(AccountFrozen):
            move(source, target, 1)
    move(account, other, 4, event="test.seized")
    set_state(account, AccountState.OPEN)
    move(account, other, 6)
    assert queries.balance(account).posted == 0
    assert_books_balance()


def test_a_frozen_buffered_account_takes_no_leg() -> None:
    hot, account = platform_account("test:hot"), user()
    move(world(), account, 10)
    move(account, hot, 1)
    set_state(hot, AccountState.FROZEN)
    with pytest.raises(AccountFrozen):
        move(account, hot, 1)
    assert queries.balance(hot).posted == 1


def test_an_account_closes_empty_and_for_good() -> None:
    account, other = user(), user()
    move(world(), account, 10)
    with pytest.raises(states.AccountNotEmpty):
        set_state(account, AccountState.CLOSED)
    move(account, other, 10)
    set_state(account, AccountState.CLOSED)
    with pytest.raises(AccountFrozen):
        move(world(), account, 1)
    with pytest.raises(WrongState):
        set_state(account, AccountState.OPEN)
    assert LedgerAccount.objects.get(id=account.id).state == "closed"
    assert_books_balance()


@pytest.mark.parametrize("role", ["test:user", "test:limit10", "test:free"])
def test_a_closed_account_refuses_even_what_passes_a_freeze(role: str) -> None:
    account, other = user(role=role), user()
    move(world(), account, 10)
    move(account, other, 10)
    set_state(account, AccountState.CLOSED)
    with pytest.raises(CeilingReached):
        move(world(), account, 4, event="test.seized")
    with pytest.raises(InsufficientFunds):
        move(account, other, 4, event="test.seized")
    refused = batch.post_many([Draft(new_id(), "test.seized", [debit(world(), 4), credit(account, 4)])], at=AT)
    assert [type(outcome.refusal) for outcome in refused] == [CeilingReached]
    assert (queries.balance(account).posted, queries.balance(other).posted) == (0, 10)
    assert_books_balance()


def test_the_proof_finds_a_closed_account_with_money() -> None:
    account = user()
    move(world(), account, 10)
    LedgerAccount.objects.filter(id=account.id).update(state="closed")
    found = [(finding.subject, finding.detail) for finding in check.findings() if finding.check == "account.closed"]
    assert found == [(str(account.id), "closed with 10 posted, 0 held, 0 pending")]


def test_an_account_with_a_hold_does_not_close() -> None:
    credited = user(role="test:credit")
    services.hold(hold_id=new_id(), account=credited, amount=1, expires_at=AT + timedelta(hours=1), at=AT)
    with pytest.raises(states.AccountNotEmpty):
        set_state(credited, AccountState.CLOSED)


def test_an_unknown_account_has_no_state_to_set() -> None:
    with pytest.raises(NotFound):
        set_state(user(), AccountState.FROZEN)


def set_mode(account, to):
    with applying("ledger.account_mode", maker="staff:max", checker="staff:cara"):
        return states.set_mode(account_id=account.id, to=to, at=AT)


def test_the_mode_never_changes_while_legs_wait() -> None:
    hot, account = platform_account("test:hot"), user()
    move(world(), account, 10)
    move(account, hot, 3)
    with pytest.raises(states.ModeNotChangeable, match="wait"):
        set_mode(hot, Mode.SYNC)
    days.fold_all()
    set_mode(hot, Mode.SYNC)
    move(account, hot, 4)
    assert [line.balance_after for line in queries.entries(hot)] == [7, 3]
    with pytest.raises(states.ModeNotChangeable, match="bound"):
        set_mode(account, Mode.BUFFERED)
    assert_books_balance()


def test_an_account_is_made_hot_and_sync_again_by_two_people() -> None:
    maker, checker = staff("max", "finance_maker"), staff("cara", "finance_checker")
    busy, payer = user(role="test:free"), user()
    move(world(), payer, 100)
    move(payer, busy, 1)

    def approve(to: Mode) -> None:
        payload = {"target": LedgerAccount.objects.get(id=busy.id).public_id, "to": to.value}
        proposal = approvals.propose(act="ledger.account_mode", payload=payload, maker=maker, reason="a busy day", at=AT)
        approvals.approve(approval_id=proposal.pk, checker=checker, at=AT)

    approve(Mode.BUFFERED)
    move(payer, busy, 20)
    assert PendingLeg.objects.filter(account_id=busy.id).count() == 1
    assert queries.balance(busy).posted == 21
    days.fold_all()
    approve(Mode.SYNC)
    move(payer, busy, 300 - 221)
    assert [line.balance_after for line in queries.entries(busy)] == [100, 21, 1]
    assert_books_balance()


def test_a_mode_changes_through_an_approval_alone_and_a_clearing_or_sharded_account_keeps_its_own() -> None:
    maker = staff("max", "finance_maker")
    hot, clearing, wide = platform_account("test:hot"), platform_account("test:clearing:x"), platform_account("test:wide")
    for account in (hot, clearing, wide):
        services.open_account(account=account, at=AT)
    with pytest.raises(ApprovalNeeded):
        states.set_mode(account_id=hot.id, to=Mode.SYNC, at=AT)
    for account, word in ((clearing, "clearing"), (wide, "sharded")):
        with pytest.raises(states.ModeNotChangeable, match=word):
            set_mode(account, Mode.SYNC)
        target = LedgerAccount.objects.get(id=account.id).public_id
        with pytest.raises(states.ModeNotChangeable, match=word):
            approvals.propose(act="ledger.account_mode", payload={"target": target, "to": "sync"}, maker=maker, reason="a quiet day", at=AT)
    with pytest.raises(states.ModeNotChangeable, match="already"):
        set_mode(hot, Mode.BUFFERED)
    payer = user()
    move(world(), payer, 10)
    move(payer, clearing, 10, reference="top_1")
    days.fold_all()
    assert [item.amount for item in queries.open_items(clearing, at=AT)] == [10]
    assert_books_balance()
