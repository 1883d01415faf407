"""Opening, cutting off and closing business days."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from core.business_day.models import BusinessDay, EodShard
from core.business_day.queries import NoOpenDay
from core.clock.queries import local_day
from core.errors import DomainError
from core.moves import WrongState
from core.outbox import services as outbox

State = BusinessDay.State
ALL_DAYS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:banyan:business-days")


class DayNotOver(DomainError):
    code = "business_day_not_over"
    en = "Business day {day} is not over: it can be cut off from {next_day} 00:00 Shanghai time on."
    zh = "营业日 {day} 尚未结束,须在上海时间 {next_day} 00:00 之后日切。"


class DayNotDone(DomainError):
    code = "business_day_not_done"
    en = "Business day {day} cannot close: {shards} shards of its end of day are not done. Run manage.py end_of_day."
    zh = "营业日 {day} 无法关闭:日终仍有 {shards} 个分片未完成,请运行 manage.py end_of_day。"


@transaction.atomic
def open_first_day(*, at: datetime) -> BusinessDay:
    """Open the Shanghai day of `at` when no business day exists yet; otherwise return the open one and change nothing.

    Raises NoOpenDay when days exist but none is open. Two callers at once open one day.
    """
    if not BusinessDay.objects.exists():
        BusinessDay.objects.bulk_create([BusinessDay(day=local_day(at), opened_at=at)], ignore_conflicts=True)
    day = BusinessDay.objects.filter(state=State.OPEN).first()
    if day is None:
        raise NoOpenDay()
    return day


@transaction.atomic
def cut_off(*, at: datetime) -> BusinessDay:
    """End the open day for postings and open the next one, which is returned.

    A posting under way may still carry the day that ends: the ledger's first steps of the end of day wait for it behind its
    barrier. Raises NoOpenDay, DayNotOver, and WrongState when another caller cut the day off first.
    """
    today = BusinessDay.objects.filter(state=State.OPEN).first()
    if today is None:
        raise NoOpenDay()
    following = today.day + timedelta(days=1)
    if local_day(at) < following:
        raise DayNotOver(day=today.day.isoformat(), next_day=following.isoformat())
    if not BusinessDay.objects.filter(day=today.day, state=State.OPEN).update(state=State.CUT_OFF, cut_off_at=at):
        raise WrongState(state=State.CUT_OFF.value, wanted=State.CUT_OFF.value)
    opened = BusinessDay.objects.create(day=following, opened_at=at)
    tell("business_day.cut_off", today.day, at=at)
    return opened


@transaction.atomic
def close(*, day: date, at: datetime) -> BusinessDay:
    """Close a day that is cut off and whose end of day is done; closing a closed day changes nothing.

    Raises DayNotDone while a planned shard is not done, WrongState for a day that is open.
    """
    row = BusinessDay.objects.select_for_update().get(day=day)
    if row.state == State.CLOSED:
        return row
    if row.state != State.CUT_OFF:
        raise WrongState(state=row.state, wanted=State.CLOSED.value)
    undone = EodShard.objects.filter(run__day=row).exclude(state=EodShard.State.DONE).count()
    if undone:
        raise DayNotDone(day=day.isoformat(), shards=undone)
    row.state = State.CLOSED
    row.closed_at = at
    row.save(update_fields=["state", "closed_at"])
    tell("business_day.closed", day, at=at)
    return row


def tell(topic: str, day: date, *, at: datetime) -> None:
    outbox.publish(topic=topic, owner=ALL_DAYS, key="business_day", payload={"day": day.isoformat()}, at=at)
