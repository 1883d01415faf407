"""`python -m sandbox.bank --port N --data DIR`: the sandbox bank as a process, on loopback."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from sandbox.app import create
from sandbox.bank_context import open_bank
from sandbox.config import DEFAULT_BACKOFF_S, DEFAULT_HOLD_MS, Config
from sandbox.courier import loopback_url
from sandbox.wire import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_HOST = "127.0.0.1"


class _Server(BaseApplication):
    """One gunicorn worker with threads: the courier and the caches live once, SQLite has one writer process."""

    def __init__(self, config: Config) -> None:
        self._bank_config = config
        super().__init__()

    def load_config(self) -> None:
        """What the process needs of gunicorn's settings."""
        settings: dict[str, Any] = {
            "bind": f"{_HOST}:{self._bank_config.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._bank_config.threads,
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
        """The application, made in the worker: threads do not survive a fork."""
        return create(open_bank(self._bank_config))

    def _announce(self, worker: object) -> None:
        sys.stdout.write(f"sandbox bank ready on http://{_HOST}:{self._bank_config.port}\n")
        sys.stdout.flush()


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("must be 1 to 65535: clients have to know where the bank is")
    return port


def _notify_url(text: str) -> str:
    try:
        return loopback_url(text) if text else ""
    except Refusal as refusal:
        raise argparse.ArgumentTypeError(refusal.message) from refusal


def _backoff(text: str) -> tuple[float, ...]:
    return tuple(float(wait) for wait in text.split(","))


def _config(arguments: list[str] | None) -> Config:
    parser = argparse.ArgumentParser(prog="python -m sandbox.bank", description="The sandbox bank: a development-only bank on loopback.")
    parser.add_argument("--port", type=_port, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of its store and key")
    parser.add_argument("--platform-notify-url", type=_notify_url, default="", help="for merchants registered without a notify_url")
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--notice-backoff", type=_backoff, default=DEFAULT_BACKOFF_S, help="seconds between deliveries, comma-separated")
    parser.add_argument("--hold-ms", type=int, default=DEFAULT_HOLD_MS, help="how long a connection that will be cut is held")
    given = parser.parse_args(arguments)
    return Config(given.data, given.port, given.platform_notify_url, given.threads, given.notice_backoff, given.hold_ms)


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop."""
    _Server(_config(arguments)).run()


if __name__ == "__main__":
    main()
