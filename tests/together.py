"""Running the same thing in many threads at once, each with its own database connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 60


def together(act: Callable[[int], Any], times: int) -> list[Any]:
    """Call `act(0)` .. `act(times - 1)` in as many threads that start at the same moment.

    Returns what each gave back, or the exception it raised, by number. For tests marked `django_db(transaction=True)`.
    """
    start = Barrier(times)

    def run(number: int) -> Any:
        start.wait(PATIENCE_SECONDS)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        jobs = [pool.submit(run, number) for number in range(times)]
        return [job.exception(PATIENCE_SECONDS) or job.result() for job in jobs]
