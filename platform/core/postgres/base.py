"""The database backend, where Django looks for it."""

import select
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
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


def silent(connection: Any) -> bool:
    """Whether the server has said nothing of its own accord: no goodbye, no end of the connection."""
    try:
        number = connection.fileno()
    except OperationalError:
        return False
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return not poll.poll(0)
