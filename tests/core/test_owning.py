"""Who looks after what waits: one at a time, whoever asks at once; nobody's again once it is over."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from core.ids import new_id, public_id
from core.work import owning, services
from core.work.models import Assignment, WorkItem
from tests.desk.people import staff
from tests.together import together

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TARGET = "chr_1"


def asked(kind: str = "unknown_outcome") -> WorkItem:
    return services.ask(kind=kind, target=TARGET, facts={}, at=AT)


def take(who: User, target: str = TARGET) -> Assignment:
    return owning.take(waiting=WorkItem.objects.filter(target=target, finished_at=None), target=target, staff=who, at=AT)


def hand_over(held_by: User, to: User) -> Assignment:
    waiting = WorkItem.objects.filter(target=TARGET, finished_at=None)
    return owning.hand_over(waiting=waiting, target=TARGET, held_by=held_by.pk, to=to, by="staff:li", at=AT)


def owner() -> str | None:
    return Assignment.objects.filter(target=TARGET).values_list("owner__username", flat=True).first()


@pytest.mark.django_db
def test_what_is_taken_is_handed_over_and_put_back_only_as_it_was_read() -> None:
    ann, bob, eve = staff("ann"), staff("bob"), staff("eve")
    asked()
    take(ann)
    take(ann)
    with pytest.raises(owning.TakenMeanwhile, match="ann has taken it meanwhile"):
        take(bob)
    assert hand_over(ann, bob).assigned_by == "staff:li"
    with pytest.raises(owning.OwnerChanged):
        hand_over(ann, eve)
    with pytest.raises(owning.OwnerChanged):
        owning.put_back(target=TARGET, held_by=ann.pk)
    assert owner() == "bob"
    owning.put_back(target=TARGET, held_by=bob.pk)
    assert owner() is None


@pytest.mark.django_db
def test_what_is_settled_is_nobodys_and_cannot_be_taken_or_handed_over() -> None:
    ann, bob = staff("ann"), staff("bob")
    asked()
    asked("another question")
    take(ann)
    services.finish(kind="unknown_outcome", target=TARGET, by="system", at=AT)
    assert owner() == "ann"
    services.finish(kind="another question", target=TARGET, by="system", at=AT)
    assert owner() is None
    with pytest.raises(owning.NothingWaits):
        take(bob)
    Assignment.objects.create(target=TARGET, owner=ann, assigned_at=AT, assigned_by="t")
    with pytest.raises(owning.NothingWaits):
        hand_over(ann, bob)
    asked()
    services.finish_one(kind="unknown_outcome", target=TARGET, by="system", at=AT)
    assert owner() == "ann"


@pytest.mark.django_db
def test_what_somebody_had_who_left_is_taken_like_what_nobody_has() -> None:
    ann, bob = staff("ann"), staff("bob")
    asked()
    take(ann)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    take(bob)
    assert owner() == "bob"


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_take_it_at_once_one_has_it_and_nine_are_told_who() -> None:
    people = [staff(f"p{number}") for number in range(10)]
    asked()
    results = together(lambda number: take(people[number]), 10)
    (kept,) = [result for result in results if isinstance(result, Assignment)]
    refused = [result for result in results if isinstance(result, owning.TakenMeanwhile)]
    assert len(refused) == 9
    assert {one.members["owner"] for one in refused} == {kept.owner.username} == {owner()}


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_hand_it_over_at_once_one_does() -> None:
    people = [staff(f"p{number}") for number in range(11)]
    asked()
    take(people[10])
    results = together(lambda number: hand_over(people[10], people[number]), 10)
    (kept,) = [result for result in results if isinstance(result, Assignment)]
    assert [type(result) for result in results].count(owning.OwnerChanged) == 9
    assert owner() == kept.owner.username


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_while_it_is_settled_is_nobodys_in_the_end() -> None:
    ann = staff("ann")
    for _ in range(5):
        asked()

        def one(number: int) -> object:
            return take(ann) if number else services.finish(kind="unknown_outcome", target=TARGET, by="system", at=AT)

        settled, taken = together(one, 2)
        assert settled == 1
        assert isinstance(taken, Assignment | owning.NothingWaits)
        assert owner() is None


@pytest.mark.django_db
def test_the_database_refuses_a_second_owner() -> None:
    ann = staff("ann")
    Assignment.objects.create(target=TARGET, owner=ann, assigned_at=AT, assigned_by="t")
    with pytest.raises(IntegrityError, match="core_assignment"), transaction.atomic():
        Assignment.objects.create(target=TARGET, owner=ann, assigned_at=AT, assigned_by="t")


def test_the_id_in_a_target_is_found() -> None:
    key = new_id()
    found = [owning.thing_in(target) for target in (public_id("dsp", key), f"break:{key}", "settlement_day:2026-01-01", "audit", "chr_1")]
    assert found == [key, key, None, None, None]
