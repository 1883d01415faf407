"""A process that runs the end of day and hangs, to be killed there.

`python -m tests.wealth.current.eod_process <iso instant> <place> <number>`: `after` the statement of that product's day (the number counts
from 1), inside the `statement` (its last row waits), or behind a control entry of it (`posted`). Prints `there` when it is reached.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django

django.setup()

from core.business_day.end_of_day import catch_up  # noqa: E402  (after django.setup)
from wealth.current import income, statements  # noqa: E402

AT, PLACE, NUMBER = sys.argv[1:]
usual = income.run
begun: list[int] = []


def there() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()


def hanging(statement: str, values: dict[str, Any]) -> Any:
    booking = "INSERT INTO wealth_currentincome" in statement
    begun.extend([1] * booking)
    mine = booking and len(begun) == int(NUMBER)
    if mine and PLACE == "statement":
        there()
        return usual(statement.rstrip() + ", (SELECT pg_sleep(600))", values)
    done = usual(statement, values)
    if mine and PLACE == "after":
        there()
        time.sleep(600)
    return done


def between(made: Any, at: datetime) -> None:
    usual_control(made, at)
    if PLACE == "posted" and len(begun) == int(NUMBER):
        there()
        time.sleep(600)


if __name__ == "__main__":
    assert statements
    usual_control = income.control
    income.run, income.control = hanging, between
    catch_up(at=datetime.fromisoformat(AT))
