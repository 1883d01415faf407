"""An order of a money fund over HTTP: `python platform/bench/http_order.py [--seconds N] [--rounds N] [--json] [--smoke]`.

POST /v1/wealth/orders with suitability, quota, the order at the cashier and the idempotency record, gunicorn as in production on loopback,
fsync on, kept connections, a fresh Idempotency-Key for each; against a trivial authenticated endpoint in slices of the same rounds, in
changing order. The client runs on the same cores as the server and the database, so its own time counts against the figure.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=3, rounds=5)
    with _ground.measurements("bench._order_rounds", "bench._transfer_settings") as orders:
        show(orders.run(chosen.seconds, chosen.rounds, people=8 if chosen.smoke else 160), as_json=chosen.json)


if __name__ == "__main__":
    main()
