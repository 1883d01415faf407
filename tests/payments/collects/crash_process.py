"""A process that pays a share and is to be killed with its journal posted and nothing committed. Arguments: the payer's id, the share's."""

import sys
import time
import uuid
from typing import Any

import django

django.setup()

from accounts.ledger import services as ledger  # noqa: E402  (Django is set up first)
from core.clock import queries as clock  # noqa: E402
from payments.collects import services  # noqa: E402
from payments.wallet.services.authority import Intent  # noqa: E402

NEVER = 3600
post = ledger.post


def post_and_wait(**journal: Any) -> None:
    """The journal is posted, the transaction stays open."""
    post(**journal)
    print("posted", flush=True)  # noqa: T201
    time.sleep(NEVER)


ledger.post = post_and_wait
payer, share = (uuid.UUID(text) for text in sys.argv[1:])
services.pay(intent=Intent(payer, uuid.uuid4(), "n"), share_id=share, at=clock.now())
