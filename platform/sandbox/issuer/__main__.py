"""`python -m sandbox.issuer --port N --data DIR`: the sandbox issuer as a process, on loopback."""

import argparse
from pathlib import Path

from sandbox.bank import port
from sandbox.issuer.api import create
from sandbox.issuer.office import open_office
from sandbox.serving import Server

HOLD_MS = 3000


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.issuer", description="The sandbox issuer: who makes the products, on loopback."
    )
    parser.add_argument("--port", type=port, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of its store and key")
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--hold-ms", type=int, default=HOLD_MS, help="how long a connection that will be cut is held")
    given = parser.parse_args()
    Server("sandbox issuer", port=given.port, threads=given.threads, make=lambda: create(open_office(given.data, given.hold_ms))).run()


if __name__ == "__main__":
    main()
