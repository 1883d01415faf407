"""How many rows PostgreSQL reads for what is asked of it, found by asking it again to explain itself."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext


def rows_read(act: Callable[[], Any]) -> Counter[str]:
    """By table (or partition), of every SELECT that `act` sends; rows a filter throws away count. Reading small tables whole is taken
    from the planner, as it would do no other way with many rows."""
    with CaptureQueriesContext(connection) as asked:
        act()
    found: Counter[str] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            if query["sql"].startswith(("SELECT", "(SELECT", "WITH")):
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
                (told,) = cursor.fetchone()
                found += of_node((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return found


def of_node(node: dict[str, Any]) -> Counter[str]:
    own: Counter[str] = Counter()
    if "Relation Name" in node:
        thrown = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        own[node["Relation Name"]] = int((node["Actual Rows"] + thrown) * node["Actual Loops"])
    for below in node.get("Plans", []):
        own += of_node(below)
    return own
