"""The ledger's rows of `make bench`: `python platform/bench/ledger.py [--seconds N] [--rounds N] [--json] [--smoke]`.

PostgreSQL with fsync on and every check on; interleaved rounds; each figure beside its baseline in the same run. The other
library is django-hordak: a payment there locks the payer, sums the balance, refuses what exceeds it, transfers, and sums
both balances, which is what one `post` answers for; its accounts have a history of 1,000 legs each.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=2, rounds=3)
    with _ground.measurements("bench._ledger_rounds") as ledger:
        sizes = {"entries": 5000, "history": 20} if chosen.smoke else {}
        show(ledger.run(chosen.seconds, chosen.rounds, **sizes), as_json=chosen.json)


if __name__ == "__main__":
    main()
