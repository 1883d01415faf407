"""A write endpoint against baseline (a): `python platform/bench/endpoint.py [--seconds N] [--rounds N] [--json] [--smoke]`.

The leanest write the platform's frame allows (authentication, idempotency record, one journal, one outbox event) over HTTP:
gunicorn as in production on loopback, fsync on, kept connections, a fresh Idempotency-Key for each request. The client runs on
the same cores as the server and the database, so its own time counts against the figure.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=3, rounds=5)
    with _ground.measurements("bench._endpoint_rounds", "bench._endpoint_settings") as endpoint:
        show(endpoint.run(chosen.seconds, chosen.rounds, customers=4 if chosen.smoke else 120), as_json=chosen.json)


if __name__ == "__main__":
    main()
