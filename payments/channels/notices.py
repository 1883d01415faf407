"""Notices in: believed or refused at the door, kept as they came, and taken in afterwards, once, in any order."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zlib import crc32

from django.db import transaction

from core.clock import queries as clock
from core.errors import DomainError, NotFound
from core.ids import new_id, parse_public_id
from core.moves import advance
from core.outbox.services import publish
from payments.channels import refused
from payments.channels.breaks import Told, record_break
from payments.channels.models import Break, Channel, ChannelNotice, ChannelRequest
from payments.channels.outcomes import NOTICE, conclude
from payments.channels.port import AgreementNotice, Notice, NoticeRefused, OrderNotice, Receipt
from payments.channels.services import open_port
from payments.channels.sockets import AGREEMENTS
from payments.channels.states import NOTICE_MOVES, NoticeState

TOPIC = "channel_notice.received"


class NoticeNotBelieved(DomainError):
    code = "notice_not_believed"
    status = 401
    en = "This notice is not signed by the channel, not addressed to us, or too old."
    zh = "通知验签失败、接收方不符或已过期。"


class NoticeMalformed(DomainError):
    code = "notice_malformed"
    status = 400
    en = "This notice is signed but cannot be read."
    zh = "通知内容无法解析。"


def receive(*, channel: str, path: str, headers: Mapping[str, str], raw_body: bytes, at: datetime) -> Receipt:
    """Verify a notice on its raw bytes and keep it; a copy of one kept already changes nothing. Returns what to answer.

    Raises NotFound (no such channel), NoticeNotBelieved, NoticeMalformed; a refused one is only counted.
    """
    if not Channel.objects.filter(code=channel).exists():
        raise NotFound()
    try:
        port = open_port(channel)
        notice = port.parse_notice(path=path, headers=headers, raw_body=raw_body, wall=clock.wall())
    except NoticeRefused as problem:
        refused.count(channel, problem.reason, raw_body, at)
        raise (NoticeMalformed() if problem.reason == "malformed" else NoticeNotBelieved()) from problem
    keep(channel, notice, raw_body, at)
    return port.receipt


@transaction.atomic
def keep(channel: str, notice: Notice, raw_body: bytes, at: datetime) -> None:
    row = ChannelNotice(
        id=new_id(),
        shard=crc32(notice.event_id.encode()) % 64,
        channel_id=channel,
        event_id=notice.event_id,
        event=notice.event,
        raw_body=raw_body.decode(),
        created_at=at,
    )
    ChannelNotice.objects.bulk_create([row], ignore_conflicts=True)
    if ChannelNotice.objects.filter(pk=row.pk).exists():
        publish(topic=TOPIC, owner=row.id, payload={"notice_id": str(row.id)}, at=at)


@transaction.atomic
def take_in(*, notice_id: UUID, at: datetime) -> ChannelNotice:
    """Do what a kept notice says, under the locks of what it is about. Once: a notice taken in stays as it is."""
    row = ChannelNotice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if row.state != NoticeState.RECEIVED:
        return row
    notice = open_port(row.channel_id).read_notice(raw_body=row.raw_body.encode())
    outcome = understood(row, notice, at)
    state = NoticeState.IGNORED if outcome.startswith("ignored") else NoticeState.PROCESSED
    return advance(row, state, moves=NOTICE_MOVES, at=at, outcome=outcome, processed_at=at)


def understood(row: ChannelNotice, notice: Notice, at: datetime) -> str:
    """What came of a notice, in a word or two for operators."""
    if isinstance(notice, AgreementNotice):
        for listener in AGREEMENTS:
            listener.cancelled(channel=row.channel_id, token=notice.token, at=at)
        return "agreement ended"
    if isinstance(notice, OrderNotice):
        return order(row, notice, Told(f"{NOTICE}{row.event_id}", at))
    return "ignored: of no use"


def order(row: ChannelNotice, notice: OrderNotice, told: Told) -> str:
    request = found(row.channel_id, notice.request_no)
    if request is None:
        theirs = f"{notice.event} {notice.amount_fen} {notice.currency}"
        Break.objects.create(
            channel_id=row.channel_id,
            kind=Break.Kind.THEIRS_ONLY,
            source=told.source,
            request_no=notice.request_no,
            ours="",
            theirs=theirs,
            created_at=told.at,
        )
        return "break: no such request"
    if (notice.amount_fen, notice.currency) != (request.amount_fen, request.currency):
        ours, theirs = f"{request.amount_fen} {request.currency}", f"{notice.amount_fen} {notice.currency}"
        record_break(request, Break.Kind.AMOUNT, ours, theirs, told)
        return "break: amount"
    after = conclude(request_id=request.id, result=notice.result, source=told.source, at=told.at)
    return str(after.state) if after.state != request.state else "ignored: known"


def found(channel: str, request_no: str) -> ChannelRequest | None:
    """Our request behind a business number."""
    try:
        request_id = parse_public_id(ChannelRequest.PREFIX, request_no)
    except NotFound:
        return None
    return ChannelRequest.objects.filter(pk=request_id, channel_id=channel).first()
