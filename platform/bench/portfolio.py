"""Days of portfolios: `python platform/bench/portfolio.py [--rounds N] [--json] [--smoke]`.

What 1,000,000 customers have at the end of a day, kept as the end of day keeps it, against one plain INSERT .. SELECT of the same rows in
the same round; and the same day once more, which writes nothing.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=1, rounds=3)
    with _ground.measurements("bench._portfolio_rounds") as portfolio:
        show(portfolio.run(chosen.rounds, small=chosen.smoke), as_json=chosen.json)


if __name__ == "__main__":
    main()
