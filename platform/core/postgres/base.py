"""The database backend, where Django looks for it."""

import select
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg import OperationalError

ASK_AFTER_SECONDS = 30


class DatabaseWrapper(base.DatabaseWrapper):
    """Before the first statement of a request Django asks a kept connection `SELECT 1`, a round trip each time.

    A server that ends a connection (a restart, an operator) closes its socket, which shows without asking. Only a server that
    vanished without a word does not show: it is asked for where nothing was for ASK_AFTER_SECONDS.
    """

    health_check_enabled: bool
    health_check_done: bool
    asked_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        if self.timezone is UTC:
            made.adapters.register_loader("timestamptz", InstantLoader)
        self.asked_at = monotonic()
        return made

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        now = monotonic()
        if now - self.asked_at < ASK_AFTER_SECONDS and silent(self.connection):
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self.asked_at = now


class InstantLoader(BaseTzLoader):
    """Instants as Django reads them; those in UTC with a year of four digits by Python's own reader: a login's rows have a dozen."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        text = bytes(data)
        if text[4:5] == b"-" and text[-3:] == b"+00":
            return datetime.fromisoformat(text.decode())
        found: datetime = super().load(data)
        return found


def silent(connection: Any) -> bool:
    """Whether the server has said nothing of its own accord: no goodbye, no end of the connection."""
    try:
        number = connection.fileno()
    except OperationalError:
        return False
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return not poll.poll(0)
