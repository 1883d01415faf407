"""The plan for a distributed database: its own part is run on the real schema, Citus' part is counted."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from config.spreading import FOREIGN_KEYS, UNIQUE_KEYS, CannotSpread, ForeignKey, Place, UniqueKey, places, statements

DOCUMENT = settings.ROOT / "docs" / "scaling.md"


def printed() -> list[str]:
    out = StringIO()
    call_command("citus_plan", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
def test_after_the_plan_every_key_of_a_distributed_table_holds_its_column_and_no_foreign_key_crosses() -> None:
    tables, lines = places(DOCUMENT.read_text()), printed()
    spread = {name: place for name, place in tables.items() if place.kind == "distributed"}
    assert (lines[0], lines[-1]) == ("BEGIN;", "COMMIT;")
    with connection.cursor() as cursor:
        for line in lines[1:-1]:
            if line.startswith(("ALTER TABLE", "DROP INDEX", "CREATE UNIQUE INDEX")):
                cursor.execute(line)
        cursor.execute(UNIQUE_KEYS)
        keys = [UniqueKey(*row) for row in cursor.fetchall()]
        cursor.execute(FOREIGN_KEYS)
        foreign = [ForeignKey(*row) for row in cursor.fetchall()]
    assert {key.table for key in keys} >= set(spread)
    assert [key for key in keys if key.table in spread and spread[key.table].column not in key.columns] == []
    kinds = {name: place.kind for name, place in tables.items()}
    assert [key for key in foreign if key.table in spread and kinds.get(key.to) != "reference"] == []
    assert [key for key in foreign if key.to in spread] == []
    assert foreign


@pytest.mark.django_db
def test_every_listed_table_is_placed_once_and_reference_tables_before_those_that_point_at_them() -> None:
    tables, lines = places(DOCUMENT.read_text()), printed()
    placed = [line for line in lines if line.startswith("SELECT create_")]
    kinds = [place.kind for place in tables.values()]
    assert len(placed) == kinds.count("reference") + kinds.count("distributed")
    assert [line for line in placed if "reference" in line] == placed[: kinds.count("reference")]
    assert "SELECT create_distributed_table('payments_topup', 'customer_id');" in placed
    assert "SELECT create_reference_table('payments_merchant');" in placed


@pytest.mark.django_db
def test_a_database_that_lacks_a_listed_table_gets_no_plan() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_daytally RENAME TO tallies_of_old")
    with pytest.raises(CommandError, match="lacks core_daytally and 0 more"):
        printed()


def test_a_key_with_its_column_is_left_and_one_without_gets_it_at_its_head() -> None:
    tables = {"a": Place("distributed", "owner"), "b": Place("reference"), "c": Place("local")}
    foreign = [ForeignKey("a", "a_b", "b"), ForeignKey("a", "a_c", "c"), ForeignKey("c", "c_a", "a"), ForeignKey("c", "c_d", "unlisted")]
    unique = [
        UniqueKey("a", "a_pk", "p", "CREATE UNIQUE INDEX a_pk ON public.a USING btree (id)", ["id"]),
        UniqueKey("a", "a_owner", "u", "CREATE UNIQUE INDEX a_owner ON public.a USING btree (owner, no)", ["owner", "no"]),
        UniqueKey("a", "a_live", "", "CREATE UNIQUE INDEX a_live ON public.a USING btree (id) WHERE (ended IS NULL)", ["id"]),
        UniqueKey("c", "c_pk", "p", "CREATE UNIQUE INDEX c_pk ON public.c USING btree (id)", ["id"]),
    ]
    assert statements(tables, foreign, unique) == [
        "ALTER TABLE a DROP CONSTRAINT a_c;",
        "ALTER TABLE c DROP CONSTRAINT c_a;",
        "ALTER TABLE a DROP CONSTRAINT a_pk;",
        "ALTER TABLE a ADD CONSTRAINT a_pk PRIMARY KEY (owner, id);",
        "DROP INDEX a_live;",
        "CREATE UNIQUE INDEX a_live ON public.a USING btree (owner, id) WHERE (ended IS NULL);",
        "SET citus.enable_unsafe_triggers = on;",
        "SELECT create_reference_table('b');",
        "SELECT create_distributed_table('a', 'owner');",
    ]


def test_an_exclusion_without_the_column_stops_the_plan() -> None:
    key = UniqueKey("a", "a_days", "x", "CREATE INDEX a_days ON public.a USING gist (days)", ["days"])
    with pytest.raises(CannotSpread, match="a_days does not hold owner"):
        statements({"a": Place("distributed", "owner")}, [], [key])
