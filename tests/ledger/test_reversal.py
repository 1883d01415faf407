"""Reversal: the mirror image, once; below the floor only by a forced event."""

import pytest

from accounts.ledger import queries, services
from accounts.ledger.models import Journal
from accounts.ledger.refusals import AlreadyReversed, InsufficientFunds, UnknownJournal
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def reverse(reverses, event="test.reversed", journal_id=None):
    return services.reverse(journal_id=journal_id or new_id(), reverses=reverses, event=event, at=AT)


def test_a_reversal_undoes_a_journal_and_keeps_its_reference() -> None:
    payer, journal = user(), new_id()
    move(world(), payer, 10, journal_id=journal, reference="order 9")
    back = reverse(journal)
    assert queries.balance(payer).posted == 0
    assert Journal.objects.get(id=back.journal_id).reference == "order 9"
    assert_books_balance()


def test_a_journal_is_reversed_once_and_the_same_reversal_answers_again() -> None:
    payer, journal, undo = user(), new_id(), new_id()
    move(world(), payer, 10, journal_id=journal)
    reverse(journal, journal_id=undo)
    assert reverse(journal, journal_id=undo).replayed
    with pytest.raises(AlreadyReversed):
        reverse(journal)
    assert queries.balance(payer).posted == 0


def test_only_a_forced_event_reverses_below_the_floor() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 10, journal_id=journal)
    move(payer, payee, 8)
    with pytest.raises(InsufficientFunds):
        reverse(journal)
    assert queries.balance(payer).posted == 2
    reverse(journal, event="test.forced")
    assert queries.balance(payer).posted == -8
    with pytest.raises(InsufficientFunds):
        move(payer, payee, 1)
    move(world(), payer, 5)
    assert queries.balance(payer).posted == -3
    move(world(), payer, 5)
    with pytest.raises(InsufficientFunds):
        move(payer, payee, 3)
    move(payer, payee, 2)
    assert queries.balance(payer).posted == 0
    assert_books_balance()


def test_a_forced_event_gives_an_ordinary_posting_no_right_below_the_floor() -> None:
    payer, payee = user(), user()
    with pytest.raises(InsufficientFunds):
        move(payer, payee, 1, event="test.forced")


def test_an_unknown_journal_cannot_be_reversed() -> None:
    with pytest.raises(UnknownJournal):
        reverse(new_id())
