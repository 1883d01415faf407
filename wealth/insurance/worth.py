"""What a policy gives back when it is ended: by the terms of its version, what was paid, and the day. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from wealth.insurance.terms import CASH_VALUE, SHORT_RATE, InsuranceTerms
from wealth.rules.insurance import (
    Paid,
    cash_value_fen,
    cooling_off_refund_fen,
    premium_fen,
    pro_rata_back_fen,
    schedule,
    short_rate_back_fen,
    years_between,
)


def within_cooling_off_fen(terms: InsuranceTerms, *, paid: Sequence[Paid], received_on: date, on: date) -> int | None:
    """All that was paid less the kept fee; None when the cooling-off is over."""
    return cooling_off_refund_fen(
        receipt_on=received_on,
        asked_on=on,
        premium_fen=sum(one.premium_fen for one in paid),
        production_fee_fen=terms.kept_fee_fen,
        period_days=terms.cooling_off_days,
    )


def surrendered_fen(terms: InsuranceTerms, *, paid: Sequence[Paid], starts_on: date, on: date) -> int:
    """By the refund rule of the version."""
    if terms.refund.name == CASH_VALUE:
        total, years = sum(one.premium_fen for one in paid), years_between(starts_on, on)
        return cash_value_fen(premium_fen=total, years=years, shares=terms.refund.steps)
    if terms.refund.name == SHORT_RATE:
        return short_rate_back_fen(paid=paid, on=on, kept=terms.refund.steps)
    return pro_rata_back_fen(paid=paid, on=on, loading_bp=terms.refund.loading_bp)


def least_premium_fen(terms: InsuranceTerms) -> int:
    """The cheapest payment there is: the least cover at the lowest rate."""
    return premium_fen(cover_fen=terms.least_cover_fen, rate_bp=min(band.rate_bp for band in terms.bands))


def paid_by(terms: InsuranceTerms, *, premium: int, starts_on: date, term_days: int, on: date) -> list[Paid]:
    """The premiums that are due by a day of a policy that begins on `starts_on`, each paid on its day."""
    days = [*schedule(starts_on=starts_on, payments=terms.payments, every_months=terms.every_months), starts_on + timedelta(days=term_days)]
    return [Paid(premium, due_on, until_on) for due_on, until_on in pairwise(days) if due_on <= on]
