"""A process that pays a settlement out and is to be killed: before the call leaves, or between the answer and the storing of it.

Arguments: where to stop ("placed", "before" or "after"), the settlement's id, when it is (ISO), the file to touch, the bank's address.
"""

import sys
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django is set up first)

from payments.channels import services  # noqa: E402
from payments.settlement import outbound  # noqa: E402

NEVER = 3600


def wait_to_be_killed(*_: Any, **__: Any) -> None:
    """Stands where the next step would be: says that it is reached, and waits."""
    Path(sys.argv[4]).touch()
    time.sleep(NEVER)


settings.SANDBOX_BANK_URL = sys.argv[5]
setattr(services, {"placed": "send_seated", "before": "exchanged", "after": "conclude"}[sys.argv[1]], wait_to_be_killed)
outbound.pay(settlement_id=uuid.UUID(sys.argv[2]), at=datetime.fromisoformat(sys.argv[3]))
