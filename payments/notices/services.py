"""Writing notices down, taking them up to be sent, noting what came of each try, sending one again."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from core.errors import DomainError, NotFound
from core.ids import new_id, public_id, shard_of
from core.limits.queries import cap
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.registry import Event
from core.work import services as work
from payments.merchants import queries as merchants
from payments.merchants.queries import MerchantApp
from payments.merchants.services.apps import MOST_APPS
from payments.notices import bodies, queries
from payments.notices.addresses import origin_of
from payments.notices.bodies import News
from payments.notices.models import MerchantNotice, NoticeReceiver, NoticeTry
from payments.notices.post import Reply
from payments.notices.states import LEASE, NOTICE_MOVES, RESENDS, NoticeState, rest_after, wait_after

FAILED = "merchant_notice.failed"
KEPT = timedelta(days=180)
CLAIM = """
WITH RECURSIVE origins AS (
    (SELECT origin FROM payments_merchantnotice WHERE shard = %(shard)s AND state = 'pending' ORDER BY origin LIMIT 1)
    UNION ALL
    SELECT (
        SELECT next.origin FROM payments_merchantnotice AS next
        WHERE next.shard = %(shard)s AND next.state = 'pending' AND next.origin > origins.origin ORDER BY next.origin LIMIT 1
    ) FROM origins WHERE origins.origin IS NOT NULL
), open AS (
    SELECT origin FROM origins WHERE origin IS NOT NULL AND NOT origin = ANY (%(busy)s) AND NOT EXISTS (
        SELECT 1 FROM payments_noticereceiver AS resting
        WHERE resting.shard = %(shard)s AND resting.origin = origins.origin AND resting.rest_until > %(at)s
    ) ORDER BY random() LIMIT %(most)s
), picked AS MATERIALIZED (
    SELECT due.id FROM open CROSS JOIN LATERAL (
        SELECT id FROM payments_merchantnotice AS one
        WHERE one.shard = %(shard)s AND one.state = 'pending' AND one.origin = open.origin AND one.due_at <= %(at)s
        ORDER BY one.due_at, one.id LIMIT %(each)s FOR UPDATE SKIP LOCKED
    ) AS due LIMIT %(most)s
)
UPDATE payments_merchantnotice AS taken SET due_at = %(lease_end)s WHERE taken.shard = %(shard)s AND taken.id IN (SELECT id FROM picked)
RETURNING taken.id
"""


class NoAddress(DomainError):
    code = "notice_no_address"
    en = "The app has no address for notices now. Give it one, then send again."
    zh = "该应用当前未设置通知地址,请先设置后再重新发送。"


class ResentTooOften(DomainError):
    code = "notice_resent_too_often"
    en = "This notice was sent again {most} times already. Read what it says, or the order itself."
    zh = "该通知已重发 {most} 次,请直接查看通知内容或查询订单。"


def write(*, event: Event, at: datetime) -> list[MerchantNotice]:
    """Write an event's notice for the app it concerns, or for each of the merchant's; none where no address is given. In the handler's
    transaction, which runs once an event."""
    news = bodies.TYPES[event.topic](event)
    written = []
    for app in concerned(news):
        url = address(app, news.order.notify_url if news.order else "")
        if url:
            written.append(made(event, news, app, url, at))
    MerchantNotice.objects.bulk_create(written)
    return written


def concerned(news: News) -> list[MerchantApp]:
    """The app an event is of, or every app of the merchant."""
    return [merchants.app(news.app_id)] if news.app_id else list(merchants.apps(news.merchant_id)[:MOST_APPS])


def address(app: MerchantApp, own: str) -> str:
    return merchants.notify_url(app, own)


def made(event: Event, news: News, app: MerchantApp, url: str, at: datetime) -> MerchantNotice:
    notice_id = new_id()
    return MerchantNotice(
        id=notice_id,
        event_id=event.id,
        merchant_id=news.merchant_id,
        app_id=app.id,
        order_id=news.order.id if news.order else None,
        shard=shard_of(news.merchant_id),
        type=event.topic,
        subject=news.subject,
        url=url,
        origin=origin_of(url),
        body=bodies.body(notice_id, event, news, app.id),
        due_at=at,
        occurred_at=event.occurred_at,
        created_at=at,
        changed_at=at,
    )


@transaction.atomic
def claim(*, shard: int, busy: Collection[str], most: int, each: int, at: datetime) -> list[MerchantNotice]:
    """Take up to `most` due notices of a shard for a LEASE, at most `each` of one receiver, none of those in `busy` or at rest."""
    values: dict[str, Any] = {"shard": shard, "busy": list(busy), "most": most, "each": each, "at": at, "lease_end": at + LEASE}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        taken = [row[0] for row in cursor.fetchall()]
    return list(MerchantNotice.objects.filter(pk__in=taken).order_by("occurred_at", "id"))


@transaction.atomic
def conclude(*, notice: MerchantNotice, reply: Reply, at: datetime) -> bool:
    """Note what came of a try of a claimed notice, as it was when it was claimed. Returns whether it was noted: not when somebody else
    tried it meanwhile and was heard first."""
    row = MerchantNotice.objects.select_for_update().get(pk=notice.pk)
    if row.state != NoticeState.PENDING or row.tries != notice.tries:
        return False
    number = row.tries + 1
    NoticeTry.objects.create(
        notice=row,
        shard=row.shard,
        number=number,
        at=at,
        took_ms=reply.took_ms,
        status=reply.status,
        error=reply.error,
        answer=reply.answer,
    )
    told: dict[str, Any] = {"tries": number, "last_status": reply.status, "last_error": reply.error}
    wait = None if reply.taken else wait_after(number - row.tries_before)
    if reply.taken:
        advance(row, NoticeState.DELIVERED, moves=NOTICE_MOVES, at=at, due_at=None, delivered_at=at, **told)
        settle_work(row, at)
    elif wait is not None:
        MerchantNotice.objects.filter(pk=row.pk).update(due_at=at + wait, changed_at=at, **told)
    else:
        advance(row, NoticeState.FAILED, moves=NOTICE_MOVES, at=at, due_at=None, **told)
        ask_operator(row, reply, at)
    note_receiver(row, reply, at)
    return True


def settle_work(notice: MerchantNotice, at: datetime) -> None:
    """A notice that had failed is taken now: nobody has to look once no other of its app is left, and nobody has them."""
    if notice.resends and not queries.failed_of_app(notice.app_id):
        work.finish(kind=FAILED, target=notice.app_public_id, by="system", at=at)
        work.release(notice.app_public_id)


def ask_operator(notice: MerchantNotice, reply: Reply, at: datetime) -> None:
    """One work item an app, however many of its notices fail; its owner hears of each."""
    facts = {
        "merchant": notice.merchant_public_id,
        "notice": notice.public_id,
        "type": notice.type,
        "error": reply.error,
        "tries": notice.tries,
    }
    work.ask(kind=FAILED, target=notice.app_public_id, facts=facts, at=at)
    payload: outbox.Payload = {
        "notice": notice.public_id,
        "merchant": notice.merchant_public_id,
        "app": notice.app_public_id,
        "owner": public_id("cus", merchants.merchant(notice.merchant_id).owner_id),
        "type": notice.type,
        "error": reply.error,
    }
    outbox.publish(topic=FAILED, owner=notice.merchant_id, payload=payload, at=at, key=notice.public_id)


def note_receiver(notice: MerchantNotice, reply: Reply, at: datetime) -> None:
    """Count what a receiver leaves unanswered, and let it rest. An answer of whatever kind is a sign of life."""
    mine = {"shard": notice.shard, "origin": notice.origin}
    if reply.answered:
        NoticeReceiver.objects.filter(**mine, unanswered__gt=0).update(unanswered=0, rest_until=None, changed_at=at)
        return
    NoticeReceiver.objects.bulk_create([NoticeReceiver(**mine, changed_at=at)], ignore_conflicts=True)
    NoticeReceiver.objects.filter(**mine).update(unanswered=F("unanswered") + 1, changed_at=at)
    found = NoticeReceiver.objects.get(**mine)
    rest = rest_after(found.unanswered)
    if rest is not None:
        NoticeReceiver.objects.filter(pk=found.pk).update(rest_until=at + rest)


@transaction.atomic
def resend(*, notice_id: UUID, at: datetime) -> MerchantNotice:
    """Send a notice again, at once and on a fresh timetable, to where its app (or its order) hears news now. One that is on its way
    already is only tried sooner. Where it was the app's last failed one nobody has them any more, unless its work item is open. Raises
    NotFound, NoAddress, ResentTooOften."""
    row = MerchantNotice.objects.select_for_update(of=("self",)).select_related("app", "order").filter(pk=notice_id).first()
    if row is None:
        raise NotFound()
    most = cap(RESENDS, at)
    if row.resends >= most:
        raise ResentTooOften(most=most)
    url = address(row.app, row.order.notify_url if row.order else "")
    if not url:
        raise NoAddress()
    again: dict[str, Any] = {"url": url, "origin": origin_of(url), "due_at": at, "resends": row.resends + 1, "changed_at": at}
    if row.state == NoticeState.PENDING:
        MerchantNotice.objects.filter(pk=row.pk).update(**again)
    else:
        advance(row, NoticeState.PENDING, moves=NOTICE_MOVES, at=at, tries_before=row.tries, **again)
        if not queries.failed_of_app(row.app_id):
            work.release(row.app_public_id)
    return queries.notice(notice_id)


@transaction.atomic
def forget_old(*, shard: int, at: datetime, batch: int = 2000) -> int:
    """Delete one batch of a shard's notices that were over KEPT ago, with their tries, but none that is sent again at this moment.
    Returns how many."""
    over = MerchantNotice.objects.filter(shard=shard, changed_at__lt=at - KEPT).exclude(state=NoticeState.PENDING)
    locked = over.select_for_update(skip_locked=True).order_by("changed_at")
    old: Sequence[UUID] = list(locked.values_list("pk", flat=True)[:batch])
    NoticeTry.objects.filter(notice_id__in=old).delete()
    return MerchantNotice.objects.filter(pk__in=old).delete()[0]
