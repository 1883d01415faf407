"""Batches: the exact cases of ledger.md, and the differential test against posting one by one."""

import random
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.ledger import batch, days, queries, services
from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import LARGEST, BadLegs, Draft, credit, debit
from accounts.ledger.models import Entry, Journal, LedgerBalance, PendingLeg
from accounts.ledger.refusals import BalanceOutOfRange, CeilingReached, InsufficientFunds, JournalConflict
from core.errors import DomainError
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")
MOST = 2**61


def draft(source: AccountRef, target: AccountRef, amount: int, journal_id: UUID | None = None, **more) -> Draft:
    return Draft(journal_id or new_id(), "test.moved", [debit(source, amount), credit(target, amount)], **more)


def posted_of(*accounts: AccountRef) -> list[int]:
    return [queries.balance(account).posted for account in accounts]


def versions(*accounts: AccountRef) -> list[int]:
    return [LedgerBalance.objects.get(account_id=account.id, sub=0).version for account in accounts]


def test_three_movements_in_one_batch_end_at_40_minus_10_minus_30_with_versions_2() -> None:
    a1, a2, a3 = (user(role="test:free") for _ in range(3))
    batch.post_all([draft(a1, a2, 10), draft(a2, a3, 20), draft(a3, a1, 50)], at=AT)
    assert posted_of(a1, a2, a3) == [40, 10 - 20, 20 - 50]
    assert versions(a1, a2, a3) == [2, 2, 2]
    assert_books_balance()


def test_one_refusal_in_an_all_or_none_batch_leaves_every_balance_at_version_0() -> None:
    a1, a2 = user(role="test:free"), user(role="test:free")
    a3 = user(role="test:capped")
    with pytest.raises(CeilingReached):
        batch.post_all([draft(a1, a2, 10), draft(a2, a3, 20), draft(a3, a1, 50)], at=AT)
    assert posted_of(a1, a2, a3) == [0, 0, 0]
    assert versions(a1, a2, a3) == [0, 0, 0]
    assert Journal.objects.count() == 0


def test_the_same_id_twice_in_one_batch_posts_once() -> None:
    payer, payee, journal = user(), user(), new_id()
    move(world(), payer, 100)
    outcomes = batch.post_many(
        [draft(payer, payee, 30, journal), draft(payer, payee, 30, journal), draft(payer, payee, 31, journal)], at=AT
    )
    assert [outcome.posted.replayed for outcome in outcomes[:2]] == [False, True]
    assert isinstance(outcomes[2].refusal, JournalConflict)
    assert posted_of(payer, payee) == [70, 30]
    assert Entry.objects.filter(journal_id=journal).count() == 2
    assert_books_balance()


def test_an_item_without_funds_fails_alone_and_its_id_is_free_again_once_money_came() -> None:
    payer, payee, journal = user(), user(), new_id()
    items = [draft(payer, payee, 5, journal), draft(world(), payer, 7), draft(payer, payee, 5, journal)]
    outcomes = batch.post_many(items, at=AT)
    assert isinstance(outcomes[0].refusal, InsufficientFunds)
    assert [outcome.refusal for outcome in outcomes[1:]] == [None, None]
    assert posted_of(payer, payee) == [2, 5]
    assert_books_balance()


def test_a_batch_sent_again_replays_every_item() -> None:
    payer, payee = user(), user()
    items = [draft(world(), payer, 10), draft(payer, payee, 3, reference="r", metadata={"n": 1})]
    batch.post_many(items, at=AT)
    again = batch.post_many(items, at=AT)
    assert [outcome.posted.replayed for outcome in again] == [True, True]
    assert posted_of(payer, payee) == [7, 3]


def test_an_empty_batch_is_nothing() -> None:
    assert batch.post_many([], at=AT) == []
    assert batch.post_all([], at=AT) == []


def random_batch(dice: random.Random, accounts: list[AccountRef], known_ids: list[UUID]) -> list[Draft]:
    items = []
    for _ in range(dice.randint(1, 25)):
        journal = dice.choice(known_ids) if known_ids and dice.random() < 0.15 else new_id()
        known_ids.append(journal)
        legs = []
        for _ in range(dice.choice([1, 1, 1, 2, 3])):
            source, target = dice.choice(accounts), dice.choice(accounts)
            amount = dice.randint(1, 40)
            legs += [debit(source, amount), credit(target, amount)]
        items.append(Draft(journal, "test.moved", legs, dice.choice(["", "a", "b"]), None, dice.choice([None, {"k": "v"}])))
    return items


def shape(outcome: object) -> tuple[object, ...]:
    """What must be the same of an outcome, whichever way it was reached."""
    if isinstance(outcome, services.Posted):
        return (outcome.journal_id, outcome.business_on, outcome.effective_on, outcome.replayed)
    assert isinstance(outcome, DomainError)
    return (outcome.code, *outcome.members.items())


def one_by_one(items: list[Draft]) -> list[tuple[object, ...]]:
    shapes = []
    for item in items:
        try:
            answer: object = services.post(
                journal_id=item.journal_id, event=item.event, legs=item.legs, reference=item.reference, metadata=item.metadata, at=AT
            )
        except DomainError as refused:
            answer = refused
        shapes.append(shape(answer))
    return shapes


def state() -> tuple[object, ...]:
    balances = LedgerBalance.objects.exclude(mode="h").exclude(version=0).order_by("account_id", "sub").values_list(
        "account_id", "sub", "posted", "held", "version", "shortfall"
    )  # fmt: skip
    entries = (
        Entry.objects.exclude(sub__gt=0)
        .order_by("account_id", "version")
        .values_list("account_id", "version", "amount", "journal_id", "leg")
    )
    pending = PendingLeg.objects.order_by("account_id", "journal_id", "leg").values_list(
        "account_id", "journal_id", "leg", "amount", "reference"
    )
    journals = Journal.objects.order_by("id").values_list("id", "event", "accounts", "amounts", "assets", "reference", "metadata", "shard")
    return list(balances), list(entries), list(pending), list(journals)


class Undo(Exception):
    """Takes a savepoint back."""


@pytest.mark.parametrize("seed", range(12))
def test_a_batch_does_exactly_what_posting_one_by_one_does(seed: int) -> None:
    dice = random.Random(seed)
    roles = ["test:user", "test:user", "test:user", "test:limit10", "test:capped", "test:free", "test:hot"]
    accounts = [user(role=role) for role in roles]
    for account in accounts[:3]:
        move(world(), account, 60)
    services.post(journal_id=new_id(), event="test.moved", legs=[debit(accounts[4], 1), credit(accounts[6], 1)], at=AT)
    known_ids: list[UUID] = []
    for _ in range(4):
        items = random_batch(dice, accounts, known_ids)
        try:
            with transaction.atomic():
                singly = one_by_one(items), state()
                raise Undo
        except Undo:
            pass
        together = [shape(outcome.posted or outcome.refusal) for outcome in batch.post_many(items, at=AT)]
        assert together == singly[0]
        assert state() == singly[1]
    assert_books_balance()


def test_one_balance_that_would_leave_its_range_fails_alone_as_it_would_by_itself() -> None:
    full, other, payer, payee = user(role="test:free"), user(role="test:free"), user(), user()
    move(world(), payer, 10)
    services.open_account(account=full, at=AT)
    tamper_posted(full, MOST)
    with pytest.raises(BalanceOutOfRange):
        move(other, full, 1)
    outcomes = batch.post_many([draft(other, full, 1), draft(payer, payee, 5), draft(full, other, 1)], at=AT)
    assert isinstance(outcomes[0].refusal, BalanceOutOfRange)
    assert [outcome.posted is not None for outcome in outcomes] == [False, True, True]
    assert posted_of(full, payer, payee) == [MOST - 1, 5, 5]
    move(other, full, 1)
    assert posted_of(full) == [MOST]


@pytest.mark.parametrize("role", ["test:hot", "test:wide"])
def test_a_hot_account_that_would_leave_its_range_is_refused_too(role: str) -> None:
    full, other = user(role=role), user(role="test:free")
    services.open_account(account=full, at=AT)
    tamper_posted(full, MOST)
    with pytest.raises(BalanceOutOfRange):
        move(other, full, 1)
    assert isinstance(batch.post_many([draft(other, full, 1)], at=AT)[0].refusal, BalanceOutOfRange)
    assert queries.balance(other).posted == 0
    move(full, other, 1)


def test_a_leg_beyond_the_largest_is_refused_by_us_and_by_the_database() -> None:
    a, b = user(role="test:free"), user(role="test:free")
    move(a, b, LARGEST)
    with pytest.raises(BadLegs):
        batch.post_many([draft(a, b, LARGEST + 1)], at=AT)
    with pytest.raises(IntegrityError, match="ledger_journal_range"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_journal (id, event, business_on, effective_on, posted_at, accounts, amounts, assets, shard) "
            "SELECT %s, event, business_on, effective_on, posted_at, accounts, ARRAY[%s, -%s], assets, shard FROM ledger_journal",
            (new_id(), LARGEST + 1, LARGEST + 1),
        )
    assert posted_of(a, b) == [-LARGEST, LARGEST]
    assert_books_balance()


def test_a_fold_of_the_largest_legs_there_may_be_fits() -> None:
    hot, other = user(role="test:hot"), user(role="test:free")
    for _ in range(3):
        move(other, hot, LARGEST)
    services.open_account(account=hot, at=AT)
    assert days.fold_all() == 3
    assert queries.balance(hot).posted == 3 * LARGEST
    assert MOST + (days.FOLD_AT_ONCE - 1) * LARGEST < 2**63
    assert_books_balance()


def tamper_posted(account: AccountRef, amount: int) -> None:
    LedgerBalance.objects.filter(account_id=account.id).update(posted=amount)
