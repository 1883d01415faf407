"""When an order trades, is confirmed, earns and pays cash, over the open days of an exchange.

Source: the cut-off rule of Chinese open-end funds: what is asked for before 15:00:00 of an open day trades on that day, everything else on
the next one; T+n counts open days; bought units earn from the day they are confirmed, redeemed ones through the day before it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

CUT_OFF = time(15)


class BeyondCalendar(ValueError):
    """The calendar ends before the day that is asked for."""

    def __init__(self, asked: date, last: date | None) -> None:
        super().__init__(f"the trading calendar ends on {last}, before what follows {asked} is known")
        self.asked, self.last = asked, last


@dataclass(frozen=True)
class Sessions:
    """The open days of one exchange, in order, without duplicates. `known_from`: the first day the calendar knows, open or not; the first
    open one unless told."""

    days: Sequence[date]
    known_from: date | None = None

    def on_or_after(self, day: date) -> date:
        """The first open day that is not before `day`. Raises BeyondCalendar."""
        return self.at(bisect_left(self.days, day), day)

    def after(self, day: date, count: int) -> date:
        """The `count`th open day after `day`, T+`count` of an open day; 0 is `day` itself. Raises BeyondCalendar."""
        return day if count == 0 else self.at(bisect_right(self.days, day) + count - 1, day)

    def at(self, place: int, asked: date) -> date:
        if not self.days or asked < (self.known_from or self.days[0]) or place >= len(self.days):
            raise BeyondCalendar(asked, self.days[-1] if self.days else None)
        return self.days[place]


@dataclass(frozen=True)
class Subscription:
    """`earns_from`: the first day whose income the units have."""

    trade_on: date
    confirmed_on: date
    earns_from: date


@dataclass(frozen=True)
class Redemption:
    """`last_income_on`: the last day whose income the units have; `cash_on`: when the money is paid."""

    trade_on: date
    confirmed_on: date
    last_income_on: date
    cash_on: date


def trade_date(asked: datetime, sessions: Sessions, cut_off: time = CUT_OFF) -> date:
    """The day an order of local time `asked` trades on; the very second of the cut-off is late. Raises BeyondCalendar."""
    day = asked.date()
    first = sessions.on_or_after(day)
    return sessions.after(day, 1) if first == day and asked.time() >= cut_off else first


def subscription(asked: datetime, sessions: Sessions, *, confirm_days: int = 1, cut_off: time = CUT_OFF) -> Subscription:
    """A purchase asked for at local time `asked`, confirmed T+`confirm_days`. Raises BeyondCalendar."""
    trade_on = trade_date(asked, sessions, cut_off)
    confirmed_on = sessions.after(trade_on, confirm_days)
    return Subscription(trade_on, confirmed_on, confirmed_on)


def redemption(asked: datetime, sessions: Sessions, *, cash_days: int, confirm_days: int = 1, cut_off: time = CUT_OFF) -> Redemption:
    """A sale asked for at local time `asked`: confirmed T+`confirm_days`, cash T+`cash_days`. Raises BeyondCalendar."""
    trade_on = trade_date(asked, sessions, cut_off)
    confirmed_on = sessions.after(trade_on, confirm_days)
    return Redemption(trade_on, confirmed_on, confirmed_on - timedelta(days=1), sessions.after(trade_on, max(cash_days, confirm_days)))
