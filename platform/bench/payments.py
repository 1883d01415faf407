"""Payments to merchants: `python platform/bench/payments.py [--seconds N] [--rounds N] [--json] [--smoke]`.

Over HTTP, gunicorn as in production: a merchant's program charges the codes payers show, from their balance and by card through the
sandbox bank (a process of its own on the same cores), against the transfer between two customers in slices of the same rounds. In this
process, by the cashier's own services: every payment to one merchant against the same spread over many; a storm of refunds against the
payments they undo; and a channel's day of 10,000 lines reconciled, against a tenth of it ten times.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=3, rounds=5)
    with _ground.measurements("bench._payment_rounds") as payments:
        show(payments.run(chosen.seconds, chosen.rounds, small=chosen.smoke), as_json=chosen.json)


if __name__ == "__main__":
    main()
