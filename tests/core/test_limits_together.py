"""Taking from several counters at once: all or none."""

import uuid

import pytest

from core.errors import Invalid
from core.ids import new_id
from core.limits import queries, services
from core.limits.services import Levy, LimitReached, Toll
from tests.together import together


def tolls(amount: int) -> list[Toll]:
    return [Toll("t:life", "life", amount, 1_000), Toll("t:day", "2026-11-22", amount, 100), Toll("t:year", "2026", amount, 500)]


def used(owner: uuid.UUID) -> list[int]:
    return [queries.used(counter=toll.counter, owner=owner, period=toll.period) for toll in tolls(1)]


@pytest.mark.django_db
def test_all_counters_take_up_to_the_narrowest_cap_and_not_one_over() -> None:
    owner = new_id()
    services.take_all(owner=owner, tolls=tolls(60))
    with pytest.raises(LimitReached) as refused:
        services.take_all(owner=owner, tolls=tolls(41))
    assert (refused.value.members["counter"], refused.value.members["remaining"]) == ("t:day", 40)
    assert used(owner) == [60, 60, 60]
    services.take_all(owner=owner, tolls=tolls(40))
    assert used(owner) == [100, 100, 100]


@pytest.mark.django_db
def test_a_first_amount_over_one_cap_takes_nothing_of_any() -> None:
    owner = new_id()
    with pytest.raises(LimitReached):
        services.take_all(owner=owner, tolls=tolls(101))
    assert used(owner) == [0, 0, 0]


@pytest.mark.django_db
def test_counters_may_take_different_amounts_and_a_refusal_gives_each_back_its_own() -> None:
    owner = new_id()
    services.take_all(owner=owner, tolls=[Toll("t:life", "life", 7, 1_000), Toll("t:day", "2026-11-22", 1, 2)])
    assert used(owner) == [7, 1, 0]
    with pytest.raises(LimitReached):
        services.take_all(owner=owner, tolls=[Toll("t:life", "life", 9, 1_000), Toll("t:day", "2026-11-22", 2, 2)])
    assert used(owner) == [7, 1, 0]


@pytest.mark.django_db
def test_the_rule_that_says_no_says_it_in_its_own_words() -> None:
    owner = new_id()
    first = Levy(owner, (Toll("t:life", "life", 5, 1_000),), lambda _: Invalid("first", "", ""))
    second = Levy(owner, (Toll("t:day", "2026-11-22", 5, 4),), lambda reached: Invalid(f"second {reached.members['remaining']}", "", ""))
    with pytest.raises(Invalid) as refused:
        services.levy(levies=[first, second])
    assert refused.value.field == "second 4"
    assert used(owner) == [0, 0, 0]


@pytest.mark.django_db
def test_rules_that_count_different_owners_take_of_each_its_own_all_or_none() -> None:
    customer, person = new_id(), new_id()
    refused = Invalid("person", "", "")

    def take(cap: int) -> None:
        mine = Levy(customer, tuple(tolls(5)), lambda _: Invalid("customer", "", ""))
        services.levy(levies=[mine, Levy(person, (Toll("t:day", "2026-11-22", 7, cap),), lambda _: refused)])

    take(cap=10)
    assert (used(customer), used(person)) == ([5, 5, 5], [0, 7, 0])
    with pytest.raises(Invalid) as said:
        take(cap=13)
    assert said.value is refused
    assert (used(customer), used(person)) == ([5, 5, 5], [0, 7, 0])


@pytest.mark.django_db(transaction=True)
def test_thirty_threads_never_cross_a_cap() -> None:
    owner = new_id()
    ended = together(lambda _: services.take_all(owner=owner, tolls=tolls(7)), 30)
    assert sum(end is None for end in ended) == 14
    assert all(end is None or isinstance(end, LimitReached) for end in ended)
    assert used(owner) == [98, 98, 98]
