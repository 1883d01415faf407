"""How long the platform's processes take to be ready and what memory they hold: `python platform/bench/processes.py [--json] [--smoke]`.

The processes `make run` starts, one after another, several times; the baseline of a start is a bare `django.setup()` of the
same settings. Memory is the proportional set size (PSS: shared pages divided among their users) of a process and its children,
after the start and after a short load of writes; the baseline is the same process after its start. Linux only.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench import _ground  # noqa: E402  (the path is set first)
from bench._rows import show  # noqa: E402


def main() -> None:
    chosen = _ground.options(__doc__, seconds=8, rounds=3)
    with _ground.measurements("bench._process_rounds", "bench._endpoint_settings") as processes:
        show(processes.run(chosen.seconds, chosen.rounds, customers=4 if chosen.smoke else 60), as_json=chosen.json)


if __name__ == "__main__":
    main()
