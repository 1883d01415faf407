"""Posting one journal: what moves, what is refused, and that a refusal leaves nothing."""

import pytest

from accounts.ledger import queries, services
from accounts.ledger.legs import BadLegs, Leg, credit, debit
from accounts.ledger.models import Entry, Journal
from accounts.ledger.refusals import InsufficientFunds, JournalConflict
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def move(source, target, amount, **more):
    more.setdefault("journal_id", new_id())
    more.setdefault("event", "test.moved")
    return services.post(legs=[debit(source, amount), credit(target, amount)], at=AT, **more)


def test_a_posting_moves_money_from_one_account_to_the_other() -> None:
    payer, payee = user(), user()
    move(world(), payer, 100_00)
    done = move(payer, payee, 30_00, reference="order 7")
    assert (queries.balance(payer).posted, queries.balance(payee).posted) == (70_00, 30_00)
    assert not done.replayed
    assert_books_balance()


def test_the_same_id_with_the_same_content_moves_nothing_again() -> None:
    payer = user()
    first, again = new_id(), None
    move(world(), payer, 5, journal_id=first)
    again = move(world(), payer, 5, journal_id=first)
    assert again.replayed
    assert queries.balance(payer).posted == 5


def test_the_same_id_with_other_content_is_refused() -> None:
    payer, journal = user(), new_id()
    move(world(), payer, 5, journal_id=journal)
    with pytest.raises(JournalConflict):
        move(world(), payer, 6, journal_id=journal)
    with pytest.raises(JournalConflict):
        move(world(), payer, 5, journal_id=journal, reference="other")
    assert queries.balance(payer).posted == 5


def test_a_replay_answers_even_when_the_balance_no_longer_covers_it() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 5)
    move(payer, payee, 5, journal_id=journal)
    assert move(payer, payee, 5, journal_id=journal).replayed


def test_a_payment_over_the_balance_is_refused_and_writes_nothing() -> None:
    payer, payee = user(), user()
    move(world(), payer, 50)
    before = Journal.objects.count(), Entry.objects.count()
    with pytest.raises(InsufficientFunds) as refused:
        move(payer, payee, 100)
    assert refused.value.members == {"wanted": 100, "available": 50, "asset": "CNY"}
    assert (Journal.objects.count(), Entry.objects.count()) == before
    assert queries.balance(payer).posted == 50


def test_legs_that_do_not_sum_to_zero_are_a_defect() -> None:
    with pytest.raises(BadLegs):
        services.post(journal_id=new_id(), event="test.moved", legs=[Leg(user(), 5), Leg(user(), -4)], at=AT)
