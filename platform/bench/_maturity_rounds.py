"""The measurements behind `platform/bench/maturity.py`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.ledger import batch
from accounts.ledger.accounts import customer_account
from bench._rows import Row, against, plain
from bench._wealth_rounds import sql, timed
from core.business_day import queries as business_days
from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import local_day, start_of_day
from core.ids import new_id, shard_of
from tests.wealth.fixed_term.world import deposits
from wealth.catalog.models import Product
from wealth.fixed_term import maturing
from wealth.fixed_term.models import PARTS, FixedHolding, FixedMove
from wealth.fixed_term.states import OPEN

LOTS, FEW = 100_000, 200
PRODUCTS, CHUNK = 4, 1_000
SECONDS = 5
DAY = timedelta(days=1)
OWNERS = """
CREATE TABLE bench_owner (number serial, customer_id uuid, shard smallint, account_id uuid);
"""
FILL = "INSERT INTO bench_owner (customer_id, shard, account_id) SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[])"
LOT = """
INSERT INTO wealth_fixedholding (id, customer_id, shard, product_id, version_id, origin, order_id, opened_fen, premium_fen, principal_fen,
    frozen_fen, interest_fen, earned_fen, rate_bp, demand_rate_bp, day_count, rounding, starts_on, ends_on, matures_on, instruction, state,
    code, paid_fen, created_at, changed_at)
SELECT uuidv7(), o.customer_id, o.shard, %(product)s, %(version)s, 'order', gen_random_uuid(), 100000, 0, 100000, 0, 254, 0, 310, 25,
    'act_365f', 'down', %(due)s::date - 30, %(due)s, %(due)s, CASE o.number %% 4 WHEN 0 THEN 'roll_all' ELSE 'pay_out' END, 'held', '', 0,
    now(), now()
FROM bench_owner o WHERE o.number / 4 %% %(products)s = %(place)s
"""
MIRROR = """
CREATE TABLE bench_lot (LIKE wealth_fixedholding INCLUDING ALL);
CREATE TABLE bench_move (LIKE wealth_fixedmove INCLUDING ALL);
CREATE TABLE bench_event (LIKE core_outboxevent INCLUDING ALL);
CREATE TABLE bench_journal (LIKE ledger_journal INCLUDING ALL);
CREATE TABLE bench_entry (LIKE ledger_entry INCLUDING ALL);
CREATE TABLE bench_pending (LIKE ledger_pending INCLUDING ALL);
CREATE TABLE bench_balance (LIKE ledger_balance INCLUDING ALL) WITH (fillfactor = 50);
INSERT INTO bench_balance SELECT * FROM ledger_balance
"""
ENDED = """
UPDATE bench_lot SET state = CASE instruction WHEN 'pay_out' THEN 'matured' ELSE 'rolled' END, closed_on = %(day)s, principal_fen = 0,
    interest_fen = 0, earned_fen = interest_fen, paid_fen = CASE instruction WHEN 'pay_out' THEN principal_fen + interest_fen ELSE 0 END,
    pay_journal_id = CASE instruction WHEN 'pay_out' THEN uuidv7() END, due_at = CASE instruction WHEN 'pay_out' THEN now() END,
    changed_at = now()
WHERE matures_on = %(due)s
"""
NEXT = """
INSERT INTO bench_lot (id, customer_id, shard, product_id, version_id, origin, parent_id, opened_fen, premium_fen, principal_fen,
    frozen_fen, interest_fen, earned_fen, rate_bp, demand_rate_bp, day_count, rounding, starts_on, ends_on, matures_on, instruction, state,
    code, paid_fen, created_at, changed_at)
SELECT uuidv7(), customer_id, shard, product_id, version_id, 'rolled', id, 100254, 0, 100254, 0, 255, 0, rate_bp, demand_rate_bp, day_count,
    rounding, %(due)s, %(due)s::date + 30, %(due)s::date + 30, instruction, 'held', '', 0, now(), now()
FROM bench_lot WHERE matures_on = %(due)s AND state = 'rolled'
"""
LEFT = """
INSERT INTO bench_move (id, holding_id, customer_id, shard, product_id, kind, principal_fen, interest_fen, cash_fen, day, journal_id,
    created_at)
SELECT uuidv7(), id, customer_id, shard, product_id, CASE state WHEN 'matured' THEN 'mature' ELSE 'roll_out' END, -opened_fen, earned_fen,
    -paid_fen, %(day)s, uuidv7(), now() FROM bench_lot WHERE matures_on = %(due)s
UNION ALL
SELECT uuidv7(), id, customer_id, shard, product_id, 'roll_in', opened_fen, 0, 0, %(day)s, uuidv7(), now()
FROM bench_lot WHERE starts_on = %(due)s AND origin = 'rolled'
"""
JOURNALS = """
INSERT INTO bench_journal (id, posted_at, business_on, effective_on, shard, event, reference, accounts, amounts, assets)
SELECT l.pay_journal_id, now(), %(day)s, %(day)s, l.shard, 'wealth.maturity_paid', 'fxh_' || replace(l.id::text, '-', ''),
    ARRAY[l.product_id, o.account_id], ARRAY[-l.paid_fen, l.paid_fen], ARRAY['CNY', 'CNY']
FROM bench_lot l JOIN bench_owner o USING (customer_id) WHERE l.matures_on = %(due)s AND l.state = 'matured'
"""
PENDING = """
INSERT INTO bench_pending (account_id, journal_id, leg, amount, business_on, effective_on, posted_at, reference)
SELECT product_id, pay_journal_id, 1, -paid_fen, %(day)s, %(day)s, now(), '' FROM bench_lot WHERE matures_on = %(due)s AND state = 'matured'
"""
BALANCES = """
UPDATE bench_balance b SET posted = b.posted + l.paid_fen, version = b.version + 1
FROM bench_lot l JOIN bench_owner o USING (customer_id) WHERE l.matures_on = %(due)s AND l.state = 'matured' AND b.account_id = o.account_id
"""
ENTRIES = """
INSERT INTO bench_entry (account_id, journal_id, amount, balance_after, version, posted_at, business_on, effective_on, sub, leg)
SELECT b.account_id, l.pay_journal_id, l.paid_fen, b.posted, b.version, now(), %(day)s, %(day)s, 0, 2
FROM bench_lot l JOIN bench_owner o USING (customer_id) JOIN bench_balance b ON b.account_id = o.account_id
WHERE l.matures_on = %(due)s AND l.state = 'matured'
"""
EVENTS = """
INSERT INTO bench_event (id, shard, topic, key, payload, occurred_at, state, attempts, next_attempt_at, last_error)
SELECT uuidv7(), shard, 'wealth.' || state, 'fxh_' || replace(id::text, '-', ''), jsonb_build_object('holding', id, 'customer', customer_id,
    'product', product_id, 'principal_fen', opened_fen, 'interest_fen', earned_fen, 'matures_on', matures_on, 'instruction', instruction,
    'currency', 'CNY', 'paid_fen', paid_fen, 'code', code), now(), 'pending', 0, now(), ''
FROM bench_lot WHERE matures_on = %(due)s AND state IN ('matured', 'rolled')
"""
BY_HAND = (ENDED, NEXT, LEFT, JOURNALS, PENDING, BALANCES, ENTRIES, EVENTS)


def run(rounds: int, *, small: bool) -> list[Row]:
    """A day for each round, on which as many fall due."""
    number = FEW if small else LOTS
    business_day.open_first_day(at=clock.now())
    products = [deposits() for _ in range(PRODUCTS)]
    owners(number)
    for statement in MIRROR.split(";"):
        sql(statement)
    days = business_days.trading_days_from(local_day(clock.now()) + DAY, rounds)
    settled, simple, again = [], [], []
    for due in days:
        fall_due(products, due)
        sql("CHECKPOINT")
        simple.append(timed(lambda: by_hand(due)))  # noqa: B023  (called at once)
        sql("CHECKPOINT")
        settled.append(timed(lambda: settle(due, number)))  # noqa: B023
        again.append(timed(lambda: settle(due, 0)))  # noqa: B023
    assert_alike(number * rounds)
    return [
        against(f"{number:,} fixed terms settled / the same rows by plain statements", settled, "s", simple),
        plain("the same, lots a second", sorted(number / seconds for seconds in settled)[len(settled) // 2], "rows/s"),
        plain("the same day once more: 0 rows", max(again), "s", SECONDS),
    ]


def owners(number: int) -> None:
    """Customers with an open balance."""
    sql(OWNERS)
    for first in range(0, number, CHUNK):
        made = [new_id() for _ in range(min(CHUNK, number - first))]
        accounts = [customer_account(owner) for owner in made]
        batch.open_missing(accounts, clock.now())
        sql(FILL, made, [shard_of(owner) for owner in made], [account.id for account in accounts])
    sql("VACUUM ANALYZE")


def fall_due(products: Sequence[Product], due: date) -> None:
    """Lots held, and copies of them."""
    with connection.cursor() as cursor:
        for place, product in enumerate(products):
            values = {"product": product.pk, "version": product.current_id, "due": due, "products": len(products), "place": place}  # type: ignore[attr-defined]
            cursor.execute(LOT, values)
        cursor.execute("INSERT INTO bench_lot SELECT * FROM wealth_fixedholding WHERE matures_on = %s AND origin = 'order'", [due])
        cursor.execute("VACUUM ANALYZE wealth_fixedholding")
        cursor.execute("VACUUM ANALYZE bench_lot")


def settle(due: date, rows: int) -> None:
    """The end of the day before, of every part. A lot moves twice: to `maturing`, and to its end."""
    done = sum(maturing.mature(day=due - DAY, part=part, at=start_of_day(due)) for part in range(PARTS))
    assert done == 2 * rows, f"{done} moves instead of {2 * rows}"


def by_hand(due: date) -> None:
    values: dict[str, Any] = {"due": due, "day": business_days.current()}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in BY_HAND:
            cursor.execute(statement, values)


def assert_alike(number: int) -> None:
    """Everything is settled, and both wrote as many lots, moves and journals but for the runs' own."""
    assert FixedHolding.objects.filter(state__in=OPEN, origin="order").count() == 0
    assert FixedMove.objects.count() == number + number // 4 == counted("bench_move")
    assert FixedHolding.objects.count() == counted("bench_lot")
    assert counted("core_outboxevent WHERE topic IN ('wealth.matured', 'wealth.rolled')") == counted("bench_event")
    assert counted("ledger_journal WHERE event = 'wealth.maturity_paid'") == counted("bench_journal")
    assert counted("ledger_entry e JOIN bench_owner USING (account_id)") == counted("bench_entry")


def counted(rows: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {rows}")  # noqa: S608  # nosec B608  # names of this module alone
        [(number,)] = cursor.fetchall()
    return int(number)
