"""The guard against N + 1: the number of queries must not follow the number of rows."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.crypto.owner_keys import opened

NOT_OF_THE_ACT = ("SAVEPOINT", '"core_sandboxclock"')


def queries_of(act: Callable[[], Any]) -> list[str]:
    """The SQL `act` sends, left out: savepoints, and this process's look at the sandbox clock, which comes round by time.

    No data key is at hand at first, so that what is counted does not follow from what was read before.
    """
    opened.forget_all()
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries if not any(word in query["sql"] for word in NOT_OF_THE_ACT)]


def assert_queries_do_not_grow(fn: Callable[[Any], Any], small: Any, large: Any, *, at_most: int | None = None) -> None:
    """Call `fn(small)` once to warm up, then `fn(small)` and `fn(large)`; fail when the second sends more queries.

    `small` and `large` are whatever `fn` takes: two owners with few and many rows, or two page sizes. Both must have
    rows (an empty list hides every join). `at_most` also caps the number for `large`.
    """
    fn(small)
    few, many = queries_of(lambda: fn(small)), queries_of(lambda: fn(large))
    extra = Counter(many) - Counter(few)
    listing = "\n".join(f"{count} x {sql}" for sql, count in extra.most_common(10))
    assert few, "nothing was asked of the database: the guard guards nothing"
    assert len(many) <= len(few), f"{len(few)} queries for the small case, {len(many)} for the large one; more of:\n{listing}"
    if at_most is not None:
        assert len(many) <= at_most, f"{len(many)} queries, at most {at_most}:\n" + "\n".join(many)
