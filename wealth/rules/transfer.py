"""The secondary market of fixed-term holdings: price, fee, and what the buyer earns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.money import Rounding
from wealth.rules.fixed import DayCount
from wealth.rules.rounding import percent, places, whole

MONTHS = 12
STEPS = 200


class PriceRefused(ValueError):
    """The markup is above the cap, or the buyer would lose by holding to the end."""


class DiscountRefused(ValueError):
    """More is let off than may be."""


@dataclass(frozen=True)
class Sale:
    """Fen: `price` = `net` (to the seller) + `fee`."""

    price_fen: int
    fee_fen: int
    net_fen: int


def clean_price_fen(*, principal_fen: int, premium_bp: int) -> int:
    """principal * (1 + premium), half up; a discount is a negative premium."""
    return whole(principal_fen * (1 + percent(premium_bp)), Rounding.HALF_UP)


def price_fen(*, principal_fen: int, premium_bp: int, accrued_fen: int) -> int:
    """What the buyer pays: the clean price and the interest that has accrued to the seller."""
    return clean_price_fen(principal_fen=principal_fen, premium_bp=premium_bp) + accrued_fen


def fee_fen(*, price_fen: int, rate_bp: int, least_fen: int = 0) -> int:
    """The seller's fee, taken when the sale is settled and not before: half up, at least `least_fen`, never more than the price."""
    return min(max(whole(price_fen * percent(rate_bp), Rounding.HALF_UP), least_fen), price_fen)


def sale(*, price_fen: int, rate_bp: int, least_fen: int = 0) -> Sale:
    fee = fee_fen(price_fen=price_fen, rate_bp=rate_bp, least_fen=least_fen)
    return Sale(price_fen, fee, price_fen - fee)


def simple_yield(*, price_fen: int, maturity_fen: int, days_left: int, basis: DayCount = DayCount.ACT_365F) -> Fraction:
    """The buyer's annualised simple yield, held to the end, as a ratio. Raises ValueError on the last day."""
    if days_left < 1 or price_fen < 1:
        raise ValueError("a yield needs a price and at least one day")
    return (Fraction(maturity_fen, price_fen) - 1) * Fraction(basis.year, days_left)


def yield_percent(*, price_fen: int, maturity_fen: int, days_left: int, basis: DayCount = DayCount.ACT_365F) -> Decimal:
    """`simple_yield` in percent, half up to three decimals."""
    return places(simple_yield(price_fen=price_fen, maturity_fen=maturity_fen, days_left=days_left, basis=basis) * 100, 3)


def require_bounded(*, premium_bp: int, most_discount_bp: int) -> None:
    """Raises DiscountRefused for a discount above its cap."""
    if -premium_bp > most_discount_bp:
        raise DiscountRefused(f"the discount is capped at {most_discount_bp} basis points")


def require_fair(*, premium_bp: int, most_premium_bp: int, price_fen: int, maturity_fen: int) -> None:
    """Raises PriceRefused for a markup above the cap or a buyer who would get less than they pay."""
    if premium_bp > most_premium_bp:
        raise PriceRefused(f"the premium is capped at {most_premium_bp} basis points")
    if price_fen > maturity_fen:
        raise PriceRefused("the buyer would get less at maturity than the price")


def dearest_premium_bp(*, principal_fen: int, accrued_fen: int, maturity_fen: int, most_premium_bp: int) -> int:
    """The highest premium that `require_fair` takes (may be negative)."""
    room = whole(Fraction((maturity_fen - accrued_fen - principal_fen) * 10_000, principal_fen), Rounding.FLOOR)
    return min(room, most_premium_bp)


def annuity_yield_percent(*, outstanding: Fraction, premium_bp: int, rate_bp: int, payments: int, digits: int = 1) -> Decimal:
    """The buyer's yield a year, in percent, of a loan part that is repaid in equal monthly payments, bought at a premium without its
    accrued interest: twelve times the monthly internal rate."""
    rate = percent(rate_bp) / MONTHS
    payment = outstanding / payments if rate == 0 else outstanding * rate / (1 - (1 + rate) ** -payments)
    price = outstanding * (1 + percent(premium_bp))
    low, high = -0.99, 10.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if float(payment) * annuity(middle, payments) > float(price):
            low = middle
        else:
            high = middle
    return places(Fraction(low) * MONTHS * 100, digits)


def annuity(rate: float, payments: int) -> float:
    """The present value of 1 a month."""
    return float(payments) if abs(rate) < 1e-12 else float((1 - (1 + rate) ** -payments) / rate)


@dataclass(frozen=True)
class Split:
    """Days and fen of one period's interest, the seller's and the buyer's; the day of the sale is the buyer's."""

    seller_days: int
    buyer_days: int
    seller_fen: int
    buyer_fen: int


def split_by_days(*, starts_on: date, ends_on: date, sold_on: date, interest_fen: int) -> Split:
    """A period's interest divided by days held, nothing lost. Raises ValueError for a sale outside the period."""
    whole_days, held = (ends_on - starts_on).days, (sold_on - starts_on).days
    if not 0 <= held <= whole_days or whole_days < 1:
        raise ValueError("the sale is not within the period")
    seller = whole(Fraction(interest_fen * held, whole_days))
    return Split(held, whole_days - held, seller, interest_fen - seller)


def accrued_in_month_fen(*, principal_fen: int, month_rate_bp: int, part: Fraction) -> int:
    """Interest of a part of a month at a rate a month, truncated."""
    return whole(principal_fen * percent(month_rate_bp) * part)
