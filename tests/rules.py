"""Dated rules for tests: rows in force stay, so a test that wants another rule dates a newer one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from core.clock import queries as clock
from core.dated import starts_of
from core.ids import new_id
from core.limits.models import Cap
from core.limits.sockets import CapKind

Row = TypeVar("Row", bound=Model)


def newer(row: Row, **changes: object) -> Row:
    """A rule like `row` with `changes`, in force from a day after it on."""
    starts = starts_of(type(row))
    assert starts is not None
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    key = {} if row._meta.auto_field else {"id": new_id()}
    made = type(row)(**(values | key | {starts: getattr(row, starts) + timedelta(days=1)} | changes))
    made.save(force_insert=True)
    return made


def capped(kind: CapKind, value: int) -> None:
    """A cap that is in force from today on."""
    Cap.objects.create(name=kind.name, value=value, starts_on=clock.local_day(clock.now()))


@contextmanager
def unguarded() -> Iterator[None]:
    """A block whose statements no trigger sees, for a world in which a rule never was."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
