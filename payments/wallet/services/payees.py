"""Looking somebody up costs a little, so that nobody reads the directory by trying numbers."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from core.clock import queries as clock
from core.errors import TooManyRequests
from core.limits import services as counters
from core.limits.services import LimitReached

COUNTER = "payee_lookup"
A_DAY = 200


@transaction.atomic
def count_lookup(*, customer_id: uuid.UUID, at: datetime) -> None:
    """Count one look-up of the day. Raises TooManyRequests after two hundred."""
    day = clock.local_day(at)
    try:
        counters.take(counter=COUNTER, owner=customer_id, period=day.isoformat(), amount=1, cap=A_DAY)
    except LimitReached as reached:
        tomorrow = clock.start_of_day(day + timedelta(days=1))
        raise TooManyRequests(retry_after=int((tomorrow - at).total_seconds()) + 1) from reached
