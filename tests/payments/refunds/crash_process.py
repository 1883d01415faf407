"""A process that sends a refund and is to be killed: before the call leaves, or between the answer and the storing of it.

Arguments: where to stop ("before" or "after"), the refund's id, the file to touch when it is there, the bank's address.
"""

import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django is set up first)

from core.clock import queries as clock  # noqa: E402
from payments.channels import services  # noqa: E402
from payments.refunds import outbound  # noqa: E402

NEVER = 3600


def wait_to_be_killed(*_: Any, **__: Any) -> None:
    """Stands where the next step would be: says that it is reached, and waits."""
    Path(sys.argv[3]).touch()
    time.sleep(NEVER)


settings.SANDBOX_BANK_URL = sys.argv[4]
if sys.argv[1] == "before":
    services.exchanged = wait_to_be_killed
else:
    services.conclude = wait_to_be_killed
outbound.send(refund_id=uuid.UUID(sys.argv[2]), at=clock.now())
