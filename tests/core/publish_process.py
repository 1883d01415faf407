"""A process that publishes one event with whatever broker its environment names, and prints how long the commit took.

`python -m tests.core.publish_process <topic> <owner> <iso instant>`.
"""

import sys
import time
import uuid
from datetime import datetime

import django

django.setup()

from django.db import transaction  # noqa: E402  (after django.setup)

from core.outbox.services import publish  # noqa: E402

if __name__ == "__main__":
    topic, owner, at = sys.argv[1:4]
    for number in range(20):
        started = time.monotonic()
        with transaction.atomic():
            publish(topic=topic, owner=uuid.UUID(owner), payload={"number": number}, at=datetime.fromisoformat(at))
        sys.stdout.write(f"committed {time.monotonic() - started:.3f}\n")
