"""Asking again for money that a merchant did not have when a dispute of it was opened."""

import uuid
from datetime import datetime

from django.db import transaction

from payments.disputes.services import answering, freezing
from payments.disputes.states import OPEN


@transaction.atomic
def freeze_short(*, dispute_id: uuid.UUID, at: datetime) -> bool:
    """Freeze what is there by now. Returns whether anything was."""
    dispute = answering.locked(dispute_id)
    before = dispute.short_fen
    if dispute.state not in OPEN or not before:
        return False
    freezing.freeze(dispute, at)
    freezing.note_short(dispute, at)
    return dispute.short_fen < before
