"""`make torture`: the long versions of the tests that look for what happens rarely, one after another, and one table of how they went.

It takes hours. Each row is a run of pytest whose output goes to var/torture/<row>.txt.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "var" / "torture"
SEEDS = ",".join(f"s{number}" for number in range(20))
SUMMARY = re.compile(r"^=+ (.*) in [0-9.]+s.* =+$|^(\d+ (?:passed|failed).*) in [0-9.]+s", re.MULTILINE)


@dataclass(frozen=True)
class Long:
    """A row: what pytest is told, how often, and what makes the tests long."""

    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    times: int = 1


ROWS = {
    "simulation": Long(("tests/simulation",), {"SIMULATION_SEEDS": SEEDS, "SIMULATION_SIZE": "40x20"}),
    "properties": Long(("-m", "hypothesis", "--hypothesis-profile", "torture"), {}),
    "kills": Long(("tests/crash", "tests/ledger/test_chaos.py", "tests/core/test_outbox_crashes.py"), {}, times=10),
    "races": Long(("tests", "-k", "race or races or threads or parallel or at_once or together"), {}, times=5),
}


def main(*chosen: str) -> int:
    """Run the rows named, or all. Returns 1 when one failed, 2 for a name that is none."""
    if unknown := sorted(set(chosen) - set(ROWS)):
        sys.stderr.write(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}\n")
        return 2
    OUTPUT.mkdir(parents=True, exist_ok=True)
    failed = False
    sys.stdout.write(f"{'row':<12}{'run':>4}{'seconds':>9}  result\n")
    for name in chosen or ROWS:
        for run in range(1, ROWS[name].times + 1):
            begun = time.monotonic()
            code, result = one_run(name, run)
            failed |= code != 0
            sys.stdout.write(f"{name:<12}{run:>4}{time.monotonic() - begun:>9.0f}  {result}\n")
            sys.stdout.flush()
    return int(failed)


def one_run(name: str, run: int) -> tuple[int, str]:
    """pytest's exit code and the words of its summary."""
    row = ROWS[name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "timeout=7200", *row.arguments]
    with (OUTPUT / f"{name}-{run}.txt").open("w+") as written:
        done = subprocess.run(command, cwd=ROOT, env=os.environ | row.environment, stdout=written, stderr=subprocess.STDOUT, check=False)
        written.seek(0)
        found = SUMMARY.findall(written.read())
    return done.returncode, "".join(found[-1]) if found else f"no summary: see {written.name}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
