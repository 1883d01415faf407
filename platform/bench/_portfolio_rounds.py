"""The measurements behind `platform/bench/portfolio.py`."""

from datetime import date

from bench import _wealth_rounds as wealth
from bench._rows import Row, against, plain
from core.clock import queries as clock
from core.clock.queries import local_day
from wealth.portfolio.models import PortfolioDay
from wealth.portfolio.steps import KeepDay

RATIO, SECONDS = 2.5, 31
MIRROR = "CREATE TABLE bench_day (LIKE wealth_portfolioday INCLUDING ALL)"
PLAIN = """
INSERT INTO bench_day (customer_id, day, kind, product_id, shard, value_fen, paid_in_fen, paid_out_fen, income_fen)
SELECT customer_id, %s, 'current', product_id, shard, units_fen, 0, 0, 0 FROM wealth_currentholding
"""


def run(rounds: int, *, small: bool) -> list[Row]:
    """Income is booked before each day is kept, as it is at the end of a day."""
    number, first = wealth.FEW if small else wealth.HOLDINGS, local_day(clock.now()) - 30 * wealth.DAY
    product = wealth.ground(number, first)
    wealth.sql(MIRROR)
    kept, simple, again = [], [], []
    for place in range(rounds):
        day = first + place * wealth.DAY
        wealth.quote(product, day)
        wealth.book(day, number)
        wealth.sql("CHECKPOINT")
        simple.append(wealth.timed(lambda: wealth.sql(PLAIN, day)))  # noqa: B023  (called at once)
        wealth.sql("CHECKPOINT")
        kept.append(wealth.timed(lambda: keep(day, number)))  # noqa: B023
        again.append(wealth.timed(lambda: keep(day, 0)))  # noqa: B023
    assert PortfolioDay.objects.count() == rounds * number
    wealth.sql("VACUUM ANALYZE wealth_portfolioday")
    return [
        against(f"a day of {number:,} customers kept / INSERT .. SELECT", kept, "s", simple, None if small else ("<=", RATIO)),
        plain("the same, customers a second", sorted(number / seconds for seconds in kept)[len(kept) // 2], "rows/s"),
        plain("the same day once more: 0 rows", max(again), "s", SECONDS),
    ]


def keep(day: date, rows: int) -> None:
    """As the end of day does."""
    step = KeepDay()
    done = sum(step.run(day=day, shard=shard, at=clock.now()) for shard in range(step.shards))
    assert done == rows, f"{done} rows instead of {rows}"
