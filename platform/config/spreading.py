"""What would spread the tables over the machines of a Citus cluster: SQL, worked out from docs/scaling.md and the database's catalog.

Citus keeps a unique key only where it holds the distribution column, and a foreign key only where it leads to a reference table (or
between tables that lie together, which ours need not: rooms check in their services what they point at).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ROW = re.compile(r"^\| (?P<table>[a-z0-9_]+) \| (?P<kind>distributed|reference|local) \| (?P<column>[a-z0-9_]*) ?\|")
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
UNIQUE_KEYS = """
SELECT i.indrelid::regclass::text, n.relname, coalesce(c.contype::text, ''), pg_get_indexdef(i.indexrelid),
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) ORDER BY a.attnum)
FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x') AND c.conrelid = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND NOT t.relispartition AND t.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Place:
    """Where a table goes: distributed (by `column`), reference or local."""

    kind: str
    column: str = ""


@dataclass(frozen=True)
class ForeignKey:
    table: str
    name: str
    to: str


@dataclass(frozen=True)
class UniqueKey:
    """`constraint`: p (primary), u (unique), x (exclusion), empty for an index alone; `definition` as CREATE INDEX."""

    table: str
    name: str
    constraint: str
    definition: str
    columns: list[str]


class CannotSpread(Exception):
    """A key that no statement here can mend."""


def places(document: str) -> dict[str, Place]:
    """The table of tables in docs/scaling.md."""
    found = (ROW.match(line) for line in document.splitlines())
    return {row["table"]: Place(row["kind"], row["column"]) for row in found if row}


def statements(tables: Mapping[str, Place], foreign_keys: Iterable[ForeignKey], unique_keys: Iterable[UniqueKey]) -> list[str]:
    """In the order to run them in, in one transaction on the coordinator. A table without a place stays local.

    Raises CannotSpread for an exclusion constraint without the distribution column.
    """
    dropped = [f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name};" for key in foreign_keys if not stays(key, tables)]
    keyed = [line for key in unique_keys for line in with_column(key, tables.get(key.table, Place("local")))]
    references = [f"SELECT create_reference_table('{name}');" for name, place in tables.items() if place.kind == "reference"]
    spread = [
        f"SELECT create_distributed_table('{name}', '{place.column}');" for name, place in tables.items() if place.kind == "distributed"
    ]
    return [*dropped, *keyed, "SET citus.enable_unsafe_triggers = on;", *references, *spread]


def stays(key: ForeignKey, tables: Mapping[str, Place]) -> bool:
    """Whether Citus keeps it: to a reference table from anywhere, and among tables of one machine."""
    here, there = (tables.get(name, Place("local")).kind for name in (key.table, key.to))
    return there == "reference" or (here, there) == ("local", "local")


def with_column(key: UniqueKey, place: Place) -> list[str]:
    """What puts the distribution column at the head of a unique key that lacks it."""
    if place.kind != "distributed" or place.column in key.columns:
        return []
    if key.constraint == "x":
        raise CannotSpread(f"{key.table}: the exclusion {key.name} does not hold {place.column}")
    define = key.definition.replace(" (", f" ({place.column}, ", 1) + ";"
    if not key.constraint:
        return [f"DROP INDEX {key.name};", define]
    kind = "PRIMARY KEY" if key.constraint == "p" else "UNIQUE"
    columns = ", ".join([place.column, *key.columns])
    return [
        f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name};",
        f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {kind} ({columns});",
    ]
