"""The merchant's side: files and one answer, until its time is over."""

import uuid
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.ids import new_id
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import WrongState, advance
from core.work import services as work
from payments.cashier.services import orders
from payments.disputes import files, queries
from payments.disputes.models import MOST_BYTES, MOST_FILES, Dispute, DisputeFile
from payments.disputes.services.opening import publish
from payments.disputes.states import DISPUTE_MOVES, DisputeState

DECIDE = "dispute.decide"
FILES = CapKind("disputes.files", _("Files a merchant hands in to one dispute"), usual=MOST_FILES, most=MOST_FILES)


class TooManyFiles(DomainError):
    code = "dispute_files_full"
    en = "A dispute takes {most} files at most, and this one has them. Say the rest in your answer."
    zh = "每个争议最多可上传 {most} 个文件,已达上限,请在答复中补充说明。"


def locked(dispute_id: uuid.UUID) -> Dispute:
    """A dispute, locked behind its order. Raises NotFound."""
    orders.locked(queries.dispute(dispute_id).order_id)
    return Dispute.objects.select_for_update().get(pk=dispute_id)


def waiting_for_answer(dispute_id: uuid.UUID) -> Dispute:
    """Raises NotFound, WrongState when it was answered, its time is over, or it is decided."""
    dispute = locked(dispute_id)
    if dispute.state != DisputeState.OPENED:
        raise WrongState(state=str(dispute.state), wanted=str(DisputeState.EVIDENCE))
    return dispute


@transaction.atomic
def add_file(*, dispute_id: uuid.UUID, name: str, content: bytes, at: datetime) -> DisputeFile:
    """Hand a file in. The same content again is the same file.

    Raises NotFound, WrongState, FileNotTaken, TooManyFiles.
    """
    kind = files.content_type(content, most_bytes=MOST_BYTES)
    dispute, digest = waiting_for_answer(dispute_id), sha256(content).hexdigest()
    earlier = queries.files(dispute.id)
    for known in earlier:
        if known["sha256"] == digest:
            return queries.file(dispute.id, known["number"])
    most = cap(FILES, at)
    if len(earlier) >= most:
        raise TooManyFiles(most=most)
    return DisputeFile.objects.create(
        id=new_id(),
        dispute_id=dispute.id,
        shard=dispute.shard,
        number=len(earlier) + 1,
        name=name,
        content_type=kind,
        sha256=digest,
        size=len(content),
        content=content,
        created_at=at,
    )


@transaction.atomic
def answer(*, dispute_id: uuid.UUID, text: str, at: datetime) -> Dispute:
    """The merchant's answer, once: from here on operators decide. Raises NotFound, WrongState."""
    dispute = waiting_for_answer(dispute_id)
    dispute.answer = text
    dispute.save(update_fields=["answer"])
    advance(dispute, DisputeState.EVIDENCE, moves=DISPUTE_MOVES, at=at, answered_at=at)
    publish("dispute.answered", dispute, at)
    ask_to_decide(dispute, at)
    return dispute


@transaction.atomic
def end_waiting(*, dispute_id: uuid.UUID, at: datetime) -> bool:
    """Stop waiting for a merchant whose time is over. Returns whether it was."""
    dispute = locked(dispute_id)
    if dispute.state != DisputeState.OPENED or dispute.answer_due_at > at:
        return False
    advance(dispute, DisputeState.EVIDENCE, moves=DISPUTE_MOVES, at=at)
    ask_to_decide(dispute, at)
    return True


def ask_to_decide(dispute: Dispute, at: datetime) -> None:
    facts = {"amount_fen": dispute.amount_fen, "answered": dispute.answered_at is not None, "opened_by": dispute.opened_by}
    work.ask(kind=DECIDE, target=dispute.public_id, facts=facts, at=at)
