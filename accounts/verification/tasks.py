"""The job that asks again what the verifier has not answered."""

from time import monotonic

from celery import shared_task

from accounts.verification import queries, services
from core.attempts import Attempt
from core.clock import queries as clock
from core.schedule import CALLS_OUT, SWEEP_S, every
from core.stopping import STOPPING

SHARDS = 64


@shared_task(name="accounts.verification.ask_due", **CALLS_OUT)
def ask_due(**_: object) -> int:
    """Ask every due check of every shard, one at a time; one that fails stops no other, and the end of the sweep's time leaves
    the rest to the next. Returns how many were asked."""
    at = clock.now()
    due = [check_id for shard in range(SHARDS) for check_id in queries.due_checks(shard, at)]
    asked, until = 0, monotonic() + SWEEP_S
    for check_id in due:
        if monotonic() >= until or STOPPING.is_set():
            break
        with Attempt("verification.ask", check_id=str(check_id)) as attempt:
            services.ask(check_id=check_id, at=at)
        asked += attempt.failure is None
    return asked


every("accounts.verification.ask_due", task="accounts.verification.ask_due", seconds=30)
