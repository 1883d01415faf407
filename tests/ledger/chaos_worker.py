"""A process that moves money among A, B and the world while its database is killed: `python chaos_worker.py STOP_FILE`.

Each act keeps its id until the ledger has answered it; every answered act is one line on standard output.
"""

import random
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from accounts.ledger import services  # noqa: E402
from accounts.ledger.accounts import AccountRef, customer_account, platform_account  # noqa: E402
from accounts.ledger.legs import credit, debit  # noqa: E402
from accounts.ledger.refusals import InsufficientFunds  # noqa: E402
from core.clock import queries as clock  # noqa: E402
from core.ids import new_id  # noqa: E402

A, B = (customer_account(UUID(int=number)) for number in (1, 2))
WORLD = platform_account("clearing:channel:chaos")
ACTS: dict[str, tuple[AccountRef, AccountRef, int]] = {
    "in": (WORLD, A, 2),
    "across": (A, B, 1),
    "out_a": (A, WORLD, 1),
    "out_b": (B, WORLD, 1),
}
LOCK = threading.Lock()


def until_answered(source: AccountRef, target: AccountRef, amount: int) -> bool:
    """Post under one id until the ledger answers; whether it was accepted."""
    journal = new_id()
    while True:
        try:
            legs = [debit(source, amount), credit(target, amount)]
            services.post(journal_id=journal, event="ledger.adjusted", legs=legs, at=clock.wall(), reference=str(journal))
        except InsufficientFunds:
            return False
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.05)
        else:
            return True


def work(seed: int, stop: Path) -> None:
    dice = random.Random(seed)
    while not stop.exists():
        name = dice.choice(list(ACTS))
        if until_answered(*ACTS[name]):
            with LOCK:
                sys.stdout.write(f"{name}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    threads = [threading.Thread(target=work, args=(seed, Path(sys.argv[1]))) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
