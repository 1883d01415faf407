"""Going on after somebody else's code failed: the one place where any failure is caught."""

import traceback
from types import TracebackType

import structlog
from django.db import DatabaseError

from core.errors import DomainError

log = structlog.get_logger(__name__)


class Attempt:
    """`with Attempt("outbox.handler", event_id=...) as attempt:` keeps a failure of the block instead of raising it.

    For loops over foreign code (event handlers, end-of-day shards, clock followers), where one failure must not stop
    the rest. `attempt.failure` is None or the exception; `attempt.reason` says what failed without any value that
    passed through it, so it may be stored and shown. KeyboardInterrupt, SystemExit and the like pass through.
    """

    def __init__(self, what: str, **facts: object) -> None:
        self.what = what
        self.facts = facts
        self.failure: Exception | None = None

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(raised, Exception):
            return False
        self.failure = raised
        log.warning("attempt_failed", what=self.what, reason=self.reason, **self.facts)
        return True

    @property
    def reason(self) -> str:
        return describe(self.failure) if self.failure is not None else ""


def describe(failure: Exception) -> str:
    """Which failure, and where in the code; never its message, which may quote a customer's data."""
    last = traceback.extract_tb(failure.__traceback__)[-1:]
    place = f" at {last[0].filename.rsplit('/', 1)[-1]}:{last[0].lineno}" if last else ""
    return f"{kind_of(failure)}{place}"


def kind_of(failure: Exception) -> str:
    if isinstance(failure, DomainError):
        return f"{type(failure).__name__} ({failure.code})"
    if isinstance(failure, DatabaseError):
        diagnosis = getattr(failure.__cause__, "diag", None)
        facts = [getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "constraint_name")]
        return f"{type(failure).__name__} ({', '.join(filter(None, facts))})"
    return type(failure).__name__
