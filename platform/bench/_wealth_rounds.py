"""The measurements behind `platform/bench/wealth.py`."""

import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from bench._rows import Row, against, plain
from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import local_day, start_of_day
from core.ids import new_id
from wealth.catalog.models import Product, ProductVersion
from wealth.current.models import PARTS, CurrentBook, CurrentIncome, CurrentQuote
from wealth.current.states import Source
from wealth.current.steps import Income

HOLDINGS, FEW = 1_000_000, 2_000
RATIO, SECONDS = 1.5, 31
DAY = timedelta(days=1)
HOLD = """
INSERT INTO wealth_currentholding
    (id, customer_id, shard, product_id, units_fen, frozen_fen, owed_fen, residual_e8, earned, created_at)
SELECT uuidv7(), gen_random_uuid(), n %% 64, %s, 100 + n * 37 %% 5000000, 0, 0, 0, true, %s FROM generate_series(1, %s) AS n
"""
PLAIN = """
INSERT INTO bench_income
    (holding_id, day, booking, reversal, shard, run_id, units_fen, rate_e4, carried_e8, income_fen, residual_e8)
SELECT h.id, %(day)s, 0, false, h.shard, %(run)s, h.units_fen, 5041, h.residual_e8,
    (h.units_fen * 5041 + h.residual_e8) / 100000000, (h.units_fen * 5041 + h.residual_e8) %% 100000000 FROM bench_holding h
"""
PLAIN_UPDATE = """
UPDATE bench_holding h SET units_fen = h.units_fen + i.income_fen, residual_e8 = i.residual_e8, booked_through = i.day
FROM bench_income i WHERE i.holding_id = h.id AND i.day = %(day)s
"""
MIRROR = """
CREATE TABLE bench_holding (LIKE wealth_currentholding INCLUDING ALL) WITH (fillfactor = 50);
CREATE TABLE bench_income (LIKE wealth_currentincome INCLUDING ALL);
INSERT INTO bench_holding SELECT * FROM wealth_currentholding;
ANALYZE bench_holding;
"""


def run(rounds: int, *, small: bool) -> list[Row]:
    number, first = FEW if small else HOLDINGS, local_day(clock.now()) - 30 * DAY
    product = ground(number, first)
    booked, simple, again = [], [], []
    for place in range(rounds):
        day = first + place * DAY
        sql("CHECKPOINT")
        simple.append(timed(lambda: by_hand(day)))  # noqa: B023  (called at once)
        quote(product, day)
        sql("CHECKPOINT")
        booked.append(timed(lambda: book(day, number)))  # noqa: B023
        again.append(timed(lambda: book(day, 0)))  # noqa: B023
    assert CurrentIncome.objects.count() == rounds * number
    rates = [number / seconds for seconds in booked]
    return [
        against(f"a day of {number:,} holdings / INSERT .. SELECT + UPDATE", booked, "s", simple, None if small else ("<=", RATIO)),
        plain("the same, holdings a second", sorted(rates)[len(rates) // 2], "rows/s"),
        plain("the same day once more: 0 rows", max(again), "s", SECONDS),
    ]


def ground(number: int, first: date) -> Product:
    """A product and holders of every part, booked to the day before `first`."""
    at = clock.now()
    business_day.open_first_day(at=at)
    product = Product.objects.create(code=f"BENCH{uuid.uuid4().hex[:8]}", kind="current", issuer_code="bench", created_at=at, changed_at=at)
    version = ProductVersion.objects.create(
        product=product, number=1, name_en="Bench", name_zh="基准", risk="R1", yield_kind="seven_day", carry="daily", minimum_fen=1,
        risk_text_en="-", risk_text_zh="-", custodian="-", licence="-", created_at=at, changed_at=at,
    )  # fmt: skip
    Product.objects.filter(pk=product.pk).update(current=version)
    sql(HOLD, product.pk, at, number)
    CurrentBook.objects.bulk_create(CurrentBook(product=product, part=part, booked_through=first - DAY) for part in range(PARTS))
    sql("VACUUM ANALYZE wealth_currentholding")
    with connection.cursor() as cursor:
        for statement in MIRROR.split(";"):
            if statement.strip():
                cursor.execute(statement)
    return product


def quote(product: Product, day: date) -> None:
    CurrentQuote.objects.create(
        product=product, day=day, income_per_10k=Decimal("0.5041"), source=Source.ISSUER, created_at=start_of_day(day + DAY)
    )


def book(day: date, rows: int) -> None:
    """As the end of day does."""
    step = Income()
    done = sum(step.run(day=day, shard=shard, at=clock.now()) for shard in range(step.shards))
    assert done == rows, f"{done} rows instead of {rows}"


def by_hand(day: date) -> None:
    values: dict[str, Any] = {"day": day, "run": new_id()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAIN, values)
        cursor.execute(PLAIN_UPDATE, values)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
