"""Fixed terms that fall due: `python platform/bench/maturity.py [--rounds N] [--json] [--smoke]`.

100,000 lots of as many customers settled by the end of day, three in four paid out and the rest rolled on: control entries, a journal and
its entry on the customer's balance for each that is paid, the next lots, moves, news. Against plain statements that write the same rows to
copies of the same tables with their indexes, in the same round; and the same day once more, which writes nothing.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=1, rounds=3)
    with _ground.measurements("bench._maturity_rounds") as maturity:
        show(maturity.run(chosen.rounds, small=chosen.smoke), as_json=chosen.json)


if __name__ == "__main__":
    main()
