"""State tables: one writer in Python, and the database as its guard."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction

from core.business_day.models import DAY_MOVES, BusinessDay, DayState
from core.moves import Moves, StateGuard, WrongState, advance, advance_all
from core.outbox.models import EVENT_MOVES, EventState, OutboxEvent
from core.outbox.relay import take
from core.outbox.services import publish
from tests.core.outbox_handlers import TALLY
from tests.query_counts import queries_of
from tests.together import together

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class Colour(models.TextChoices):
    RED = "red"
    GREEN = "green"
    GREY = "grey"


LIGHTS = Moves(Colour, {Colour.RED: {Colour.GREEN}, Colour.GREEN: {Colour.RED, Colour.GREY}})


@pytest.fixture
def event() -> OutboxEvent:
    with transaction.atomic():
        return publish(topic="tests.moved", owner=TALLY, payload={}, at=AT)


def test_a_table_knows_its_moves_their_sources_and_the_final_states() -> None:
    assert (LIGHTS.allowed("red", "green"), LIGHTS.allowed("red", "grey"), LIGHTS.allowed("grey", "red")) == (True, False, False)
    assert (LIGHTS.sources("grey"), LIGHTS.sources("green")) == (["green"], ["red"])
    assert LIGHTS.final() == {"grey"}
    assert LIGHTS.transitions() == [("green", "grey"), ("green", "red"), ("red", "green")]


def test_a_table_with_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="blue"):
        Moves(Colour, {Colour.RED: {"blue"}})
    with pytest.raises(ValueError, match="blue"):
        StateGuard("tests_lights", LIGHTS, born=["blue"])


@pytest.mark.django_db
def test_a_row_advances_and_carries_the_fields_named_with_it(event: OutboxEvent) -> None:
    advance(event, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT)
    assert (event.state, event.done_at) == ("done", AT)
    event.refresh_from_db()
    assert (event.state, event.done_at) == ("done", AT)


@pytest.mark.django_db
def test_a_forbidden_move_is_refused_and_writes_nothing(event: OutboxEvent) -> None:
    advance(event, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT)
    with pytest.raises(WrongState) as refusal:
        advance(event, EventState.DEAD, moves=EVENT_MOVES, at=AT, last_error="late")
    assert refusal.value.members == {"state": "done", "wanted": "dead"}
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("done", "")


@pytest.mark.django_db
def test_a_row_moved_by_somebody_else_first_is_not_moved_from_memory(event: OutboxEvent) -> None:
    stale = OutboxEvent.objects.get(pk=event.pk)
    advance(event, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT)
    with pytest.raises(WrongState) as refusal:
        advance(stale, EventState.DEAD, moves=EVENT_MOVES, at=AT)
    assert refusal.value.members["state"] == "done"


@pytest.mark.django_db
def test_a_set_moves_in_one_update_those_whose_state_may_and_no_other(event: OutboxEvent) -> None:
    dead, done = (OutboxEvent.objects.create(shard=1, topic="t", key=key, payload={}, occurred_at=AT, next_attempt_at=AT) for key in "ab")
    advance(dead, EventState.DEAD, moves=EVENT_MOVES, at=AT)
    advance(done, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT)
    every = OutboxEvent.objects.order_by("id")
    assert len(queries_of(lambda: advance_all(every, EventState.DEAD, moves=EVENT_MOVES, at=AT, last_error="late"))) == 1
    assert [(row.state, row.last_error) for row in every] == [("dead", "late"), ("dead", ""), ("done", "")]
    assert advance_all(every, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT) == 2
    with pytest.raises(ValueError, match="becomes open"):
        advance_all(BusinessDay.objects.all(), DayState.OPEN, moves=DAY_MOVES, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_threads_one_moves_the_row(event: OutboxEvent) -> None:
    def move(number: int) -> OutboxEvent:
        row = OutboxEvent.objects.get(pk=event.pk)
        return advance(row, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT + timedelta(seconds=number))

    results = together(move, 20)
    assert sum(isinstance(result, OutboxEvent) for result in results) == 1
    assert sum(isinstance(result, WrongState) for result in results) == 19


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "to"), [(s, t) for s in EventState.values for t in EventState.values])
def test_the_database_allows_exactly_the_moves_of_the_table(event: OutboxEvent, start: str, to: str) -> None:
    """Every pair of states, against raw SQL as an operator might write it."""
    stamp = {"pending": None, "dead": None, "done": AT}
    if start != "pending":
        OutboxEvent.objects.filter(pk=event.pk).update(state=start, done_at=stamp[start])
    statement, values = "UPDATE core_outboxevent SET state = %s, done_at = %s WHERE id = %s", [to, AT, event.pk]
    if start == to or EVENT_MOVES.allowed(start, to):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
        return
    complaint = f"core_outboxevent cannot move from {start} to {to}"
    with pytest.raises(IntegrityError, match=complaint) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert refusal.value.__cause__.diag.constraint_name == "core_outbox_moves"
    event.refresh_from_db()
    assert event.state == start


@pytest.mark.django_db
def test_the_database_lets_a_row_be_born_only_where_it_may_begin() -> None:
    with pytest.raises(IntegrityError, match="core_outboxevent cannot begin as done"), transaction.atomic():
        OutboxEvent.objects.create(shard=0, topic="x", key="x", payload={}, occurred_at=AT, next_attempt_at=AT, state="done", done_at=AT)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_other_columns_change_freely_in_a_final_state(event: OutboxEvent) -> None:
    advance(event, EventState.DONE, moves=EVENT_MOVES, at=AT, done_at=AT)
    assert OutboxEvent.objects.filter(pk=event.pk).update(last_error="noted") == 1
    assert take(shard=event.shard, at=AT) == []
