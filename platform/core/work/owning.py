"""Who looks after what waits: taking, handing over, putting back. A thing nobody has is taken once, whoever asks at the same time."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet

from core.errors import DomainError, NotFound
from core.ids import new_id, parse_public_id
from core.work.models import Assignment

TAKE = """
INSERT INTO core_assignment AS kept (id, target, thing_id, owner_id, assigned_at, assigned_by)
VALUES (%(id)s, %(target)s, %(thing)s, %(owner)s, %(at)s, %(by)s)
ON CONFLICT (target) DO UPDATE SET owner_id = EXCLUDED.owner_id, assigned_at = EXCLUDED.assigned_at, assigned_by = EXCLUDED.assigned_by
WHERE kept.owner_id = EXCLUDED.owner_id OR EXISTS (SELECT 1 FROM auth_user AS gone WHERE gone.id = kept.owner_id AND NOT gone.is_active)
"""


class TakenMeanwhile(DomainError):
    code = "work_taken_meanwhile"
    en = "{owner} has taken it meanwhile. Ask them to hand it over, or take something else."
    zh = "{owner} 已先领取。请对方转交,或处理其他事项。"


class OwnerChanged(DomainError):
    code = "work_owner_changed"
    en = "It is in other hands than when you looked. Read it again and decide anew."
    zh = "负责人已变更,请刷新后重试。"


class NothingWaits(DomainError):
    code = "work_nothing_waits"
    en = "It is settled: it waits for nobody any more."
    zh = "该事项已处理完毕,无需再领取。"


@transaction.atomic
def take(*, waiting: QuerySet[Any], target: str, staff: User, at: datetime) -> Assignment:
    """Become the one who looks after `target`, which nobody has, or only somebody who left; again changes nothing but the time.

    `waiting` finds the row the act is on as long as it waits; the row is locked, so it cannot be settled meanwhile.
    Raises NothingWaits, TakenMeanwhile.
    """
    still_waits(waiting)
    facts: dict[str, Any] = {"id": new_id(), "target": target, "thing": thing_in(target), "owner": staff.pk, "at": at, "by": named(staff)}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, facts)
    kept = Assignment.objects.select_related("owner").get(target=target)
    if kept.owner_id != staff.pk:
        raise TakenMeanwhile(owner=kept.owner.get_username())
    return kept


@transaction.atomic
def hand_over(*, waiting: QuerySet[Any], target: str, held_by: int, to: User, by: str, at: datetime) -> Assignment:
    """Put what `held_by` (a user's key) has into another's hands. Raises NothingWaits, OwnerChanged."""
    still_waits(waiting)
    held = Assignment.objects.filter(target=target, owner_id=held_by)
    if not held.update(owner=to, assigned_at=at, assigned_by=by):
        raise OwnerChanged()
    return Assignment.objects.get(target=target)


@transaction.atomic
def put_back(*, target: str, held_by: int) -> None:
    """Nobody looks after it any more. Raises OwnerChanged."""
    if not Assignment.objects.filter(target=target, owner_id=held_by).delete()[0]:
        raise OwnerChanged()


@transaction.atomic
def let_go(targets: Iterable[str]) -> None:
    """What is over needs no owner."""
    Assignment.objects.filter(target__in=list(targets)).delete()


def still_waits(waiting: QuerySet[Any]) -> None:
    if not waiting.order_by().select_for_update(of=("self",)).values_list("pk", flat=True).first():
        raise NothingWaits()


def thing_in(target: str) -> uuid.UUID | None:
    """The id in a target (`dsp_06a1...`, `break:0190...`), if it names one."""
    kind, _colon, key = target.rpartition(":")
    try:
        return uuid.UUID(key) if kind else parse_public_id(target.rpartition("_")[0], target)
    except (ValueError, NotFound):
        return None


def named(staff: User) -> str:
    return f"staff:{staff.get_username()}"
