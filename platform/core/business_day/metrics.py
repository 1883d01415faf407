"""How far the trading calendar reaches, whether days wait to be closed and whether the clock runs, for Prometheus."""

from collections.abc import Iterable
from datetime import datetime

from core.business_day import queries, trading_days
from core.business_day.calendar import EXCHANGE
from core.clock import queries as clock
from core.observe import beat
from core.observe.metrics import Gauge, gauges


@gauges("business_day")
def waiting_and_calendar(at: datetime) -> Iterable[Gauge]:
    left = trading_days.ending(at=at)
    calendar = ("banyan_trading_calendar_days_left", "Days the trading calendar still covers; warned about below 60")
    return [
        Gauge("banyan_business_days_waiting", "Business days cut off and not closed", len(queries.awaiting_close())),
        Gauge(*calendar, left.official_days_left, {"exchange": EXCHANGE, "source": "official"}),
        Gauge(*calendar, left.days_left, {"exchange": EXCHANGE, "source": "any"}),
    ]


@gauges("clock")
def silent_clock(at: datetime) -> Iterable[Gauge]:
    silent = beat.silent_seconds(wall=clock.wall())
    return [Gauge("banyan_clock_silent_seconds", "Seconds since a periodic task was last sent; bad above 600", silent)]
