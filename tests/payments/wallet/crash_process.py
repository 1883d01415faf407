"""A process that pays in or out by card and is to be killed between the channel's answer and the storing of it.

Arguments: the business ("top_up" or "withdrawal"), the order's id, the file to touch when the answer is in, the bank's address.
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
from payments.wallet import outbound  # noqa: E402

NEVER = 3600


def wait_to_be_killed(*, source: str, **_: Any) -> None:
    """Stands where the answer would be stored: says that it is in, and waits."""
    Path(sys.argv[3]).touch()
    time.sleep(NEVER)


settings.SANDBOX_BANK_URL = sys.argv[4]
services.conclude = wait_to_be_killed
if sys.argv[1] == "top_up":
    outbound.ask_top_up(top_up_id=uuid.UUID(sys.argv[2]), at=clock.now())
else:
    outbound.send_withdrawal(withdrawal_id=uuid.UUID(sys.argv[2]), at=clock.now())
