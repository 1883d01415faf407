"""A process that takes the date of a regular investment and is to be killed inside its payment, nothing of it committed.

Argument: its facts as JSON. Prints `there` when the payment is booked.
"""

import sys
import time
from datetime import datetime
from typing import Any
from uuid import UUID

import django
import orjson

django.setup()

from wealth.advisor.services import running  # noqa: E402  (Django is set up first)

NEVER = 3600
original = running.paying.pay_agreed


def stand_in(**facts: Any) -> Any:
    original(**facts)
    print("there", flush=True)  # noqa: T201
    time.sleep(NEVER)


running.paying.pay_agreed = stand_in
given = orjson.loads(sys.argv[1])
running.run(investing_id=UUID(given["investing"]), at=datetime.fromisoformat(given["at"]))
