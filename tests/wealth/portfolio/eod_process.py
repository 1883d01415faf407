"""A process that runs the end of day and hangs while a part's day is kept, to be killed there.

`python -m tests.wealth.portfolio.eod_process <iso instant> <place> <part>`: `after` the statement of the parts from that one on, or inside
the `statement`. Prints `there` when it is reached.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django

django.setup()

from core.business_day.end_of_day import catch_up  # noqa: E402  (after django.setup)
from wealth.portfolio.services import keeping  # noqa: E402

AT, PLACE, PART = sys.argv[1:]
usual = keeping.run


def there() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()


def hanging(statement: str, values: dict[str, Any]) -> Any:
    mine = values.get("low") == int(PART) * keeping.WIDTH
    if mine and PLACE == "statement":
        there()
        return usual(f"{statement} UNION ALL SELECT 0, NULL, NULL, 0, 0, 0, 0, (SELECT 0 FROM pg_sleep(600))", values)
    done = usual(statement, values)
    if mine:
        there()
        time.sleep(600)
    return done


if __name__ == "__main__":
    keeping.run = hanging
    catch_up(at=datetime.fromisoformat(AT))
