"""The ledger's rows of `make bench`: `python platform/bench/ledger.py [--seconds N] [--rounds N] [--json]`.

Starts an embedded PostgreSQL of its own with fsync on and every check on, fills it, runs interleaved rounds in a child
process, and prints each figure as a ratio to its baseline in the same run.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from core.embedded import Services, current_instance

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    instance = current_instance("bench")
    services = Services(instance, durable=True)
    services.start()
    rounds = Path(__file__).with_name("_ledger_rounds.py")
    command = [sys.executable, str(rounds), str(options.seconds), str(options.rounds), "json" if options.json else "table"]
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "BANYAN_INSTANCE": "bench",
        "DATABASE_URL": instance.database_url(),
        "REDIS_URL": instance.redis_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PGBENCH": str(services.binaries() / "bin" / "pgbench"),
    }
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main())
