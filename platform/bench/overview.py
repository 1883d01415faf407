"""A customer's whole portfolio: `python platform/bench/overview.py [--rounds N] [--json] [--smoke]`.

The endpoint's handler, login and JSON included, for a customer who holds 30 things, against one prepared statement that returns the same
answer as JSON from the same tables. The two answers are compared first.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=1, rounds=5)
    with _ground.measurements("bench._overview_rounds") as overview:
        show(overview.run(chosen.rounds, small=chosen.smoke), as_json=chosen.json)


if __name__ == "__main__":
    main()
