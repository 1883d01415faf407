"""The measurements behind `platform/bench/ledger.py`; run by it with the server's address in DATABASE_URL."""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from uuid import UUID

import django
import psycopg

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.ledger import batch, books, days, queries, services  # noqa: E402
from accounts.ledger.accounts import AccountRef, platform_account  # noqa: E402
from accounts.ledger.legs import Draft, Leg, credit, debit  # noqa: E402
from accounts.ledger.sockets import BOOKS, EventLine, Lines, RoleLine  # noqa: E402
from core.business_day import services as business_day  # noqa: E402
from core.clock import queries as clock  # noqa: E402
from core.ids import new_id  # noqa: E402

ADDRESS = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")
ACCOUNTS = 5000
ENTRIES = 1_000_000
BATCH = 1000
BOOKS.plug(
    "bench",
    Lines(
        roles=[
            RoleLine("bench:user", "liability", "2201", "Bench user", "压测用户", floor=-(10**15)),
            RoleLine("bench:merchant", "liability", "2201", "Bench merchant", "压测商户", mode="buffered"),
        ],
        events=[EventLine("bench.moved", "Bench", "压测")],
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
CREATE TABLE bench_entry (journal_id uuid NOT NULL, account_id uuid NOT NULL, amount bigint NOT NULL, posted_at timestamptz NOT NULL);
CREATE INDEX ON bench_entry (account_id, posted_at);
CREATE TABLE bench_balance (account_id uuid PRIMARY KEY, posted bigint NOT NULL) WITH (fillfactor = 45);
INSERT INTO bench_balance SELECT md5('bench' || n)::uuid, 0 FROM generate_series(1, {accounts}) AS n;
INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
SELECT '{long}', gen_random_uuid(), 1, n, n, stamp, stamp::date, stamp::date, 0, 1
FROM (SELECT n, now() - ({entries} - n) * interval '60 seconds' AS stamp FROM generate_series(1, {entries}) AS n) AS s;
INSERT INTO ledger_movement (account_id, effective_on, debit, credit)
SELECT account_id, effective_on, 0, sum(amount) FROM ledger_entry
WHERE account_id = '{long}' AND business_on < current_date - 1 GROUP BY 1, 2;
INSERT INTO ledger_balance (account_id, posted, held, version, shortfall, sub, subs, blocked, mode, hold_overdraft, asset)
VALUES ('{long}', {entries}, 0, {entries}, 0, 0, 1, 0, 's', false, 'CNY');
ANALYZE;
"""


def key_of(number: int) -> UUID:
    """The id FILL and PGBENCH give account `number`."""
    return UUID(md5(f"bench{number}".encode(), usedforsecurity=False).hexdigest())


PAYERS = [AccountRef(key_of(number), None, "bench:user", "CNY") for number in range(1, ACCOUNTS + 1)]
MERCHANT = platform_account("bench:merchant")
LONG = AccountRef(UUID(int=7), None, "bench:user", "CNY")


def fresh_database() -> None:
    """An empty database of its own name, migrated and filled."""
    with psycopg.connect(ADDRESS.rsplit("/", 1)[0] + "/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS banyan")
        server.execute("CREATE DATABASE banyan")
    call_command("migrate", verbosity=0)
    books.install()
    at = clock.now()
    business_day.open_first_day(at=at)
    days.make_partitions(at=at)
    services.open_account(account=MERCHANT, at=at)
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(accounts=ACCOUNTS, entries=ENTRIES, long=LONG.id))


def legs(dice: random.Random) -> list[Leg]:
    payer, payee = dice.sample(PAYERS, 2)
    return [debit(payer, 1), credit(payee, 1)]


def post_uniform(dice: random.Random) -> int:
    services.post(journal_id=new_id(), event="bench.moved", legs=legs(dice), at=clock.now())
    return 1


def post_to_merchant(dice: random.Random) -> int:
    services.post(journal_id=new_id(), event="bench.moved", legs=[debit(dice.choice(PAYERS), 1), credit(MERCHANT, 1)], at=clock.now())
    return 1


def post_batch(dice: random.Random) -> int:
    drafts = [Draft(new_id(), "bench.moved", legs(dice)) for _ in range(BATCH)]
    assert all(outcome.posted for outcome in batch.post_many(drafts, at=clock.now()))
    return BATCH


def copy_and_update(dice: random.Random) -> int:
    """Baseline (d): COPY of the entries and one UPDATE of the balances, no checks, one transaction."""
    rows = [(new_id(), leg.account.id, leg.amount) for _ in range(BATCH) for leg in legs(dice)]
    at = clock.now()
    with psycopg.connect(ADDRESS) as server, server.cursor() as cursor:
        with cursor.copy("COPY bench_entry (journal_id, account_id, amount, posted_at) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*row, at))
        cursor.execute(
            "UPDATE bench_balance b SET posted = b.posted + s.amount FROM (SELECT account_id, sum(amount) AS amount "
            "FROM unnest(%s::uuid[], %s::bigint[]) AS leg (account_id, amount) GROUP BY 1) AS s WHERE b.account_id = s.account_id",
            ([row[1] for row in rows], [row[2] for row in rows]),
        )
    return BATCH


def rate(act: Callable[[random.Random], int], threads: int, seconds: float, after: Callable[[], object] | None = None) -> float:
    """Units a second of `act` in so many threads, each with its own connection, warmed up; `after` counts in the time."""
    ready = threading.Barrier(threads + 1)
    counts = [0] * threads

    def run(number: int) -> None:
        dice = random.Random(time.perf_counter_ns())
        for _ in range(3):
            act(dice)
        ready.wait()
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            counts[number] += act(dice)
        connection.close()

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    if after is not None:
        after()
    return sum(counts) / (time.perf_counter() - start)


def pgbench(clients: int, seconds: float) -> float:
    """Baseline (a): the posting function driven by pgbench with prepared statements."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH.format(accounts=ACCOUNTS))
        script.flush()
        command = [os.environ["PGBENCH"], "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
        done = subprocess.run([*command, "-f", script.name, "-d", ADDRESS], capture_output=True, text=True, check=True)
    return float(next(line for line in done.stdout.splitlines() if line.startswith("tps")).split("=")[1].split()[0])


def hordak(seconds: float) -> float:
    """Transfers a second of django-hordak with one client, in a process of its own on the same server."""
    command = [sys.executable, str(Path(__file__).with_name("_hordak_side.py")), ADDRESS, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def as_of_milliseconds() -> tuple[float, float]:
    """p99 of as-of by instant and by effective day on the account with ENTRIES entries."""
    dice = random.Random(1)
    now = clock.now()
    instant: list[float] = []
    by_day: list[float] = []
    for _ in range(200):
        at = now - timedelta(seconds=dice.randint(0, ENTRIES * 60))
        for taken, mark in ((instant, at), (by_day, at.date())):
            start = time.perf_counter()
            queries.balance(LONG, mark)
            taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(instant, n=100)[98], statistics.quantiles(by_day, n=100)[98]


def run(seconds: float, rounds: int) -> dict[str, tuple[str, str]]:
    """Every row: name -> (figure, goal)."""
    fresh_database()
    rates: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        rates.setdefault(name, []).append(value)

    for _ in range(rounds):
        for clients in (4, 8):
            note(f"a{clients}", pgbench(clients, seconds))
        for threads in (1, 2, 4, 8):
            note(f"python{threads}", rate(post_uniform, threads, seconds))
        note("d", rate(copy_and_update, 1, seconds))
        note("many", rate(post_batch, 1, seconds))
        note("merchant", rate(post_to_merchant, 4, seconds, after=days.fold_all))
        note("hordak", hordak(seconds))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    reference = max(middle["a4"], middle["a8"])
    python = max(value for name, value in middle.items() if name.startswith("python"))
    instant, by_day = as_of_milliseconds()
    return {
        "(a) the posting function under pgbench, journals/s": (f"{reference:.0f}", ""),
        "(d) COPY and one UPDATE, journals/s": (f"{middle['d']:.0f}", ""),
        "one posting through Python, best of 1-8 threads / (a)": (f"{python / reference:.2f}", ">= 0.60"),
        "one posting through Python, one thread, journals/s": (f"{middle['python1']:.0f}", ""),
        f"post_many, {BATCH} journals with outcomes / (d)": (f"{middle['many'] / middle['d']:.2f}", ">= 0.60"),
        "post_many, journals/s": (f"{middle['many']:.0f}", ""),
        "one client / django-hordak": (f"{middle['python1'] / middle['hordak']:.1f} x", ">= 12 x"),
        "all payments to one merchant, folded / uniform, 4 threads": (f"{middle['merchant'] / middle['python4']:.2f}", ">= 0.80"),
        f"as-of an instant, {ENTRIES:,} entries, p99": (f"{instant:.2f} ms", "<= 5 ms"),
        f"as-of an effective day, {ENTRIES:,} entries, p99": (f"{by_day:.2f} ms", "<= 5 ms"),
    }


if __name__ == "__main__":
    figures = run(float(sys.argv[1]), int(sys.argv[2]))
    if sys.argv[3] == "json":
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{name:<62} {value:>10}   {goal and 'goal ' + goal}\n" for name, (value, goal) in figures.items())
