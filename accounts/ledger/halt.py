"""Stopping all money commands, and letting them go on."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from accounts.ledger.models import LedgerHalt
from accounts.ledger.refusals import LedgerHalted
from core.approvals.services import must_be_applying
from core.business_day import queries as business_day
from core.errors import DomainError
from core.work import services as work

WORK = "ledger.halted"
SHOWN = 50


class NotHalted(DomainError):
    code = "ledger_not_halted"
    en = "The ledger is not halted."
    zh = "账务未处于暂停状态。"


class HaltChanged(DomainError):
    code = "ledger_halt_changed"
    en = "This halt is over, or something else has been found since this was proposed. Look at it again and propose anew."
    zh = "该暂停已结束,或申请提交后又发现了新的问题,请核对后重新申请。"


def standing() -> LedgerHalt | None:
    """The halt in force, if any."""
    return LedgerHalt.objects.filter(lifted_at=None).first()


def require_open() -> None:
    """For whoever is about to have money moved outside: it could not be booked now. Raises LedgerHalted, NoOpenDay.

    A courtesy, not a lock: the books may shut a moment later, so what is done outside is kept apart from its booking.
    """
    if standing() is not None:
        raise LedgerHalted()
    business_day.current()


@transaction.atomic
def halt(*, reason: str, at: datetime, findings: Sequence[str] = ()) -> LedgerHalt:
    """Refuse every posting and hold from now on. `findings` are all lines of the proof that asks for it (the reason when none).

    A ledger that is halted keeps its first reason and takes the findings of now: what was approved for others lifts nothing.
    """
    lines = sorted(findings) or [reason]
    found = {"findings": lines[:SHOWN], "found": len(lines), "findings_hash": hash_of(lines)}
    while True:
        LedgerHalt.objects.bulk_create([LedgerHalt(reason=reason, halted_at=at, **found)], ignore_conflicts=True)
        halted = LedgerHalt.objects.select_for_update().filter(lifted_at=None).first()
        if halted is not None:
            break
    if halted.findings_hash != found["findings_hash"]:
        LedgerHalt.objects.filter(pk=halted.pk).update(**found)
        halted.refresh_from_db()
    return halted


@transaction.atomic
def lift(*, halt_id: UUID, findings_hash: str, at: datetime) -> None:
    """Let money move again. A sensitive act: raises ApprovalNeeded outside an approval of `ledger.lift_halt`.

    Lifts the halt it names, as it was found when that was proposed. Raises NotHalted, HaltChanged.
    """
    decided = must_be_applying("ledger.lift_halt")
    halted = examined(halt_id, findings_hash)
    LedgerHalt.objects.filter(pk=halted.pk).update(lifted_at=at, lift_proposed_by=decided.maker, lifted_by=decided.checker)
    work.finish(kind=WORK, target=f"halt:{halted.pk}", by=decided.checker, at=at)


@transaction.atomic
def examined(halt_id: UUID, findings_hash: str) -> LedgerHalt:
    """The halt in force, locked, if it is this one with these findings. Raises NotHalted, HaltChanged."""
    halted = LedgerHalt.objects.select_for_update().filter(lifted_at=None).first()
    if halted is None:
        raise NotHalted()
    if halted.pk != halt_id or halted.findings_hash != findings_hash:
        raise HaltChanged()
    return halted


def hash_of(lines: Sequence[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()
