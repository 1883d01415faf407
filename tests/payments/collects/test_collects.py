"""Collects from asking to their end: journal 1, who pays how much, reminders, refusals that move nothing."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.ledger.models import Journal
from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.queries import outflow_used
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.clock import queries as clock
from core.columns import MAX_FEN
from core.errors import Invalid, NotFound
from core.limits.models import LimitCounter
from core.outbox.models import OutboxEvent
from payments.collects import journals, refusals, services
from payments.collects.models import Collect, CollectShare
from payments.collects.parts import even_parts
from payments.wallet.services.parties import CustomerNotActive
from tests.ledger_proof import assert_books_balance
from tests.payments.collects.world import DAY, decline, each, end_all, linked, pay, pay_linked, share_of, split, terms
from tests.payments.wallet.world import freeze, holder, intent, open_day, posted, proven

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def state() -> tuple[object, ...]:
    counters = sorted(LimitCounter.objects.values_list("counter", "period", "used"))
    shares = sorted(CollectShare.objects.values_list("id", "state", "reminders"))
    collects = sorted(Collect.objects.values_list("id", "state", "paid_fen"))
    return collects, shares, Journal.objects.count(), OutboxEvent.objects.count(), counters


def refused(error: type[Exception], act: Callable[[], object]) -> Any:
    before = state()
    with pytest.raises(error) as raised, transaction.atomic():
        act()
    assert state() == before
    return raised.value


def of(collect: Collect) -> Collect:
    return Collect.objects.get(pk=collect.pk)


def test_journal_1_moves_a_share_from_the_payers_balance_to_the_organisers() -> None:
    ann, bob, eve = holder(), holder(10_000), holder(10_000)
    collect = each(ann, 2_500, bob, eve)
    assert (collect.title, collect.heads, collect.total_fen, collect.expires_at) == ("聚餐", 2, 5_000, collect.created_at + 30 * DAY)
    before = outflow_used(bob.id, clock.now())["day", False]
    share = pay(collect, bob)
    journal = Journal.objects.get(id=share.id)
    assert (journal.event, journal.amounts, journal.reference) == (journals.PAID, [-2_500, 2_500], share.public_id)
    assert (posted(ann), posted(bob), of(collect).paid_fen, of(collect).state) == (2_500, 7_500, 2_500, "open")
    assert outflow_used(bob.id, clock.now())["day", False] == before + 2_500
    pay(collect, eve)
    assert (of(collect).state, of(collect).end, of(collect).paid_count, posted(ann)) == ("closed", "complete", 2, 5_000)
    topics = OutboxEvent.objects.filter(topic__startswith="collect.").order_by("id").values_list("topic", flat=True)
    assert list(topics) == ["collect.asked", "collect.paid", "collect.paid", "collect.closed"]
    assert OutboxEvent.objects.get(topic="collect.asked").payload["payers"] == [bob.public_id, eve.public_id]
    assert_books_balance()


@pytest.mark.parametrize(
    ("fen", "with_me", "shares", "own"), [(1_000, False, [334, 333, 333], 0), (1_000, True, [250] * 3, 250), (10, True, [3, 3, 2], 2)]
)
def test_a_total_is_split_to_the_fen(fen: int, with_me: bool, shares: list[int], own: int) -> None:
    ann, payers = holder(), [holder(1_000) for _ in range(3)]
    collect = split(ann, fen, *payers, with_me=with_me)
    assert [share_of(collect, payer).amount_fen for payer in payers] == shares
    assert (collect.own_fen, collect.total_fen, collect.each_fen) == (own, fen - own, 250 if len(set(shares)) == 1 else None)
    for payer in payers:
        pay(collect, payer)
    assert posted(ann) == fen - own
    assert_books_balance()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 100), st.data())
def test_even_parts_sum_up_and_differ_by_one_fen_at_most(heads: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(heads, 10**10))
    parts = even_parts(total_fen=total, heads=heads)
    assert (sum(parts), len(parts), parts == sorted(parts, reverse=True), parts[0] - parts[-1] <= 1) == (total, heads, True, True)


def test_by_link_as_many_pay_as_were_asked_each_once() -> None:
    ann, bob, eve, dan = holder(), holder(1_000), holder(1_000), holder(1_000)
    collect = linked(ann, 300, 2)
    refused(refusals.OrganiserIsPayer, lambda: pay_linked(collect, ann))
    pay_linked(collect, bob)
    refused(refusals.SharePaid, lambda: pay_linked(collect, bob))
    refused(refusals.SharePaid, lambda: pay(collect, bob))
    pay_linked(collect, eve)
    assert (of(collect).state, posted(ann)) == ("closed", 600)
    refused(refusals.CollectFull, lambda: pay_linked(collect, dan))
    assert_books_balance()


def test_who_declined_is_asked_no_more_and_a_collect_of_which_all_have_answered_is_complete() -> None:
    ann, bob, eve = holder(), holder(1_000), holder(1_000)
    collect = each(ann, 300, bob, eve)
    decline(collect, bob)
    refused(refusals.ShareDeclined, lambda: pay(collect, bob))
    refused(refusals.ShareDeclined, lambda: decline(collect, bob))
    pay(collect, eve)
    refused(refusals.SharePaid, lambda: decline(collect, eve))
    assert (of(collect).end, of(collect).declined_count, posted(ann)) == ("complete", 1, 300)


def test_reminders_reach_who_has_not_answered_once_a_day_and_three_times_in_all() -> None:
    ann, bob, eve, dan = holder(), holder(1_000), holder(1_000), holder(1_000)
    collect = each(ann, 100, bob, eve, dan)
    pay(collect, bob)
    decline(collect, dan)

    def remind(days: int) -> int:
        return services.remind(organiser_id=ann.id, collect_id=collect.id, at=clock.now() + days * DAY)

    assert remind(0) == 1
    assert OutboxEvent.objects.get(topic="collect.reminded").payload["payers"] == [eve.public_id]
    assert refused(refusals.NobodyToRemind, lambda: remind(0)).members["most"] == 3
    assert [remind(1), remind(2)] == [1, 1]
    refused(refusals.NobodyToRemind, lambda: remind(3))
    assert share_of(collect, eve).reminders == 3
    refused(NotFound, lambda: services.remind(organiser_id=bob.id, collect_id=collect.id, at=clock.now()))


def test_the_organiser_closes_and_time_closes_and_then_nobody_pays() -> None:
    ann, bob = holder(), holder(1_000)
    closed, over = each(ann, 100, bob), each(ann, 200, bob)
    refused(NotFound, lambda: services.close(organiser_id=bob.id, collect_id=closed.id, at=clock.now()))
    services.close(organiser_id=ann.id, collect_id=closed.id, at=clock.now())
    assert (of(closed).end, share_of(closed, bob).state) == ("organiser", "closed")
    refused(refusals.CollectClosed, lambda: pay(closed, bob))
    refused(refusals.CollectClosed, lambda: decline(closed, bob))
    refused(refusals.CollectClosed, lambda: services.remind(organiser_id=ann.id, collect_id=closed.id, at=clock.now()))
    refused(refusals.CollectClosed, lambda: services.close(organiser_id=ann.id, collect_id=closed.id, at=clock.now()))
    refused(refusals.CollectClosed, lambda: pay(over, bob, at=over.expires_at))
    assert end_all(over.expires_at - timedelta(seconds=1)) == 0
    assert [end_all(over.expires_at), end_all(over.expires_at)] == [1, 0]
    assert (of(over).end, share_of(over, bob).state, posted(bob)) == ("expired", "closed", 1_000)
    gone = services.close(organiser_id=ann.id, collect_id=linked(ann, 5, 2).id, at=clock.now())
    refused(refusals.CollectClosed, lambda: pay_linked(gone, bob))


def test_shapes_and_parties_that_cannot_be() -> None:
    ann, bob, ida = holder(), holder(1_000), holder()
    refused(refusals.OrganiserIsPayer, lambda: each(ann, 5, ann))
    refused(refusals.PartsTooSmall, lambda: split(ann, 1, bob, ida))
    refused(refusals.AmountTooLarge, lambda: linked(ann, MAX_FEN, 2))
    refused(Invalid, lambda: services.ask_by_link(organiser_id=ann.id, title="4111111111111111", each_fen=1, heads=1, at=clock.now()))
    refused(NotFound, lambda: services.ask_each(organiser_id=ann.id, title="x", each_fen=1, payer_ids=[uuid.uuid4()], at=clock.now()))
    terms(people_most=1, per_day=1)
    refused(refusals.TooManyPeople, lambda: each(ann, 5, bob, ida))
    each(ann, 5, bob)
    assert refused(refusals.DailyCollectsReached, lambda: each(ann, 5, bob)).members["cap"] == 1
    freeze(ida)
    refused(NotFound, lambda: each(bob, 5, ida))
    refused(CustomerNotActive, lambda: each(ida, 5, bob))


def test_a_payer_without_means_proof_or_name_and_an_organiser_who_may_not_receive() -> None:
    ann, poor, nobody, rich = holder(), holder(99), holder(1_000, verified_class=None), holder(300_000, pin=True)
    collect = each(ann, 100, poor, nobody)
    refused(InsufficientFunds, lambda: pay(collect, poor))
    refused(NotVerified, lambda: pay(collect, nobody))
    large = each(ann, 30_000, rich)
    refused(StepUpNeeded, lambda: pay(large, rich))
    given = proven(rich, amount_fen=30_000, payee=ann.public_id, purpose="collect")
    refused(ProofMismatch, lambda: pay(large, rich, intent=proven(rich, amount_fen=30_000, payee=ann.public_id)))
    pay(large, rich, intent=given)
    again = each(ann, 30_000, rich)
    refused(ProofExpired, lambda: pay(again, rich, intent=given))
    most = each(ann, 70_001, rich)
    over = proven(rich, amount_fen=70_001, payee=ann.public_id, purpose="collect")
    refused(OutflowLimitReached, lambda: pay(most, rich, intent=over))
    freeze(ann)
    refused(refusals.OrganiserCannotReceive, lambda: pay(collect, poor))
    freeze(poor)
    refused(CustomerNotActive, lambda: pay(collect, poor))
    assert_books_balance()


def test_a_share_is_there_for_its_payer_alone() -> None:
    ann, bob, eve = holder(), holder(1_000), holder(1_000)
    collect = each(ann, 100, bob)
    share_id = share_of(collect, bob).id
    for who in (ann, eve):
        refused(NotFound, lambda who=who: pay(collect, bob, intent=intent(who)))
        refused(NotFound, lambda who=who: services.decline(payer_id=who.id, share_id=share_id, at=clock.now()))
    refused(NotFound, lambda: pay_linked(collect, eve))
