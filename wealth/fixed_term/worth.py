"""What a lot has accrued, and what it comes to, now and at its end."""

from dataclasses import dataclass
from datetime import date, datetime, time

from core.business_day.queries import BeyondCalendar
from core.clock.queries import local_day
from core.errors import DomainError
from wealth.catalog.dates import OrderDates, Rhythm, ordered_at
from wealth.fixed_term import terms
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services.lots import leaving
from wealth.fixed_term.states import LotState
from wealth.rules.fixed import accrued_fen


@dataclass(frozen=True)
class Worth:
    """Fen. `now_fen`: what the free part would come to if it were taken early today, and `now_on` the day that is paid; None where it
    cannot be (`why`: the refusal's code)."""

    accrued_fen: int
    at_maturity_fen: int
    now_fen: int | None
    now_on: date | None
    why: str


def accrued(lot: FixedHolding, day: date) -> int:
    """What the lot has accrued by `day`, for display; 0 of one that is over."""
    return accrued_fen(terms.promised(lot), lot.principal_fen, day) if lot.principal_fen else 0


def worth(lot: FixedHolding, at: datetime, dates: OrderDates | None) -> Worth:
    """`dates`: of an order of the lot's product made now, None beyond the calendar."""
    now_fen, now_on, why = None, None, ""
    try:
        if dates is None or lot.free_fen == 0:
            why = BeyondCalendar.code if dates is None and lot.state == LotState.HELD else "fixed_term_not_free"
        else:
            now_fen = leaving(lot, part_fen=lot.free_fen, confirms_on=dates.confirmed_on).worth_fen
            now_on = dates.cash_on_if_redeemed_then
    except DomainError as refused:
        why = refused.code
    return Worth(accrued(lot, local_day(at)), lot.principal_fen + lot.interest_fen, now_fen, now_on, why)


class Rhythms:
    """The dates of orders made at one moment, looked up once for products that count alike."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.known: dict[tuple[str, time, int, int], OrderDates | None] = {}

    def dates(self, version: Rhythm | None) -> OrderDates | None:
        """None beyond the calendar."""
        if version is None:
            return None
        rhythm = (version.exchange, version.cut_off, version.confirm_days, version.redeem_days)
        if rhythm not in self.known:
            self.known[rhythm] = self.asked(version)
        return self.known[rhythm]

    def asked(self, version: Rhythm) -> OrderDates | None:
        try:
            return ordered_at(version, self.at)
        except BeyondCalendar:
            return None
