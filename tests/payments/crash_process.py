"""A process that debits, tells a biller or gives late money back, and is to be killed on its way out or back.

Arguments: what it does ("deduction", "bill" or "refund"), where to stop ("before" or "after" the call), the id of the deduction, the bill's
payment or the refund's request, the file to touch when it is there, the bank's address.
"""

import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django is set up first)

from core.clock import queries as clock  # noqa: E402
from payments.agreements import outbound as deductions  # noqa: E402
from payments.bills import outbound as bills  # noqa: E402
from payments.bills import services as bill_services  # noqa: E402
from payments.bills.sandbox import NAME, SandboxBillers  # noqa: E402
from payments.bills.sockets import BILLERS  # noqa: E402
from payments.channels import services  # noqa: E402

NEVER = 3600
WHAT, WHERE, ROW, REACHED, BANK = sys.argv[1:]


def wait_to_be_killed(*_: Any, **__: Any) -> None:
    """Stands where the next step would be: says that it is reached, and waits."""
    Path(REACHED).touch()
    time.sleep(NEVER)


settings.SANDBOX_BANK_URL = BANK
if WHERE == "before":
    services.exchanged = bills.word_on = wait_to_be_killed  # type: ignore[assignment]
else:
    services.conclude = bill_services.conclude = wait_to_be_killed  # type: ignore[assignment]
if WHAT == "bill":
    if BILLERS.get(NAME) is None:
        BILLERS.plug(NAME, SandboxBillers())
    bills.step(payment_id=uuid.UUID(ROW), at=clock.now())
elif WHAT == "deduction":
    deductions.debit(deduction_id=uuid.UUID(ROW), at=clock.now() + timedelta(hours=3))
else:
    services.send(request_id=uuid.UUID(ROW), at=clock.now())
