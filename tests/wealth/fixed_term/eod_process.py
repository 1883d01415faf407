"""A process that runs the end of day and hangs inside the maturing of one part, to be killed there.

`python -m tests.wealth.fixed_term.eod_process <iso instant> <place> <part>`: `control` behind the control entries, `lots` behind the lots'
statements, `paid` behind the payouts. Prints `there` when it is reached.
"""

import sys
import time
from datetime import datetime
from typing import Any

import django

django.setup()

from core.business_day.end_of_day import catch_up  # noqa: E402  (after django.setup)
from wealth.fixed_term import maturing  # noqa: E402

AT, PLACE, PART = sys.argv[1:]
PLACES = {"control": (maturing, "write"), "lots": (maturing, "post_all"), "paid": (maturing, "post_all")}


def there() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    part_now: list[int] = []
    settle = maturing.settle

    def settling(*words: Any, **facts: Any) -> Any:
        part_now[:] = [facts["part"]]
        return settle(*words, **facts)

    module, name = PLACES[PLACE]
    usual = getattr(module, name)

    def hanging(*words: Any, **facts: Any) -> Any:
        mine = part_now == [int(PART)]
        if mine and PLACE != "paid":
            there()
        done = usual(*words, **facts)
        if mine:
            there()
        return done

    maturing.settle = settling
    setattr(module, name, hanging)
    catch_up(at=datetime.fromisoformat(AT))
