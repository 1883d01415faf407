"""A process that runs the end of day and hangs, to be killed there.

`python -m tests.wealth.current.eod_process <iso instant> <place> <part>`: `before` or `after` the statement of that part's day (the place
`statement` hangs inside it: its last row waits). Prints `there` when it is reached.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django

django.setup()

from core.business_day.end_of_day import catch_up  # noqa: E402  (after django.setup)
from wealth.current import income, statements  # noqa: E402

AT, PLACE, PART = sys.argv[1:]
usual = income.run


def there() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()


def hanging(statement: str, values: dict[str, Any]) -> Any:
    mine = "INSERT INTO wealth_currentincome" in statement and values["part"] == int(PART)
    if mine and PLACE == "statement":
        there()
        return usual(statement.rstrip() + ", (SELECT pg_sleep(600)) AS hangs", values)
    done = usual(statement, values)
    if mine and PLACE == "after":
        there()
        time.sleep(600)
    return done


def between(made: Any, at: datetime) -> None:
    usual_control(made, at)
    if PLACE == "posted" and made.part == int(PART):
        there()
        time.sleep(600)


if __name__ == "__main__":
    assert statements
    usual_control = income.control
    income.run, income.control = hanging, between
    catch_up(at=datetime.fromisoformat(AT))
