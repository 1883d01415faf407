"""Asking an operator for something, and settling it."""

from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from core.errors import DomainError
from core.ids import new_id
from core.work import owning
from core.work.models import WorkItem
from core.work.sockets import WORK_KINDS, Words

ASK = """
INSERT INTO core_workitem (id, kind, target, facts, asked_at, refreshed_at, finished_by)
VALUES (%(id)s, %(kind)s, %(target)s, %(facts)s::jsonb, %(at)s, %(at)s, '')
ON CONFLICT (kind, target) WHERE finished_at IS NULL DO UPDATE SET facts = EXCLUDED.facts, refreshed_at = EXCLUDED.refreshed_at
"""


class EndsByItself(DomainError):
    code = "work_ends_by_itself"
    en = "Nobody's word ends this: it ends by itself once what it is about is settled. The item's page says what ends it."
    zh = "该事项不能人工完结:所涉问题解决后将自动完结,完结条件见事项页面。"


@transaction.atomic
def ask(*, kind: str, target: str, facts: dict[str, Any], at: datetime) -> WorkItem:
    """Open a work item, or refresh the open one of the same `kind` and `target` (a public id or `<kind>:<key>`).

    `facts` hold ids and figures, never names or secrets.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"id": new_id(), "kind": kind, "target": target, "facts": orjson.dumps(facts).decode(), "at": at})
    return WorkItem.objects.get(kind=kind, target=target, finished_at=None)


@transaction.atomic
def finish(*, kind: str, target: str, by: str, at: datetime) -> int:
    """End the open item, by what it was about; `by` is an actor as in the audit log. Returns 0 when there is none.
    Its target is nobody's from then on, unless there is more to do about it."""
    settled = finish_one(kind=kind, target=target, by=by, at=at)
    if settled:
        release(target)
    return settled


@transaction.atomic
def settle(*, kind: str, target: str, by: str, at: datetime) -> int:
    """End the open item on a person's word. As `finish` else; raises EndsByItself where no word does."""
    if what_ends(kind):
        raise EndsByItself()
    return finish(kind=kind, target=target, by=by, at=at)


def what_ends(kind: str) -> Words:
    """What ends an item of a kind by itself; empty where only a person's word does, and for kinds that no room speaks of any more."""
    known = WORK_KINDS.get(kind)
    return known.ends if known else ""


@transaction.atomic
def release(target: str) -> None:
    """What waits on no page of its own any more is nobody's, unless an item about it is open."""
    if not WorkItem.objects.filter(target=target, finished_at=None).exists():
        owning.let_go([target])


@transaction.atomic
def finish_one(*, kind: str, target: str, by: str, at: datetime) -> int:
    """Settle the open item of something that goes on waiting on a page of its own: whoever has it keeps it. As `finish` else."""
    return WorkItem.objects.filter(kind=kind, target=target, finished_at=None).update(finished_at=at, finished_by=by)


def is_open(*, kind: str, target: str) -> bool:
    """Whether somebody is asked for this now."""
    return WorkItem.objects.filter(kind=kind, target=target, finished_at=None).exists()
