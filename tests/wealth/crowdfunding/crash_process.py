"""A process that ends a campaign and is to be killed while it gives pledges back: the first is back, the second not committed.

Arguments: the shard, the time. Prints `there` inside the second.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402  (Django is set up first)

from wealth.crowdfunding import sweeps  # noqa: E402
from wealth.crowdfunding.services import ending  # noqa: E402

NEVER = 3600
reject = ending.own.reject
done = []


def stand_in(**facts: Any) -> Any:
    order = reject(**facts)
    done.append(order)
    if len(done) == 2:
        print("there", flush=True)  # noqa: T201
        time.sleep(NEVER)
    return order


class Stopping:
    reject = staticmethod(stand_in)
    confirm = staticmethod(ending.own.confirm)


setattr(ending, "own", Stopping)  # noqa: B010
decide = ending.decide


def whole(**facts: Any) -> bool:
    with transaction.atomic():
        return decide(**facts)


setattr(ending, "decide", whole)  # noqa: B010
sweeps.go_on(shard=int(sys.argv[1]), at=datetime.fromisoformat(sys.argv[2]))
