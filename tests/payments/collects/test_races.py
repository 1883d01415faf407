"""Many at once on the real database, and a process killed in the middle: a share is paid once or not at all."""

import pytest

from accounts.ledger import check
from accounts.ledger.models import Journal
from core.clock import queries as clock
from payments.collects import journals, services
from payments.collects.models import Collect, CollectShare
from payments.collects.refusals import CollectClosed, CollectFull, NobodyToRemind, ShareDeclined, SharePaid
from tests import processes
from tests.ledger_proof import assert_books_balance
from tests.payments.collects.world import decline, each, end_all, linked, pay, pay_linked, share_of
from tests.payments.wallet.world import fund, holder, open_day, posted
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_share_paid_by_twenty_at_once_is_paid_once() -> None:
    open_day()
    ann, bob = holder(), holder(10_000)
    collect = each(ann, 100, bob)
    ended = together(lambda _: pay(collect, bob), 20)
    assert sum(isinstance(end, CollectShare) for end in ended) == 1
    assert sum(isinstance(end, SharePaid) for end in ended) == 19
    assert (posted(ann), posted(bob), Journal.objects.filter(event=journals.PAID).count()) == (100, 9_900, 1)
    assert_books_balance()


def test_of_twelve_who_pay_by_link_at_once_five_can() -> None:
    open_day()
    ann, payers = holder(), [holder(1_000) for _ in range(12)]
    collect = linked(ann, 300, 5)
    ended = together(lambda number: pay_linked(collect, payers[number]), 12)
    assert sum(isinstance(end, CollectShare) for end in ended) == 5
    assert sum(isinstance(end, CollectFull) for end in ended) == 7
    found = Collect.objects.get()
    assert (found.state, found.end, found.paid_fen, posted(ann)) == ("closed", "complete", 1_500, 1_500)
    assert_books_balance()


def test_of_paying_declining_closing_and_expiring_at_once_one_happens_to_a_share() -> None:
    open_day()
    ann, bob, eve = holder(), holder(1_000), holder(1_000)
    collect = each(ann, 100, bob, eve)
    acts = [
        lambda: pay(collect, bob),
        lambda: decline(collect, bob),
        lambda: services.close(organiser_id=ann.id, collect_id=collect.id, at=clock.now()),
        lambda: end_all(collect.expires_at),
    ]
    ended = together(lambda number: acts[number % 4](), 12)
    refusals = (CollectShare, Collect, CollectClosed, SharePaid, ShareDeclined, int)
    assert all(isinstance(end, refusals) for end in ended), ended
    share, found = share_of(collect, bob), Collect.objects.get()
    assert (found.state, share_of(collect, eve).state) == ("closed", "closed")
    assert posted(ann) == found.paid_fen == (100 if share.state == "paid" else 0)
    assert_books_balance()


def test_crossing_collects_meet_without_a_deadlock() -> None:
    open_day()
    ann, bob = holder(10_000), holder(10_000)
    asked = [(each(who, 7, other), other) for who, other in [(ann, bob), (bob, ann)] * 6]
    ended = together(lambda number: pay(*asked[number]), 12)
    assert all(isinstance(end, CollectShare) for end in ended), ended
    assert (posted(ann), posted(bob)) == (10_000, 10_000)
    assert_books_balance()


def test_reminding_eight_times_at_once_reminds_once() -> None:
    open_day()
    ann, bob = holder(), holder()
    collect = each(ann, 100, bob)
    ended = together(lambda _: services.remind(organiser_id=ann.id, collect_id=collect.id, at=clock.now()), 8)
    assert sorted(end for end in ended if isinstance(end, int)) == [1]
    assert sum(isinstance(end, NobodyToRemind) for end in ended) == 7


def test_a_payer_whose_process_dies_has_not_paid_and_pays_again_once() -> None:
    open_day()
    ann, bob = holder(), holder(1_000)
    collect = each(ann, 100, bob)
    processes.killed_at("posted", "tests/payments/collects/crash_process.py", str(bob.id), str(share_of(collect, bob).id))
    assert (posted(ann), posted(bob), share_of(collect, bob).state) == (0, 1_000, "asked")
    pay(collect, bob)
    assert posted(ann) == 100
    assert_books_balance()


def test_the_proof_of_the_books_finds_a_collect_that_counts_what_nobody_paid() -> None:
    open_day()
    ann, bob, eve = holder(), holder(), holder()
    fund(bob, 500)
    collect = each(ann, 100, bob, eve)
    pay(collect, bob)
    assert check.findings() == []
    Collect.objects.filter(pk=collect.pk).update(paid_fen=150)
    (found,) = check.findings()
    assert (found.check, found.subject) == ("collect.shares", collect.public_id)
