"""`python -m sandbox.bank --port N --data DIR`: the sandbox bank as a process, on loopback."""

import argparse
from pathlib import Path

from sandbox.app import create
from sandbox.bank_context import open_bank
from sandbox.config import DEFAULT_BACKOFF_S, DEFAULT_HOLD_MS, Config
from sandbox.courier import loopback_url
from sandbox.serving import Server
from sandbox.wire import Refusal


def port(text: str) -> int:
    """A port as an argument. Raises ArgumentTypeError."""
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("must be 1 to 65535: clients have to know where the bank is")
    return number


def _notify_url(text: str) -> str:
    try:
        return loopback_url(text) if text else ""
    except Refusal as refusal:
        raise argparse.ArgumentTypeError(refusal.message) from refusal


def _backoff(text: str) -> tuple[float, ...]:
    return tuple(float(wait) for wait in text.split(","))


def _config(arguments: list[str] | None) -> Config:
    parser = argparse.ArgumentParser(prog="python -m sandbox.bank", description="The sandbox bank: a development-only bank on loopback.")
    parser.add_argument("--port", type=port, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of its store and key")
    parser.add_argument("--platform-notify-url", type=_notify_url, default="", help="for merchants registered without a notify_url")
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--notice-backoff", type=_backoff, default=DEFAULT_BACKOFF_S, help="seconds between deliveries, comma-separated")
    parser.add_argument("--hold-ms", type=int, default=DEFAULT_HOLD_MS, help="how long a connection that will be cut is held")
    given = parser.parse_args(arguments)
    return Config(given.data, given.port, given.platform_notify_url, given.threads, given.notice_backoff, given.hold_ms)


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop."""
    config = _config(arguments)
    Server("sandbox bank", port=config.port, threads=config.threads, make=lambda: create(open_bank(config))).run()


if __name__ == "__main__":
    main()
