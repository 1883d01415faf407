"""Re-encrypting every encrypted column under the newest key, in batches, restartable at any row."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Field, Model

from core.crypto.fields import EncryptedTextField
from core.crypto.keyring import decrypt, encrypt, key_id_of, newest_key_id


@dataclass(frozen=True)
class Column:
    """One encrypted column of one model."""

    model: type[Model]
    field: EncryptedTextField

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    @property
    def key(self) -> "Field[Any, Any]":
        return self.model._meta.pk


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
        Column(model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    return sorted(found, key=lambda column: column.name)


def waiting(column: Column) -> int:
    """Rows whose ciphertext was not written with the newest key."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {quoted(column.model._meta.db_table)} WHERE {stale(column)}", [newest_prefix()])  # noqa: S608  # nosec B608  # names quoted, values bound
        number: int = cursor.fetchone()[0]
    return number


def newest_prefix() -> bytes:
    """How a ciphertext of the newest key begins: version, length of the key id, key id."""
    name = newest_key_id().encode()
    return bytes([1, len(name)]) + name


def stale(column: Column) -> str:
    """SQL for a row to rotate; its one parameter is the newest key's prefix."""
    own = quoted(str(column.field.column))
    return f"{own} IS NOT NULL AND substring({own} FROM 1 FOR {len(newest_prefix())}) <> %s"


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


@transaction.atomic
def rotate_batch(column: Column, *, after: Any = None, batch: int = 500) -> Rotated:
    """Encrypt up to `batch` rows after the key `after` anew, each row locked meanwhile. A second run finds nothing to do.

    Raises CannotDecrypt for a row whose key is not in FIELD_KEYS any more; nothing of the batch is written then.
    """
    table, key = quoted(column.model._meta.db_table), quoted(str(column.key.column))
    own = quoted(str(column.field.column))
    beyond, marks = (f"AND {key} > %s", [after]) if after is not None else ("", [])
    select = f"SELECT {key}, {own} FROM {table} WHERE {stale(column)} {beyond} ORDER BY {key} LIMIT {batch:d} FOR UPDATE"  # noqa: S608  # nosec B608  # names quoted, values bound
    with connection.cursor() as cursor:
        cursor.execute(select, [newest_prefix(), *marks])
        rows = cursor.fetchall()
        fresh = [(renewed(column, pk, bytes(sealed)), pk) for pk, sealed in rows]
        for value, pk in fresh:
            cursor.execute(f"UPDATE {table} SET {own} = %s WHERE {key} = %s", [value, pk])  # noqa: S608  # nosec B608  # names quoted, values bound
    return Rotated(column.name, len(rows), len(fresh), rows[-1][0] if rows else after)


def renewed(column: Column, pk: uuid.UUID | int, sealed: bytes) -> bytes:
    place = f"{column.model._meta.db_table}.{column.field.column}.{pk}"
    assert key_id_of(sealed) != newest_key_id(), "only rows of older keys are selected"
    return encrypt(decrypt(sealed, place=place), place=place)


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
