"""kill -9 of a real process in the middle of an act of payments."""

from typing import Any

import orjson
from django.conf import settings

from tests import processes

BEFORE = "payments.channels.services.exchanged"
"""The request is marked as sent, and has not left."""
AFTER = "payments.channels.services.conclude"
"""The channel has answered, and nobody wrote it down."""
POSTED = "+accounts.ledger.services.post"
"""The journal is posted, and nothing of the act is committed."""


def killed(act: str, where: str, **facts: Any) -> None:
    """Let a process do one of `kill_process.ACTS` and kill it at `where`, as that page writes places."""
    told = orjson.dumps(facts).decode()
    processes.killed_at("there", "tests/payments/kill_process.py", act, where, told, settings.SANDBOX_BANK_URL)
