"""Accounts that are blocked, frozen or closed."""

import pytest

from accounts.ledger import queries, services, states
from accounts.ledger.accounts import platform_account
from accounts.ledger.models import AccountState, LedgerAccount
from accounts.ledger.refusals import AccountFrozen
from core.approvals.services import applying
from core.errors import NotFound
from core.ids import new_id
from core.moves import WrongState
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


def test_an_account_with_a_hold_does_not_close() -> None:
    credited = user(role="test:credit")
    services.hold(hold_id=new_id(), account=credited, amount=1, expires_at=AT, at=AT)
    with pytest.raises(states.AccountNotEmpty):
        set_state(credited, AccountState.CLOSED)


def test_an_unknown_account_has_no_state_to_set() -> None:
    with pytest.raises(NotFound):
        set_state(user(), AccountState.FROZEN)
