"""The forbidden-transition matrix of every machine there is: the guard that stands in the database, tried with every pair of states."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from core.moves import StateGuard

Machine = tuple[type[models.Model], StateGuard]


def machines() -> Iterator[Machine]:
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", []):
            if isinstance(trigger, StateGuard):
                yield model, trigger


MACHINES = sorted(machines(), key=lambda machine: machine[1].name)


def execute(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, *values: Any) -> bool:
    try:
        with transaction.atomic():
            execute(statement, *values)
    except IntegrityError:
        return True
    return False


def stand_in(model: type[models.Model], guard: StateGuard) -> None:
    """A table of the same columns that nothing but the installed guard watches."""
    table = model._meta.db_table
    [(function,)] = execute(
        "SELECT tgfoid::regproc::text FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE %s",
        table, f"pgtrigger_{guard.name}%",
    )  # fmt: skip
    execute(f"CREATE TEMPORARY TABLE machine ON COMMIT DROP AS SELECT * FROM {table} WITH NO DATA")
    execute(f"CREATE TRIGGER guard BEFORE INSERT OR UPDATE OF {guard.state} ON machine FOR EACH ROW EXECUTE FUNCTION {function}()")


def standing(guard: StateGuard, state: str) -> None:
    """One row in a state, however it came there."""
    execute("DELETE FROM machine")
    execute("ALTER TABLE machine DISABLE TRIGGER guard")
    execute(f"INSERT INTO machine ({guard.state}) VALUES (%s)", state)
    execute("ALTER TABLE machine ENABLE TRIGGER guard")


def test_every_floor_has_machines() -> None:
    floors = {model._meta.app_label for model, _ in MACHINES}
    assert {"core", "accounts", "payments", "wealth"} <= floors


@pytest.mark.django_db
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine[1].name)
def test_the_database_refuses_every_move_and_birth_that_the_table_does_not_have(machine: Machine) -> None:
    model, guard = machine
    states = [str(state) for state in guard.moves.states.values]
    stand_in(model, guard)
    born = [state for state in states if not refused(f"INSERT INTO machine ({guard.state}) VALUES (%s)", state)]
    assert born == [state for state in states if guard.born is None or state in guard.born]
    for start in states:
        for to in states:
            standing(guard, start)
            conditional = (start, to) in guard.only
            allowed = start == to or (guard.moves.allowed(start, to) and not conditional)
            assert refused(f"UPDATE machine SET {guard.state} = %s", to) != allowed, f"{start} > {to}"
