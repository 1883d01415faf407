"""A process that runs the end of day and hangs in the middle of one shard, to be killed there.

`python -m tests.core.eod_process <iso instant> <step> <shard>`; prints `in the middle` after the shard's rows are written.
"""

import sys
import time
from datetime import date, datetime

import django

django.setup()

from core.business_day.end_of_day import catch_up  # noqa: E402  (after django.setup)
from tests.core.eod_steps import Interest, plugged  # noqa: E402


class Hanging(Interest):
    def run(self, *, day: date, shard: int, at: datetime) -> int:
        rows = super().run(day=day, shard=shard, at=at)
        if (self.name, str(shard)) == (sys.argv[2], sys.argv[3]):
            sys.stdout.write("in the middle\n")
            sys.stdout.flush()
            time.sleep(600)
        return rows


if __name__ == "__main__":
    with plugged(Hanging(), Hanging(name="tests.report", order=20, shards=2)):
        catch_up(at=datetime.fromisoformat(sys.argv[1]))
