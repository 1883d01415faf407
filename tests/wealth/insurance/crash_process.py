"""A process that takes a premium from the balance and is to be killed inside it, nothing of it committed.

Arguments: the premium's id, the time. Prints `there` when the journal is posted.
"""

import sys
import time
from datetime import datetime
from typing import Any
from uuid import UUID

import django

django.setup()

from wealth.insurance.services import collecting  # noqa: E402  (Django is set up first)

NEVER = 3600
post = collecting.ledger.post


def stand_in(*words: Any, **facts: Any) -> Any:
    done = post(*words, **facts)
    print("there", flush=True)  # noqa: T201
    time.sleep(NEVER)
    return done


setattr(collecting.ledger, "post", stand_in)  # noqa: B010
collecting.debit(premium_id=UUID(sys.argv[1]), at=datetime.fromisoformat(sys.argv[2]))
