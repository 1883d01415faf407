"""Models made by one operation: the same tables as one by one, drawn once, and gone again in reverse."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from core.create_models import CreateModels

KIND = migrations.CreateModel("Kind", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField(unique=True))])
THING = migrations.CreateModel(
    "Thing",
    [("id", models.BigAutoField(primary_key=True)), ("kind", models.ForeignKey("core.Kind", models.PROTECT))],
    options={"constraints": [models.CheckConstraint(condition=models.Q(id__gt=0), name="core_thing_above")]},
)


def states() -> tuple[ProjectState, ProjectState]:
    before = ProjectState()
    assert not before.apps.get_models()
    after = before.clone()
    CreateModels([KIND, THING]).state_forwards("core", after)
    return before, after


def test_the_state_is_that_of_one_after_the_other_and_nothing_is_drawn_before_it_is_asked_for() -> None:
    _, after = states()
    singly = ProjectState()
    for one in (KIND, THING):
        one.state_forwards("core", singly)
    assert after == singly
    assert "apps" not in vars(after)
    assert {model.__name__ for model in after.apps.get_models()} == {"Kind", "Thing"}


@pytest.mark.django_db
def test_tables_come_in_their_order_with_what_keeps_them_and_go_in_reverse() -> None:
    before, after = states()
    both = CreateModels([KIND, THING])
    with connection.schema_editor() as editor:
        both.database_forwards("core", editor, before, after)
    with connection.cursor() as cursor:
        kept = connection.introspection.get_constraints(cursor, "core_thing")
    assert "core_thing_above" in kept
    assert {found["foreign_key"] for found in kept.values()} == {None, ("core_kind", "id")}
    with connection.schema_editor() as editor:
        both.database_backwards("core", editor, after, before)
    assert not {"core_kind", "core_thing"} & set(connection.introspection.table_names())
    assert both.describe() == "Create models Kind, Thing"
