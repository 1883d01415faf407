"""Claiming a key, finishing it, and answering again."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction

from core.card_numbers import is_card_number
from core.errors import DomainError
from core.idempotency.models import IdempotencyRecord
from core.ids import new_id

KEY_LENGTH = 255
RUNNING_SECONDS = 60
KEPT = timedelta(days=7)
WAIT_MS = 3000
LOCK_NOT_AVAILABLE = "55P03"


class KeyMissing(DomainError):
    code = "idempotency_key_missing"
    status = 400
    en = "Send an Idempotency-Key header (1 to 255 visible characters, a fresh one for each new intent)."
    zh = "请在请求头中提供 Idempotency-Key(1 至 255 个可见字符,每次新操作使用新值)。"


class KeyMalformed(DomainError):
    code = "idempotency_key_malformed"
    status = 400
    en = "The Idempotency-Key must be 1 to 255 visible ASCII characters, and no card number (13 to 19 digits that pass its check)."
    zh = "Idempotency-Key 必须为 1 至 255 个可见 ASCII 字符,且不得为银行卡号(通过校验的 13 至 19 位数字)。"


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    en = "This Idempotency-Key was used for another request. Use a fresh key for a new intent."
    zh = "该 Idempotency-Key 已用于其他请求,新的操作请使用新的键。"


class StillRunning(DomainError):
    code = "idempotency_key_running"
    status = 409
    en = "The first request with this Idempotency-Key is still running. Repeat it with the same key in a moment."
    zh = "使用该 Idempotency-Key 的首个请求仍在处理中,请稍后用同一键重试。"


@dataclass(frozen=True)
class Claim:
    """What a claim found: a fresh record to finish, an answer to repeat, or an abandoned run to pick up."""

    record: IdempotencyRecord
    answered: bool
    abandoned: bool


def checked_key(key: str | None) -> str:
    """The key as sent. Raises KeyMissing or KeyMalformed."""
    if not key:
        raise KeyMissing()
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable() or is_card_number(key):
        raise KeyMalformed()
    return key


def fingerprint_of(method: str, path: str, body: bytes) -> bytes:
    """HMAC-SHA256 over what makes two requests the same: method, path with query, body. Keyed, since a body may hold what a plain
    hash would give away to a guesser (a card number with its first and last digits known)."""
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), b"\n".join([b"idempotency", method.encode(), path.encode(), body]), "sha256")


def claim(*, owner: str, key: str, fingerprint: bytes, at: datetime) -> Claim:
    """Take `key` for `owner` inside the caller's transaction, waiting up to WAIT_MS for a run in another one.

    No later statement of the transaction waits longer than WAIT_MS for a lock either. Raises KeyReused when the key
    carries another request, StillRunning while another run has it.
    """
    fresh = insert(owner, key, fingerprint, at)
    if fresh is not None:
        return Claim(fresh, answered=False, abandoned=False)
    record = IdempotencyRecord.objects.select_for_update().filter(owner=owner, key=key).first()
    if record is None:
        raise StillRunning()
    if bytes(record.fingerprint) != fingerprint:
        raise KeyReused()
    if record.state == IdempotencyRecord.State.DONE:
        return Claim(record, answered=True, abandoned=False)
    if at - record.started_at < timedelta(seconds=RUNNING_SECONDS):
        raise StillRunning()
    IdempotencyRecord.objects.filter(pk=record.pk).update(started_at=at)
    return Claim(record, answered=False, abandoned=True)


INSERT = """
INSERT INTO core_idempotencyrecord (id, owner, key, fingerprint, state, resource, body, started_at)
SELECT %s::uuid, %s, %s, %s::bytea, 'running', '', '', %s::timestamptz FROM set_config('lock_timeout', %s, true)
ON CONFLICT (owner, key) DO NOTHING
"""


FINISH = "UPDATE core_idempotencyrecord SET state = 'done', status = %s, body = %s WHERE id = %s AND state = 'running'"


def insert(owner: str, key: str, fingerprint: bytes, at: datetime) -> IdempotencyRecord | None:
    record = IdempotencyRecord(id=new_id(), owner=owner, key=key, fingerprint=fingerprint, started_at=at)
    try:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [record.id, owner, key, fingerprint, at, str(WAIT_MS)])
            return record if cursor.rowcount else None
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise StillRunning() from problem
        raise


def finish(*, record: IdempotencyRecord, status: int, body: str) -> bool:
    """Store the answer, in the transaction of the effect (or of its conclusion).

    Returns False when another run has answered meanwhile: its answer stands (`answer`), so that a key never has two.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [status, body, record.pk])
        return cursor.rowcount == 1


def answer(*, record: IdempotencyRecord) -> Claim:
    """The answer that stands. Raises IdempotencyRecord.DoesNotExist once it is forgotten."""
    return Claim(IdempotencyRecord.objects.get(pk=record.pk), answered=True, abandoned=False)


def drop(*, record: IdempotencyRecord) -> None:
    """Free a key in the transaction that claimed it, when a refusal is to be kept without its answer."""
    IdempotencyRecord.objects.filter(pk=record.pk).delete()


def remember(*, record: IdempotencyRecord, resource: str) -> None:
    """Note which row a run works on, so that a repeat after a crash can report on it."""
    IdempotencyRecord.objects.filter(pk=record.pk).update(resource=resource)


@transaction.atomic
def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of records older than seven days. Returns how many."""
    old = IdempotencyRecord.objects.filter(started_at__lt=at - KEPT).order_by("started_at").values("pk")[:batch]
    return IdempotencyRecord.objects.filter(pk__in=old).delete()[0]
