"""Stopping all money commands, and letting them go on."""

from datetime import datetime

from django.db import transaction

from accounts.ledger.models import LedgerHalt
from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.work import services as work


class NotHalted(DomainError):
    code = "ledger_not_halted"
    en = "The ledger is not halted."
    zh = "账务未处于暂停状态。"


def standing() -> LedgerHalt | None:
    """The halt in force, if any."""
    return LedgerHalt.objects.filter(lifted_at=None).first()


@transaction.atomic
def halt(*, reason: str, at: datetime) -> LedgerHalt:
    """Refuse every posting and hold from now on; halting a halted ledger keeps the first reason."""
    LedgerHalt.objects.bulk_create([LedgerHalt(reason=reason, halted_at=at)], ignore_conflicts=True)
    return LedgerHalt.objects.get(lifted_at=None)


@transaction.atomic
def lift(*, at: datetime) -> None:
    """Let money move again. A sensitive act: raises ApprovalNeeded outside an approval of `ledger.lift_halt`; NotHalted."""
    decided = must_be_applying("ledger.lift_halt")
    halted = LedgerHalt.objects.select_for_update().filter(lifted_at=None).first()
    if halted is None:
        raise NotHalted()
    LedgerHalt.objects.filter(pk=halted.pk).update(lifted_at=at, lift_proposed_by=decided.maker, lifted_by=decided.checker)
    work.finish(kind="ledger.halted", target=f"halt:{halted.pk}", by=decided.checker, at=at)
