"""Closing a break: two people say why, and correct the books on the way where they were wrong."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger import adjusting
from accounts.ledger.adjusting import Adjustment
from core.approvals.services import must_be_applying
from core.moves import WrongState
from payments.channels.models import Break

ACT = "break.close"


@transaction.atomic
def close(*, break_id: UUID, why: str, correction: Adjustment | None, at: datetime) -> Break:
    """Close an open break, with a journal that corrects the books when told. The break first, the ledger last.

    Raises ApprovalNeeded outside an approval of `break.close`, WrongState when it is closed, and what an adjustment raises.
    """
    must_be_applying(ACT)
    found = must_be_open(break_id)
    journal_id = None if correction is None else adjusting.adjust(wanted=correction, at=at, act=ACT).journal_id
    Break.objects.filter(pk=found.pk).update(state=Break.State.CLOSED, closed_at=at, closed_why=why, journal_id=journal_id)
    found.refresh_from_db()
    return found


@transaction.atomic
def must_be_open(break_id: UUID) -> Break:
    """The break, locked. Raises WrongState when it is closed."""
    found = Break.objects.select_for_update(of=("self",)).get(pk=break_id)
    if found.state != Break.State.OPEN:
        raise WrongState(state=found.state, wanted=Break.State.CLOSED)
    return found
