"""Showing a code on a payer's phone, and forgetting those nobody read."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from core.clock.queries import local
from core.errors import TooManyRequests
from core.limits import services as limits
from core.limits.services import LimitReached
from payments.qr import digits
from payments.qr.models import PayerCode, QrTerms, terms_in_force
from payments.qr.states import PayerCodeState
from payments.wallet.services import parties

SHOWN_COUNTER = "payer_code"
KEPT_FOR = timedelta(hours=1)


@transaction.atomic
def show(*, customer_id: uuid.UUID, session_id: uuid.UUID, at: datetime) -> tuple[PayerCode, str]:
    """A new code and its digits, which nobody can read again. Those shown before stay good to the end of their minute, for the terminal
    that has just read one. Raises CustomerNotActive, TooManyRequests."""
    parties.require_active(customer_id)
    terms = terms_in_force(at)
    count_minute(customer_id, SHOWN_COUNTER, terms, at)
    made = digits.new_code()
    index = digits.index_of(made)
    row = PayerCode.objects.create(
        shard=digits.shard_of_index(index),
        code_index=index,
        customer_id=customer_id,
        session_id=session_id,
        created_at=at,
        expires_at=at + timedelta(seconds=terms.code_seconds),
    )
    return row, made


def count_minute(customer_id: uuid.UUID, counter: str, terms: QrTerms, at: datetime) -> None:
    """Raises TooManyRequests past the terms' number in the minute."""
    minute = f"{local(at):%Y-%m-%dT%H:%M}"
    try:
        limits.take(counter=counter, owner=customer_id, period=minute, amount=1, cap=terms.codes_per_minute)
    except LimitReached as reached:
        raise TooManyRequests(retry_after=60 - at.second) from reached


@transaction.atomic
def forget_unused(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of codes that nobody used in time. Returns how many."""
    old = PayerCode.objects.filter(state=PayerCodeState.SHOWN, expires_at__lt=at - KEPT_FOR).order_by("expires_at")
    found = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:batch])
    return PayerCode.objects.filter(pk__in=found, state=PayerCodeState.SHOWN).delete()[0]
