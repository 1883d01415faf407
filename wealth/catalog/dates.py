"""What an order made now would mean by the trading calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from core.business_day import queries as business_day
from core.clock.queries import SHANGHAI
from wealth.rules.calendar import BeyondCalendar, Sessions, redemption, subscription


class Rhythm(Protocol):
    """What of a version decides an order's dates."""

    @property
    def exchange(self) -> str: ...
    @property
    def cut_off(self) -> time: ...
    @property
    def confirm_days(self) -> int: ...
    @property
    def redeem_days(self) -> int: ...


@dataclass(frozen=True)
class OrderDates:
    """`cut_at`: the instant that ends the trade date, itself late. `cash_on_if_redeemed_then`: when the money would come if the same
    moment's order were a redemption; `last_income_on`: the last day that one would earn."""

    trade_on: date
    cut_at: datetime
    confirmed_on: date
    earns_from: date
    last_income_on: date
    cash_on_if_redeemed_then: date


def ordered_at(version: Rhythm, at: datetime) -> OrderDates:
    """The dates of an order of `version` made at `at`. One query. Raises BeyondCalendar, which says what the calendar knows."""
    local = at.astimezone(SHANGHAI)
    today = local.date()
    most = 2 + max(version.confirm_days, version.redeem_days)
    sessions = Sessions(business_day.trading_days_from(today, most, exchange=version.exchange), today)
    asked = local.replace(tzinfo=None)
    try:
        bought = subscription(asked, sessions, confirm_days=version.confirm_days, cut_off=version.cut_off)
        sold = redemption(asked, sessions, confirm_days=version.confirm_days, cash_days=version.redeem_days, cut_off=version.cut_off)
    except BeyondCalendar as end:
        raise business_day.beyond(version.exchange, f"{end.asked.isoformat()} +{most - 2}") from end
    cut_at = datetime.combine(bought.trade_on, version.cut_off, tzinfo=SHANGHAI)
    return OrderDates(bought.trade_on, cut_at, bought.confirmed_on, bought.earns_from, sold.last_income_on, sold.cash_on)
