"""A process that takes or gives back and is to be killed with its journal posted and nothing committed.

Arguments: the act ("take" or "give_back"), the customer's id, the packet's id.
"""

import sys
import time
import uuid
from typing import Any

import django

django.setup()

from accounts.ledger import services as ledger  # noqa: E402  (Django is set up first)
from core.clock import queries as clock  # noqa: E402
from payments.red_packets import services  # noqa: E402

NEVER = 3600
post = ledger.post


def post_and_wait(**journal: Any) -> None:
    """The journal is posted, the transaction stays open."""
    post(**journal)
    print("posted", flush=True)  # noqa: T201
    time.sleep(NEVER)


act, customer, packet = sys.argv[1:]
ledger.post = post_and_wait
if act == "take":
    services.take(taker_id=uuid.UUID(customer), packet_id=uuid.UUID(packet), by_link=True, at=clock.now())
else:
    services.give_back(packet_id=uuid.UUID(packet), at=clock.now())
