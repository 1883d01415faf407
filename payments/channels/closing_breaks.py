"""Closing a break: two people say why, and put the books right on the way where they were wrong, as proposed or by a journal of theirs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.ledger import adjusting, periods
from accounts.ledger.adjusting import Adjustment
from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.moves import WrongState
from core.work import owning
from payments.channels import breaks
from payments.channels.models import Break
from payments.channels.sockets import FIXERS, BreakFixer, Fix

ACT = "break.close"


class FixChanged(DomainError):
    code = "break_fix_changed"
    en = "What would put this break right is not what was proposed any more. Propose it anew."
    zh = "该差异的建议处理已发生变化,请重新提交。"


@transaction.atomic
def close(*, break_id: UUID, why: str, correction: Adjustment | None, at: datetime) -> Break:
    """Close an open break, with a journal that corrects the books when told, dated to the statement's day while the books take it. What
    fixers lock first, then the break, the ledger last.

    Raises ApprovalNeeded outside an approval of `break.close`, WrongState when it is closed, and what an adjustment raises.
    """
    must_be_applying(ACT)
    lock(break_id)
    found = must_be_open(break_id)
    journal_id = None if correction is None else corrected(found, correction, at)
    return closed(found, why, "", journal_id, at)


@transaction.atomic
def fix(*, break_id: UUID, why: str, wanted: Fix, at: datetime) -> Break:
    """Close an open break with the fix that was proposed for it, if it still is.

    Raises ApprovalNeeded outside an approval of `break.close`, WrongState, FixChanged, and what the ledger refuses.
    """
    decided = must_be_applying(ACT)
    lock(break_id)
    found = must_be_open(break_id)
    fixer = must_be_proposed(found, wanted)
    journal_id = fixer.post(found=found, fix=wanted, people={"proposed_by": decided.maker, "approved_by": decided.checker}, at=at)
    return closed(found, why, wanted.code, journal_id, at)


def lock(break_id: UUID) -> None:
    """What fixers change, which their own steps lock before breaks."""
    found = Break.objects.get(pk=break_id)
    for _, fixer in FIXERS.items():
        fixer.lock(found=found)


def corrected(found: Break, wanted: Adjustment, at: datetime) -> UUID:
    """Post people's own correction; returns its journal."""
    effective_on = None if found.day is None else periods.effective_day(found.day)
    posted = adjusting.adjust(wanted=wanted, effective_on=effective_on, at=at, act=ACT)
    for _, fixer in FIXERS.items():
        fixer.corrected(found=found, effective_on=posted.effective_on)
    return posted.journal_id


def closed(found: Break, why: str, fix_code: str, journal_id: UUID | None, at: datetime) -> Break:
    done = {"state": Break.State.CLOSED, "closed_at": at, "closed_why": why, "fix": fix_code, "journal_id": journal_id}
    Break.objects.filter(pk=found.pk).update(**done)
    owning.let_go([breaks.named(found.pk)])
    found.refresh_from_db()
    return found


def proposal(found: Break) -> tuple[BreakFixer, Fix] | None:
    """What would put a break right, with who says so; None where people have to find out more."""
    offers = ((fixer, fixer.proposed(found=found)) for _, fixer in FIXERS.items())
    return next(((fixer, fix) for fixer, fix in offers if fix is not None), None)


def told(fix: Fix) -> dict[str, Any]:
    """A fix as a proposal keeps it: its code, who is debited and credited how many fen, and the reference."""
    legs = [{"debited" if fen < 0 else "credited": name, "amount": abs(fen)} for name, fen in fix.legs]
    return {"code": fix.code, "legs": legs, "reference": fix.reference}


def must_be_proposed(found: Break, wanted: Fix) -> BreakFixer:
    """Raises FixChanged."""
    offered = proposal(found)
    if offered is None or offered[1] != wanted:
        raise FixChanged()
    return offered[0]


@transaction.atomic
def must_be_open(break_id: UUID) -> Break:
    """The break, locked. Raises WrongState when it is closed."""
    found = Break.objects.select_for_update(of=("self",)).get(pk=break_id)
    if found.state != Break.State.OPEN:
        raise WrongState(state=found.state, wanted=Break.State.CLOSED)
    return found
