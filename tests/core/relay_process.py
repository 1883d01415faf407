"""A process that delivers one shard of the outbox with a handler that counts and then hangs, to be killed in the middle.

`python -m tests.core.relay_process <topic> <shard> <iso instant>`; prints `in the middle` once the effect is written.
"""

import sys
import time
from datetime import datetime

import django

django.setup()

from core.outbox import relay  # noqa: E402  (after django.setup)
from core.outbox.registry import Event  # noqa: E402
from tests.core.outbox_handlers import count, listening  # noqa: E402


def hang(event: Event) -> None:
    count(event)
    sys.stdout.write("in the middle\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    topic, shard, at = sys.argv[1:4]
    with listening(topic, counting=hang):
        relay.relay_shard(shard=int(shard), at=datetime.fromisoformat(at))
