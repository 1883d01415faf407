"""`python -m tests.simulation.run SEED PEOPLE DAYS`: one simulation. Writes one JSON object: what happened, what was found, and a hash of
how it ended.

The database is a migrated, empty one (DATABASE_URL), the broker's database nobody else's (REDIS_URL).
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command

from tests.sandbox_bank import SandboxBank, free_port


def main(seed: str, people: str, days: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bank = SandboxBank(Path(folder) / "bank", free_port())
        bank.start()
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "SANDBOX_BANK_URL": bank.base_url, "SANDBOX_ISSUER_URL": ""}
        try:
            django.setup()
            call_command("sandbox_connect", stdout=sys.stderr)
            life = import_module("tests.simulation.life")
            sys.stdout.write(json.dumps(life.simulate(seed, people=int(people), days=int(days)), ensure_ascii=False) + "\n")
        finally:
            bank.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
