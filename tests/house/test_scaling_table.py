"""docs/scaling.md names every table and how it would be spread over machines."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import F

ROW = re.compile(r"^\| (?P<table>[a-z0-9_]+) \| (?P<kind>distributed|reference|local) \| (?P<column>[a-z0-9_]*) ?\| (?P<keys>[^|]*)\|$")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"


def rows() -> dict[str, re.Match[str]]:
    found = [match for line in DOCUMENT.read_text().splitlines() if (match := ROW.match(line))]
    assert len({match["table"] for match in found}) == len(found), "a table has two rows"
    return {match["table"]: match for match in found}


def own_models() -> dict[str, type]:
    return {
        model._meta.db_table: model for app in settings.FLOORS for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def test_every_table_has_its_row() -> None:
    missing = set(own_models()) - set(rows())
    assert not missing, f"docs/scaling.md lacks rows for {sorted(missing)}"


def test_every_row_names_a_table_that_exists() -> None:
    extra = set(rows()) - set(own_models())
    assert not extra, f"docs/scaling.md names tables that are gone: {sorted(extra)}"


def test_a_distributed_table_has_its_column_and_every_unique_key_holds_it_or_a_unique_id() -> None:
    models = own_models()
    for table, row in rows().items():
        if row["kind"] != "distributed":
            continue
        columns = {field.column for field in models[table]._meta.concrete_fields}
        assert row["column"] in columns, f"{table}: no column {row['column']!r}"
        for key in filter(None, (key.strip() for key in row["keys"].split(";"))):
            names = {name.strip() for name in key.split(",")}
            assert names & {"id", row["column"]}, f"{table}: the unique key ({key}) cannot be kept across machines"


def test_the_row_names_every_unique_key_of_the_table() -> None:
    models = own_models()
    for table, row in rows().items():
        if row["kind"] != "distributed":
            continue
        stated = {frozenset(name.strip() for name in key.split(",")) for key in row["keys"].split(";") if key.strip()}
        for key in unique_keys(models[table]):
            assert key in stated, f"{table}: docs/scaling.md does not name the unique key {sorted(key)}"


def unique_keys(model: type) -> list[frozenset[str]]:
    meta = model._meta
    keys = [frozenset([field.column]) for field in meta.concrete_fields if field.unique]
    for constraint in meta.constraints:
        if getattr(constraint, "fields", None) and constraint.__class__.__name__ == "UniqueConstraint":
            keys.append(frozenset(meta.get_field(name).column for name in constraint.fields))
        elif getattr(constraint, "expressions", None) and constraint.__class__.__name__ == "UniqueConstraint":
            named = {part.name for expression in constraint.expressions for part in expression.flatten() if isinstance(part, F)}
            keys.append(frozenset(meta.get_field(name).column for name in named))
    return keys
