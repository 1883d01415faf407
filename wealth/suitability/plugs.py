"""What suitability plugs into other rooms."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import ERASERS, EXPORTERS
from core.limits import sockets as caps
from wealth.suitability import queries
from wealth.suitability.services import answering


class Answers:
    """What a customer told of themselves, and what it came to."""

    def export(self, *, customer_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
        return {
            "profiles": [
                {
                    "id": row.public_id,
                    "level": row.level,
                    "score": row.score,
                    "answers": json.loads(row.answers) if row.answers else None,
                    "at": row.created_at.isoformat(),
                    "until": row.expires_at.isoformat(),
                }
                for row in queries.profiles(customer_id).order_by("created_at", "id")
            ],
            "warnings": [
                {"id": row.public_id, "product": row.product.public_id, "risk": row.risk, "at": row.created_at.isoformat()}
                for row in queries.warnings(customer_id).order_by("created_at", "id")
            ],
            "decisions": [
                {"id": row.public_id, "risk": row.risk, "ruling": row.ruling, "code": row.code, "at": row.created_at.isoformat()}
                for row in queries.decisions(customer_id).order_by("created_at", "id")
            ],
        }

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        answering.erase(customer_id=customer_id)


EXPORTERS.plug("suitability", Answers())
ERASERS.plug("wealth.suitability", Answers())
caps.plug(answering.ANSWERS, answering.INSISTING)
