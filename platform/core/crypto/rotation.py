"""Every encrypted column under the key it belongs to, in batches, restartable at any row: values without an owner under the newest
master key, values of an owner under the owner's key. Rotating the master keys so touches the owners' wrapped keys, not what they close."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from core.crypto import owner_keys
from core.crypto.envelope import close, open_value
from core.crypto.fields import EncryptedTextField
from core.crypto.keyring import newest_key_id


@dataclass(frozen=True)
class Column:
    """One encrypted column by its names in the database; `owner` is the column with the owner's id, empty for none."""

    table: str
    column: str
    key: str = "id"
    owner: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    def place(self, pk: uuid.UUID | int) -> str:
        return f"{self.table}.{self.column}.{pk}"


@dataclass(frozen=True)
class Rotated:
    """What one batch did: rows looked at, rows encrypted anew, and the last key, where the next batch goes on."""

    column: str
    seen: int
    rotated: int
    last: Any


def columns() -> list[Column]:
    """Every encrypted column of every model, by table and name."""
    found = [
        Column(model._meta.db_table, str(field.column), str(model._meta.pk.column), field.owner)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return sorted(found, key=lambda column: column.name)


def waiting(column: Column) -> int:
    """Rows whose ciphertext is not under the key it belongs to."""
    where, marks = stale(column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {quoted(column.table)} WHERE {where}", marks)  # noqa: S608  # nosec B608  # names quoted, values bound
        number: int = cursor.fetchone()[0]
    return number


def newest_prefix() -> bytes:
    """How a ciphertext of the newest key begins: version, length of the key id, key id."""
    name = newest_key_id().encode()
    return bytes([1, len(name)]) + name


def stale(column: Column) -> tuple[str, list[Any]]:
    """SQL for a row to encrypt anew, and its parameters."""
    own = quoted(column.column)
    if column.owner:
        return f"octet_length({own}) > 0 AND get_byte({own}, 0) <> {owner_keys.VERSION}", []
    return f"{own} IS NOT NULL AND substring({own} FROM 1 FOR {len(newest_prefix())}) <> %s", [newest_prefix()]


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


@transaction.atomic
def rotate_batch(column: Column, *, after: Any = None, batch: int = 500) -> Rotated:
    """Encrypt up to `batch` rows after the key `after` anew, each row locked meanwhile. A second run finds nothing to do.

    Raises CannotDecrypt for a row whose key is not in FIELD_KEYS any more; nothing of the batch is written then.
    """
    table, key, own = quoted(column.table), quoted(column.key), quoted(column.column)
    where, marks = stale(column)
    beyond = f"AND {key} > %s" if after is not None else ""
    owner = quoted(column.owner) if column.owner else "NULL"
    select = f"SELECT {key}, {own}, {owner} FROM {table} WHERE {where} {beyond} ORDER BY {key} LIMIT {batch:d} FOR UPDATE"  # noqa: S608  # nosec B608  # names quoted, values bound
    update = f"UPDATE {table} SET {own} = fresh.value FROM unnest(%s, %s) AS fresh(key, value) WHERE {table}.{key} = fresh.key"  # noqa: S608  # nosec B608  # names quoted, values bound
    with connection.cursor() as cursor:
        cursor.execute(select, [*marks, *([after] if after is not None else [])])
        rows = cursor.fetchall()
        fresh = [renewed(column, pk, bytes(closed), owner_id) for pk, closed, owner_id in rows]
        if rows:
            cursor.execute(update, [[pk for pk, _, _ in rows], fresh])
    return Rotated(column.name, len(rows), len(fresh), rows[-1][0] if rows else after)


def renewed(column: Column, pk: uuid.UUID | int, closed: bytes, owner: uuid.UUID | None) -> bytes:
    return close(open_value(closed, place=column.place(pk)), place=column.place(pk), owner=owner)


def rotate(column: Column, *, batch: int = 500, report: Callable[[Rotated], None] = lambda done: None) -> int:
    """Batch after batch until nothing of the column is left. Returns the number of rows encrypted anew."""
    total = 0
    for done in batches(column, batch):
        total += done.rotated
        report(done)
    return total


def batches(column: Column, batch: int) -> Iterator[Rotated]:
    last = None
    while True:
        done = rotate_batch(column, after=last, batch=batch)
        if not done.seen:
            return
        last = done.last
        yield done
