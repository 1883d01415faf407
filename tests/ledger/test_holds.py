"""Holds: the two-phase case of ledger.md, and each way a hold can be refused."""

from datetime import timedelta

import pytest

from accounts.ledger import queries, services
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Hold
from accounts.ledger.refusals import (
    AccountNotHoldable,
    HoldConflict,
    HoldExceeded,
    HoldNotOpen,
    HoldNotPartial,
    InsufficientFunds,
    JournalConflict,
    UnknownHold,
)
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def place(account, amount, seconds=1000, **more):
    more.setdefault("hold_id", new_id())
    return services.hold(account=account, amount=amount, expires_at=AT + timedelta(seconds=seconds), at=AT, **more)


def capture(hold_id, payer, payee, amount, seconds=0, journal_id=None):
    legs = [debit(payer, amount), credit(payee, amount)] if amount else []
    return services.capture(
        hold_id=hold_id, journal_id=journal_id or new_id(), event="test.moved", legs=legs, amount=amount, at=AT + timedelta(seconds=seconds)
    )


def test_two_phase_transfers_end_with_36_posted_and_nothing_held() -> None:
    payer, payee = user(), user()
    move(world(), payer, 100)
    move(payer, payee, 15)
    first, second, third = place(payer, 15), place(payer, 15, 50), place(payer, 15, 1)
    seventh, one, last = place(payer, 7, 50), place(payer, 1), place(payer, 1)
    assert (queries.balance(payer).held, queries.balance(payee).posted) == (54, 15)
    capture(first, payer, payee, 13, seconds=1)
    services.release(hold_id=second, at=AT + timedelta(seconds=1))
    with pytest.raises(HoldNotOpen) as expired:
        capture(third, payer, payee, 15, seconds=1)
    assert expired.value.members["state"] == "expired"
    capture(seventh, payer, payee, 7, seconds=1)
    capture(one, payer, payee, 1, seconds=1)
    assert capture(last, payer, payee, 0, seconds=1) is None
    services.release(hold_id=third, at=AT + timedelta(seconds=1))
    assert (queries.balance(payer).held, queries.balance(payee).posted) == (0, 36)
    with pytest.raises(HoldNotOpen) as again:
        capture(first, payer, payee, 13, seconds=1)
    assert again.value.members["state"] == "captured"
    assert_books_balance()


def test_releasing_14_of_15_or_16_of_15_is_refused_and_capturing_16_of_15_too() -> None:
    payer, payee = user(), user()
    move(world(), payer, 100)
    held = place(payer, 15)
    with pytest.raises(HoldNotPartial):
        services.release(hold_id=held, amount=14, at=AT)
    with pytest.raises(HoldExceeded):
        services.release(hold_id=held, amount=16, at=AT)
    with pytest.raises(HoldExceeded):
        capture(held, payer, payee, 16)
    assert queries.balance(payer) == queries.Balance(posted=100, held=15)
    services.release(hold_id=held, amount=15, at=AT)
    assert_books_balance()


def test_the_same_capture_again_answers_again_and_moves_nothing() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 10)
    held = place(payer, 10)
    capture(held, payer, payee, 10, journal_id=journal)
    assert capture(held, payer, payee, 10, journal_id=journal).replayed
    assert queries.balance(payee).posted == 10
    assert_books_balance()


def test_a_capture_again_with_another_amount_is_another_movement() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 100)
    held = place(payer, 60)
    legs = [debit(payer, 50), credit(payee, 50)]
    same = {"hold_id": held, "journal_id": journal, "event": "test.moved", "legs": legs, "at": AT}
    services.capture(**same, amount=50)
    with pytest.raises(JournalConflict):
        services.capture(**same, amount=1)
    assert services.capture(**same, amount=50).replayed
    assert (queries.balance(payer), queries.balance(payee).posted) == (queries.Balance(50, 0), 50)
    assert_books_balance()


def test_a_hold_asked_for_again_after_it_ended_says_so() -> None:
    payer, payee = user(), user()
    move(world(), payer, 100)
    released, captured, lapsed = new_id(), new_id(), new_id()
    for hold_id in (released, captured, lapsed):
        assert place(payer, 20, hold_id=hold_id) == place(payer, 20, hold_id=hold_id) == hold_id
    services.release(hold_id=released, at=AT)
    capture(captured, payer, payee, 20)
    for hold_id, state in ((released, "released"), (captured, "captured")):
        with pytest.raises(HoldNotOpen) as ended:
            place(payer, 20, hold_id=hold_id)
        assert ended.value.members["state"] == state
    late = AT + timedelta(seconds=1000)
    with pytest.raises(HoldNotOpen):
        services.hold(hold_id=lapsed, account=payer, amount=20, expires_at=late, at=late)
    assert queries.balance(payer) == queries.Balance(posted=80, held=20)
    assert_books_balance(open_holds=1)


def test_a_hold_asked_for_again_with_another_time_to_expire_is_another_hold() -> None:
    payer, held = user(), new_id()
    move(world(), payer, 100)
    place(payer, 20, hold_id=held)
    with pytest.raises(HoldConflict):
        place(payer, 20, seconds=5000, hold_id=held)
    assert Hold.objects.get(id=held).expires_at == AT + timedelta(seconds=1000)
    assert_books_balance(open_holds=1)


@pytest.mark.parametrize("seconds", [0, -3600])
def test_a_hold_that_would_be_over_when_it_begins_is_refused(seconds: int) -> None:
    payer = user()
    move(world(), payer, 100)
    with pytest.raises(HoldNotOpen):
        place(payer, 20, seconds=seconds)
    assert queries.balance(payer) == queries.Balance(posted=100, held=0)
    assert not Hold.objects.exists()


def test_held_money_cannot_be_paid_out() -> None:
    payer, payee = user(), user()
    move(world(), payer, 10)
    place(payer, 6)
    with pytest.raises(InsufficientFunds) as refused:
        move(payer, payee, 5)
    assert refused.value.members["available"] == 4
    assert_books_balance(open_holds=1)


def test_a_hold_never_draws_an_overdraft_unless_the_role_says_so() -> None:
    limited, credited = user(role="test:limit10"), user(role="test:credit")
    with pytest.raises(InsufficientFunds):
        place(limited, 5)
    place(credited, 1000)
    with pytest.raises(InsufficientFunds):
        place(credited, 1)
    assert queries.balance(credited) == queries.Balance(posted=0, held=1000)
    assert_books_balance(open_holds=1)


def test_a_hold_id_stands_for_one_hold() -> None:
    payer, other, held = user(), user(), new_id()
    move(world(), payer, 10)
    move(world(), other, 10)
    place(payer, 5, hold_id=held)
    place(payer, 5, hold_id=held)
    assert queries.balance(payer).held == 5
    for account, amount in [(payer, 6), (other, 5)]:
        with pytest.raises(HoldConflict):
            place(account, amount, hold_id=held)
    assert Hold.objects.count() == 1


def test_an_unknown_hold_and_a_buffered_account_are_refused() -> None:
    with pytest.raises(UnknownHold):
        services.release(hold_id=new_id(), at=AT)
    with pytest.raises(AccountNotHoldable):
        place(user(role="test:hot"), 5)


def test_a_released_hold_can_be_released_again_but_not_captured() -> None:
    payer, payee = user(), user()
    move(world(), payer, 10)
    held = place(payer, 10)
    services.release(hold_id=held, at=AT)
    services.release(hold_id=held, at=AT)
    with pytest.raises(HoldNotOpen):
        capture(held, payer, payee, 10)
    assert queries.balance(payer) == queries.Balance(posted=10, held=0)
    assert_books_balance()


def test_a_capture_whose_legs_take_another_amount_is_a_defect_and_moves_nothing() -> None:
    payer, payee = user(), user()
    move(world(), payer, 10)
    held = place(payer, 10)
    with pytest.raises(services.CaptureMismatch):
        services.capture(hold_id=held, journal_id=new_id(), event="test.moved", legs=[debit(payer, 9), credit(payee, 9)], amount=10, at=AT)
    assert queries.balance(payer) == queries.Balance(posted=10, held=10)


def capture_two(holds, legs, journal_id=None, seconds=0):
    return services.capture_all(
        hold_ids=holds, journal_id=journal_id or new_id(), event="test.moved", legs=legs, at=AT + timedelta(seconds=seconds)
    )


def test_one_journal_takes_the_holds_of_two_accounts_and_answers_again() -> None:
    ann, bob, shop, journal = user(), user(), user(), new_id()
    move(world(), ann, 30)
    move(world(), bob, 20)
    holds = [place(ann, 30), place(bob, 15)]
    legs = [debit(ann, 30), debit(bob, 15), credit(shop, 45)]
    assert not capture_two(holds, legs, journal).replayed
    assert capture_two(holds, legs, journal).replayed
    assert [queries.balance(who) for who in (ann, bob, shop)] == [
        queries.Balance(posted=0, held=0),
        queries.Balance(posted=5, held=0),
        queries.Balance(posted=45, held=0),
    ]
    assert list(Hold.objects.order_by("id").values_list("state", "captured", "journal_id")) == [
        ("captured", 30, journal),
        ("captured", 15, journal),
    ]
    assert_books_balance()


def test_of_two_holds_one_of_which_ended_neither_is_taken() -> None:
    ann, bob, shop = user(), user(), user()
    move(world(), ann, 100)
    move(world(), bob, 100)
    legs = [debit(ann, 30), debit(bob, 15), credit(shop, 45)]
    for ended_first in (True, False):
        holds = [place(ann, 30), place(bob, 15, seconds=10)]
        with pytest.raises(HoldNotOpen) as refused:
            capture_two(holds[::-1] if ended_first else holds, legs, seconds=10)
        assert refused.value.members["state"] == "expired"
        assert (queries.balance(ann).held, queries.balance(bob).held, queries.balance(shop).posted) == (30, 15, 0)
        for held in holds:
            services.release(hold_id=held, at=AT)
    with pytest.raises(UnknownHold):
        capture_two([place(ann, 30), new_id()], legs)
    with pytest.raises(services.CaptureMismatch):
        capture_two([place(ann, 1), place(bob, 14)], legs)
    assert_books_balance(open_holds=3)


def test_the_same_journal_with_another_further_hold_is_another_movement() -> None:
    ann, bob, shop, journal = user(), user(), user(), new_id()
    move(world(), ann, 30)
    move(world(), bob, 30)
    holds, other = [place(ann, 30), place(bob, 15)], place(bob, 15)
    legs = [debit(ann, 30), debit(bob, 15), credit(shop, 45)]
    capture_two(holds, legs, journal)
    for further in ([holds[0], other], [*holds, other], [*holds, new_id()], [holds[0], holds[0]], holds[:1], holds[1:]):
        with pytest.raises(JournalConflict):
            capture_two(further, legs, journal)
    assert capture_two(holds, legs, journal).replayed
    assert capture_two(holds[::-1], legs, journal).replayed, "the same holds in another order"
    assert (Hold.objects.get(id=other).state, queries.balance(bob), queries.balance(shop).posted) == ("open", queries.Balance(15, 15), 45)
    assert_books_balance(open_holds=1)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_several_holds_of_one_account_are_taken_together(order: tuple[int, ...]) -> None:
    ann, bob, shop, journal = user(), user(), user(), new_id()
    move(world(), ann, 100)
    move(world(), bob, 100)
    placed = [place(ann, 30), place(ann, 20), place(bob, 15)]
    kept, holds = place(ann, 7), [placed[number] for number in order]
    legs = [debit(ann, 50), debit(bob, 15), credit(shop, 65)]
    assert not capture_two(holds, legs, journal).replayed
    assert capture_two(holds, legs, journal).replayed
    with pytest.raises(JournalConflict):
        capture_two(holds[:2], legs, journal)
    assert [queries.balance(who) for who in (ann, bob, shop)] == [queries.Balance(50, 7), queries.Balance(85, 0), queries.Balance(65, 0)]
    taken = Hold.objects.exclude(id=kept).order_by("id").values_list("amount", "captured", "state", "journal_id")
    assert list(taken) == [(fen, fen, "captured", journal) for fen in (30, 20, 15)]
    assert_books_balance(open_holds=1)


def test_of_several_holds_of_one_account_none_is_taken_by_other_legs_or_when_one_has_ended() -> None:
    ann, shop = user(), user()
    move(world(), ann, 100)
    holds = [place(ann, 30), place(ann, 20)]
    for fen in (49, 51, 30):
        with pytest.raises(services.CaptureMismatch):
            capture_two(holds, [debit(ann, fen), credit(shop, fen)])
    with pytest.raises(HoldNotOpen):
        capture_two([*holds, holds[0]], [debit(ann, 50), credit(shop, 50)])
    services.release(hold_id=holds[0], at=AT)
    for given in (holds, holds[::-1]):
        with pytest.raises(HoldNotOpen):
            capture_two(given, [debit(ann, 50), credit(shop, 50)])
    assert (queries.balance(ann), queries.balance(shop).posted) == (queries.Balance(100, 20), 0)
    assert list(Hold.objects.order_by("id").values_list("amount", "state")) == [(30, "released"), (20, "open")]
    assert_books_balance(open_holds=1)
