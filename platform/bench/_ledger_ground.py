"""The books of the benchmarks, their accounts, and baseline (a): the posting function driven by pgbench."""

import os
import subprocess
import tempfile
from hashlib import md5
from uuid import UUID

from django.db import connection

from accounts.ledger import books, days, services
from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.sockets import BOOKS, EventLine, Lines, RoleLine
from bench._ground import pgbench_binary
from core.business_day import services as business_day
from core.clock import queries as clock

MOVED = "bench.moved"
ACCOUNTS = 5000
MERCHANT = platform_account("bench:merchant")
BOOKS.plug(
    "bench",
    Lines(
        roles=[
            RoleLine("bench:user", "liability", "2201", "Bench user", "压测用户", floor=-(10**15)),
            RoleLine("bench:merchant", "liability", "2201", "Bench merchant", "压测商户", mode="buffered"),
        ],
        events=[EventLine(MOVED, "Bench", "压测")],
    ),
)
PGBENCH = """\\set a random(1, {accounts})
\\set b 1 + (:a + random(1, {accounts} - 2)) % {accounts}
SELECT r_outcome FROM ledger_post(
  (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 19))::uuid,
  'bench.moved', ARRAY[md5('bench' || :a)::uuid, md5('bench' || :b)::uuid], ARRAY[-1, 1]::bigint[], ARRAY['CNY', 'CNY'], '',
  NULL, NULL, NULL, NULL, NULL, now());
"""
FILL = """
INSERT INTO ledger_account (id, shard, name, role, asset, mode, state, created_at, changed_at)
SELECT md5('bench' || n)::uuid, get_byte(uuid_send(md5('bench' || n)::uuid), 0) % 64, 'bench:user', 'bench:user', 'CNY', 'sync', 'open',
  now(), now() FROM generate_series(1, {accounts}) AS n;
INSERT INTO ledger_balance (account_id, posted, held, version, shortfall, floor, sub, subs, blocked, mode, hold_overdraft, asset)
SELECT md5('bench' || n)::uuid, 0, 0, 0, 0, -1000000000000000, 0, 1, 0, 's', false, 'CNY' FROM generate_series(1, {accounts}) AS n;
ANALYZE ledger_account, ledger_balance;
"""


def key_of(number: int) -> UUID:
    """The id FILL and PGBENCH give account `number`."""
    return UUID(md5(f"bench{number}".encode(), usedforsecurity=False).hexdigest())


PAYERS = [AccountRef(key_of(number), None, "bench:user", "CNY") for number in range(1, ACCOUNTS + 1)]


def fill() -> None:
    """The day opened, the books installed, ACCOUNTS payers and the merchant in a database that has nothing of it yet."""
    books.install()
    at = clock.now()
    business_day.open_first_day(at=at)
    days.make_partitions(at=at)
    services.open_account(account=MERCHANT, at=at)
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(accounts=ACCOUNTS))


def address() -> str:
    return os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")


def pgbench(clients: int, seconds: float) -> float:
    """Baseline (a): the posting function driven by pgbench with prepared statements; journals a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH.format(accounts=ACCOUNTS))
        script.flush()
        command = [pgbench_binary(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
        done = subprocess.run([*command, "-f", script.name, "-d", address()], capture_output=True, text=True, check=True)
    return float(next(line for line in done.stdout.splitlines() if line.startswith("tps")).split("=")[1].split()[0])
