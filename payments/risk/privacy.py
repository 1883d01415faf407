"""What risk tells a customer of itself, and forgets when the account closes."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments.risk import queries
from payments.risk.services import forgetting


class Habits:
    """Decisions stay, as books do; whom a customer paid and how often goes."""

    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any]:
        return queries.personal_data(customer_id)

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        forgetting.erase(customer_id=customer_id)
