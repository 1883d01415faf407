"""A process that takes a premium from the balance, or books what the insurer pays, and is to be killed inside it, nothing of it committed.

Arguments: `debit` and the premium's id, or `paid_out` and the request's; the time. Prints `there` when the journal is posted.
"""

import sys
import time
from datetime import datetime
from typing import Any
from uuid import UUID

import django

django.setup()

from wealth.insurance.services import collecting, giving_back  # noqa: E402  (Django is set up first)
from wealth.issuers.queries import IssuerRequest  # noqa: E402

NEVER = 3600
post = collecting.ledger.post


def stand_in(*words: Any, **facts: Any) -> Any:
    done = post(*words, **facts)
    print("there", flush=True)  # noqa: T201
    time.sleep(NEVER)
    return done


setattr(collecting.ledger, "post", stand_in)  # noqa: B010
act, key, at = sys.argv[1], UUID(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
if act == "debit":
    collecting.debit(premium_id=key, at=at)
else:
    giving_back.confirmed(request=IssuerRequest.objects.get(pk=key), at=at)
