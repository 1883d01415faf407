"""The measurements behind `platform/bench/ledger.py`."""

import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from uuid import UUID

import psycopg
from django.db import connection

from accounts.ledger import batch, days, queries, services
from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Draft, Leg, credit, debit
from bench._ledger_ground import ACCOUNTS, MERCHANT, MOVED, PAYERS, address, fill, pgbench
from bench._rows import Row, against
from core.clock import queries as clock
from core.ids import new_id

ENTRIES = 1_000_000
BATCH = 1000
HISTORY = 1000
READS = 400
YEARS = 10
LONG = AccountRef(UUID(int=7), None, "bench:user", "CNY")
BASELINE = """
CREATE TABLE bench_entry (journal_id uuid NOT NULL, account_id uuid NOT NULL, amount bigint NOT NULL, posted_at timestamptz NOT NULL);
CREATE INDEX ON bench_entry (account_id, posted_at);
CREATE TABLE bench_balance (account_id uuid PRIMARY KEY, posted bigint NOT NULL) WITH (fillfactor = 45);
INSERT INTO bench_balance SELECT md5('bench' || n)::uuid, 0 FROM generate_series(1, {accounts}) AS n;
"""
LONG_ACCOUNT = """
INSERT INTO ledger_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
SELECT '{long}', gen_random_uuid(), 1, n, n, stamp, stamp::date, stamp::date, 0, 1
FROM (SELECT n, now() - ({entries} - n) * interval '60 seconds' AS stamp FROM generate_series(1, {entries}) AS n) AS s;
INSERT INTO ledger_movement (account_id, effective_on, debit, credit)
SELECT account_id, effective_on, 0, sum(amount) FROM ledger_entry
WHERE account_id = '{long}' AND business_on < current_date - 1 GROUP BY 1, 2;
SET session_replication_role = replica;
INSERT INTO core_businessday (day, state, opened_at, cut_off_at, closed_at)
SELECT day, 'closed', day, day, day FROM generate_series(current_date - {days}, current_date - 2, interval '1 day') AS day;
SET session_replication_role = origin;
INSERT INTO ledger_rolledday (day, shard, rolled_at, unbroken)
SELECT b.day, range, b.closed_at, false FROM core_businessday b, generate_series(0, 3) AS range WHERE b.state = 'closed';
SELECT ledger_mark_unbroken(range) FROM generate_series(0, 3) AS range;
INSERT INTO ledger_balance (account_id, posted, held, version, shortfall, sub, subs, blocked, mode, hold_overdraft, asset)
VALUES ('{long}', {entries}, 0, {entries}, 0, 0, 1, 0, 's', false, 'CNY');
"""


def prepare(entries: int) -> None:
    """The accounts, the baseline's tables, YEARS of business days and the account with `entries` entries; nothing of it runs on."""
    fill()
    with connection.cursor() as cursor:
        cursor.execute(BASELINE.format(accounts=ACCOUNTS))
        cursor.execute(LONG_ACCOUNT.format(entries=entries, days=YEARS * 365, long=LONG.id))
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def legs(dice: random.Random) -> list[Leg]:
    payer, payee = dice.sample(PAYERS, 2)
    return [debit(payer, 1), credit(payee, 1)]


def post_uniform(dice: random.Random) -> int:
    services.post(journal_id=new_id(), event=MOVED, legs=legs(dice), at=clock.now())
    return 1


def post_to_merchant(dice: random.Random) -> int:
    services.post(journal_id=new_id(), event=MOVED, legs=[debit(dice.choice(PAYERS), 1), credit(MERCHANT, 1)], at=clock.now())
    return 1


def post_batch(dice: random.Random) -> int:
    drafts = [Draft(new_id(), MOVED, legs(dice)) for _ in range(BATCH)]
    assert all(outcome.posted for outcome in batch.post_many(drafts, at=clock.now()))
    return BATCH


@lru_cache(maxsize=1)
def kept_connection() -> "psycopg.Connection[tuple[object, ...]]":
    """The baseline's connection, kept as Django keeps ours."""
    return psycopg.connect(address(), autocommit=True)


def copy_and_update(dice: random.Random) -> int:
    """Baseline (d): COPY of the entries and one UPDATE of the balances, no checks, one transaction."""
    rows = [(new_id(), leg.account.id, leg.amount) for _ in range(BATCH) for leg in legs(dice)]
    at = clock.now()
    with (server := kept_connection()).transaction(), server.cursor() as cursor:
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


def hordak(seconds: float, history: int) -> tuple[float, float]:
    """django-hordak with one client, in a process of its own on the same server: bare transfers a second, and payments."""
    command = [sys.executable, str(Path(__file__).with_name("_hordak_side.py")), address(), str(seconds), str(history)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    bare, payments = done.stdout.split()[-2:]
    return float(bare), float(payments)


def milliseconds(read: Callable[[], object]) -> float:
    begun = time.perf_counter()
    read()
    return (time.perf_counter() - begun) * 1000


def as_of(entries: int, reads: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of reads by instant, by effective day, and of an account's balance now, at random marks."""
    dice = random.Random(1)
    now = clock.now()
    instant: list[float] = []
    by_day: list[float] = []
    today: list[float] = []
    for _ in range(reads):
        at = now - timedelta(seconds=dice.randint(0, entries * 60))
        instant.append(milliseconds(partial(queries.balance, LONG, at)))
        by_day.append(milliseconds(partial(queries.balance, LONG, at.date())))
        today.append(milliseconds(partial(queries.balance, dice.choice(PAYERS))))
    return instant, by_day, today


def p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def read(mark: str, entries: int, taken: list[float], today: list[float]) -> Row:
    ratio = p99(taken) / p99(today)
    return Row(f"as of {mark}, {entries:,} entries, p99 / now", p99(taken), "ms", p99(today), ratio, ("<=", 5), "figure")


def measure(seconds: float, rounds: int, history: int) -> dict[str, list[float]]:
    """The rates of every round, by name."""
    rates: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        rates.setdefault(name, []).append(value)

    for _ in range(rounds):
        note("a", max(pgbench(clients, seconds) for clients in (4, 8)))
        singles = [rate(post_uniform, threads, seconds) for threads in (1, 2, 4, 8)]
        note("one", singles[0])
        note("python", max(singles))
        note("d", rate(copy_and_update, 1, seconds))
        note("many", rate(post_batch, 1, seconds))
        note("uniform", rate(post_uniform, 4, seconds))
        note("merchant", rate(post_to_merchant, 4, seconds, after=days.fold_all))
        bare, payments = hordak(seconds, history)
        note("hordak bare", bare)
        note("hordak", payments)
    return rates


def run(seconds: float, rounds: int, *, entries: int = ENTRIES, history: int = HISTORY) -> list[Row]:
    """Every row of the ledger."""
    prepare(entries)
    rates = measure(seconds, rounds, history)
    instant, by_day, today = as_of(entries, READS)
    return [
        Row("(a) the posting function under pgbench, best of 4, 8 clients", statistics.median(rates["a"]), "journals/s"),
        Row("(d) COPY and one UPDATE, no checks", statistics.median(rates["d"]), "journals/s"),
        against("one posting through Python, best of 1-8 threads / (a)", rates["python"], "journals/s", rates["a"], (">=", 0.6)),
        against(f"post_many, {BATCH} journals with outcomes / (d)", rates["many"], "journals/s", rates["d"], (">=", 0.6)),
        against("one client: post / hordak payment", rates["one"], "journals/s", rates["hordak"], (">=", 12)),
        against("one client: post / hordak transfer_to, which checks no funds", rates["one"], "journals/s", rates["hordak bare"]),
        against("all to one merchant, folded / uniform, 4 threads", rates["merchant"], "journals/s", rates["uniform"], (">=", 0.8)),
        Row("balance now, p99", p99(today), "ms"),
        Row(
            f"as of an instant, {entries:,} entries, p99 / now",
            p99(instant),
            "ms",
            p99(today),
            p99(instant) / p99(today),
            ("<=", 5),
            "figure",
        ),
        read("a day", entries, by_day, today),
    ]
