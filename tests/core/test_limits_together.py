"""Taking from several counters at once: all or none."""

import pytest

from core.ids import new_id
from core.limits import queries, services
from core.limits.services import Cap, LimitReached
from tests.together import together

CAPS = [Cap("t:life", "life", 1_000), Cap("t:day", "2026-11-22", 100), Cap("t:year", "2026", 500)]


def used(owner: object) -> list[int]:
    return [queries.used(counter=cap.counter, owner=owner, period=cap.period) for cap in CAPS]  # type: ignore[arg-type]


@pytest.mark.django_db
def test_all_counters_take_up_to_the_narrowest_cap_and_not_one_over() -> None:
    owner = new_id()
    services.take_all(owner=owner, caps=CAPS, amount=60)
    with pytest.raises(LimitReached) as refused:
        services.take_all(owner=owner, caps=CAPS, amount=41)
    assert (refused.value.members["counter"], refused.value.members["remaining"]) == ("t:day", 40)
    assert used(owner) == [60, 60, 60]
    services.take_all(owner=owner, caps=CAPS, amount=40)
    assert used(owner) == [100, 100, 100]


@pytest.mark.django_db
def test_a_first_amount_over_one_cap_takes_nothing_of_any() -> None:
    owner = new_id()
    with pytest.raises(LimitReached):
        services.take_all(owner=owner, caps=CAPS, amount=101)
    assert used(owner) == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_thirty_threads_never_cross_a_cap() -> None:
    owner = new_id()
    ended = together(lambda _: services.take_all(owner=owner, caps=CAPS, amount=7), 30)
    assert sum(end is None for end in ended) == 14
    assert all(end is None or isinstance(end, LimitReached) for end in ended)
    assert used(owner) == [98, 98, 98]
