"""A sandbox process on loopback: one gunicorn worker with threads, so that what it keeps in memory lives once and SQLite has one writer."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


class Server(BaseApplication):
    """Serves what `make` makes, inside the worker: threads do not survive a fork."""

    def __init__(self, name: str, *, port: int, threads: int, make: "Callable[[], WSGIApplication]") -> None:
        """`name` is announced once it answers."""
        self._name, self._port, self._threads, self._make = name, port, threads, make
        super().__init__()

    def load_config(self) -> None:
        """What the process needs of gunicorn's settings."""
        settings: dict[str, Any] = {
            "bind": f"{HOST}:{self._port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._threads,
            "keepalive": 75,
            "graceful_timeout": 5,
            "backlog": 512,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._announce,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        """The application."""
        return self._make()

    def _announce(self, worker: object) -> None:
        sys.stdout.write(f"{self._name} ready on http://{HOST}:{self._port}\n")
        sys.stdout.flush()
