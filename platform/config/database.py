"""How a process connects to PostgreSQL: what DATABASE_URL says, and limits so that no lost server or forgotten lock holds it for ever."""

from typing import Any

import environ

IDLE_IN_TRANSACTION_SECONDS = 60
CONNECTION: dict[str, Any] = {
    "prepare_threshold": 2,
    "server_side_binding": True,
    "application_name": "banyan",
    "connect_timeout": 3,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def database(url: str, *, max_age: int, statement_timeout_ms: int, test_name: str) -> dict[str, Any]:
    """Django's DATABASES entry. Options of the URL (`?sslmode=verify-full`) win over ours.

    `max_age` in seconds; `statement_timeout_ms` 0 sets no limit (workers: the end of day may need long statements).
    """
    limits = f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_SECONDS}s"
    if statement_timeout_ms:
        limits += f" -c statement_timeout={statement_timeout_ms}ms"
    found: dict[str, Any] = environ.Env.db_url_config(url, engine="core.postgres")
    options = CONNECTION | {"options": limits} | found.get("OPTIONS", {})
    return found | {"CONN_MAX_AGE": max_age, "CONN_HEALTH_CHECKS": True, "OPTIONS": options, "TEST": {"NAME": test_name}}
