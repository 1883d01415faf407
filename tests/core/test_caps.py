"""Caps: the register, what its rows say at an instant, and that counting reads them in the statement it sends anyway."""

import uuid
from collections import ChainMap
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from sys import modules

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.approvals import services as approvals
from core.approvals.models import Approval
from core.clock import queries as clock
from core.dated import InForceStays
from core.desk.site import desk
from core.errors import Invalid
from core.limits import queries, sockets
from core.limits.models import LARGEST, Cap
from core.limits.services import Levy, LimitReached, Toll, levy, take, take_all
from core.limits.sockets import CAPS, CapKind
from tests.desk.people import staff
from tests.query_counts import queries_of
from tests.rules import unguarded

pytestmark = pytest.mark.django_db
KIND = CapKind("tests.things", "Things", usual=3, most=9)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def plugged_in() -> Iterator[None]:
    sockets.plug(KIND)
    yield
    CAPS.unplug(KIND.name)


def midnight() -> datetime:
    """The first instant of tomorrow, Shanghai time."""
    return clock.start_of_day(clock.local_day(clock.now()) + DAY)


def from_tomorrow(value: int) -> Cap:
    return Cap.objects.create(name=KIND.name, value=value, starts_on=clock.local_day(midnight()))


def owned() -> list[CapKind]:
    """Every cap that a module of a floor names."""
    floors = {"core", "accounts", "payments", "wealth", "credit", "growth"}
    rooms = [module for name, module in list(modules.items()) if name.split(".")[0] in floors]
    return [value for room in rooms for value in vars(room).values() if isinstance(value, CapKind)]


def test_every_cap_that_a_room_names_is_in_the_register_and_its_usual_value_in_its_range() -> None:
    assert owned()
    for kind in owned():
        assert CAPS.get(kind.name) is kind, kind.name
        assert 0 <= kind.least <= kind.usual <= kind.most <= LARGEST, kind.name


def test_every_cap_of_the_register_has_its_first_row_with_its_usual_value() -> None:
    first = dict(Cap.objects.values_list("name", "value"))
    assert first == {name: kind.usual for name, kind in CAPS.items() if kind is not KIND}
    migrations = (
        "core.migrations.0012_first_caps",
        "core.migrations.0014_first_caps_of_external_wallets",
        "core.migrations.0015_first_caps_of_suitability",
        "wealth.migrations.0041_time_to_pay",
        "wealth.migrations.0052_first_days_ahead",
        "wealth.migrations.0061_first_caps_of_transfers",
        "wealth.migrations.0101_first_advisor_terms",
        "wealth.migrations.0152_first_caps_of_claims",
        "wealth.migrations.0153_first_caps_of_prices",
    )
    assert first == dict(ChainMap(*(import_module(name).FIRST for name in migrations)))


def test_the_usual_value_holds_until_the_day_of_a_row_and_then_the_latest_row() -> None:
    assert queries.cap(KIND, clock.now()) == 3
    from_tomorrow(5)
    Cap.objects.create(name=KIND.name, value=7, starts_on=clock.local_day(midnight() + DAY))
    moments = [midnight() - timedelta(seconds=1), midnight(), midnight() + DAY - timedelta(seconds=1), midnight() + DAY]
    assert [queries.cap(KIND, at) for at in moments] == [3, 5, 5, 7]


def test_counting_looks_the_cap_up_in_its_own_statement() -> None:
    from_tomorrow(5)
    owner = uuid.uuid4()

    def count(at: datetime, amount: int) -> int:
        return take(counter="tests", owner=owner, period="life", amount=amount, cap=KIND.on(at))

    sent = queries_of(lambda: count(clock.now(), 3))
    assert len(sent) == 1
    with pytest.raises(LimitReached) as refused:
        count(clock.now(), 1)
    assert refused.value.members == {"counter": "tests", "cap": 3, "used": 3, "remaining": 0}
    assert count(midnight(), 2) == 5
    with pytest.raises(LimitReached) as refused:
        count(midnight(), 1)
    assert refused.value.members == {"counter": "tests", "cap": 5, "used": 5, "remaining": 0}


def test_several_counters_take_caps_of_the_register_and_plain_ones_together_in_one_statement() -> None:
    from_tomorrow(5)
    owner = uuid.uuid4()

    def tolls(at: datetime, plain: int) -> list[Toll]:
        return [Toll("plain", "life", 2, plain), Toll("dated", "life", 2, KIND.on(at)), Toll("another", "life", 1, KIND.on(at))]

    assert len(queries_of(lambda: take_all(owner=owner, tolls=tolls(clock.now(), 9)))) == 1
    with pytest.raises(LimitReached) as refused:
        take_all(owner=owner, tolls=tolls(clock.now(), 9))
    assert refused.value.members == {"counter": "dated", "cap": 3, "used": 2, "remaining": 1}
    with pytest.raises(LimitReached) as refused:
        levy(levies=[Levy(owner, tuple(tolls(midnight(), 3)), lambda reached: reached)])
    assert refused.value.members["counter"] == "plain"
    take_all(owner=owner, tolls=tolls(midnight(), 9))
    used = queries.used_by(owners=[owner], kinds=[(name, "life") for name in ("plain", "dated", "another")])
    assert sorted(used.values()) == [2, 4, 4]


def proposed(maker: User, value: int, name: str = KIND.name) -> Approval:
    table = desk._registry[Cap].table
    row = Cap(name=name, value=value, starts_on=clock.local_day(midnight()))
    payload = table.payload(row, added=True, at=clock.now())
    return approvals.propose(act=table.act, payload=payload, maker=maker, reason="an attack", at=clock.now())


def test_two_people_change_a_cap_within_its_range_and_only_one_of_the_register() -> None:
    maker, checker = staff("maker", "finance_maker", "finance_checker"), staff("checker", "finance_checker")
    for value, name in ((0, KIND.name), (10, KIND.name), (5, "tests.nothing")):
        with pytest.raises(Invalid):
            proposed(maker, value, name)
    asked = proposed(maker, 9)
    with pytest.raises(approvals.SamePerson):
        approvals.approve(approval_id=asked.id, checker=maker, at=clock.now())
    approvals.approve(approval_id=asked.id, checker=checker, at=clock.now())
    assert (queries.cap(KIND, clock.now()), queries.cap(KIND, midnight())) == (3, 9)


def test_a_value_out_of_range_is_told_with_the_range() -> None:
    with pytest.raises(ValidationError, match="Between 1 and 9"):
        Cap(name=KIND.name, value=10, starts_on=date(2030, 1, 1)).full_clean()


@pytest.mark.parametrize(
    "wrong", [{"name": "Things"}, {"name": ""}, {"value": -1}, {"value": LARGEST + 1}, {"starts_on": date(2030, 1, 1)}]
)
def test_the_database_refuses_what_is_no_cap(wrong: dict[str, object]) -> None:
    Cap.objects.create(name=KIND.name, value=5, starts_on=date(2030, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Cap.objects.create(**({"name": KIND.name, "value": 5, "starts_on": date(2030, 1, 2)} | wrong))
    with unguarded():
        assert Cap.objects.filter(name=KIND.name).delete()[0] == 1


def test_a_row_in_force_is_kept_by_the_database() -> None:
    assert [type(trigger) for trigger in Cap._meta.triggers] == [InForceStays]
    assert dict(sockets.choices())[KIND.name] == "Things"
