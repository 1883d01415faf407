"""What a part of a lot costs on a day, what its seller gets and what its buyer earns: the rules' arithmetic on a lot's own terms."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.clock.queries import local_day
from core.limits.queries import cap
from wealth.fixed_term import terms
from wealth.fixed_term.queries import FixedHolding
from wealth.rules.fixed import DayCount, accrued_fen, at_end_fen
from wealth.rules.transfer import (
    DiscountRefused,
    PriceRefused,
    clean_price_fen,
    dearest_premium_bp,
    price_fen,
    require_bounded,
    require_fair,
    sale,
    yield_percent,
)
from wealth.transfer.caps import DISCOUNT, FEE, PREMIUM
from wealth.transfer.models import TransferOffer
from wealth.transfer.refusals import DiscountTooLarge, PremiumTooHigh


@dataclass(frozen=True)
class Price:
    """Fen, but for what is named otherwise. The seller gets `net_fen`, the buyer `maturity_fen` at the end."""

    part_fen: int
    premium_bp: int
    clean_fen: int
    accrued_fen: int
    price_fen: int
    fee_fen: int
    net_fen: int
    maturity_fen: int
    days_left: int
    yield_percent: Decimal
    dearest_premium_bp: int
    most_discount_bp: int


def maturity_fen(lot: FixedHolding, part_fen: int) -> int:
    return part_fen + at_end_fen(terms.promised(lot), part_fen)


def priced(lot: FixedHolding, *, part_fen: int, premium_bp: int, at: datetime) -> Price:
    """The price today. Raises PremiumTooHigh and DiscountTooLarge, which say how much may be asked and let off."""
    today, most, deposit = local_day(at), cap(PREMIUM, at), terms.promised(lot)
    let_off = cap(DISCOUNT, at)
    accrued, end = accrued_fen(deposit, part_fen, today), maturity_fen(lot, part_fen)
    dearest = dearest_premium_bp(principal_fen=part_fen, accrued_fen=accrued, maturity_fen=end, most_premium_bp=most)
    price = price_fen(principal_fen=part_fen, premium_bp=premium_bp, accrued_fen=accrued)
    try:
        require_bounded(premium_bp=premium_bp, most_discount_bp=let_off)
        require_fair(premium_bp=premium_bp, most_premium_bp=most, price_fen=price, maturity_fen=end)
    except DiscountRefused as refused:
        raise DiscountTooLarge(field="premium_bp", most_bp=let_off) from refused
    except PriceRefused as refused:
        raise PremiumTooHigh(field="premium_bp", most_bp=dearest) from refused
    shares, left = sale(price_fen=price, rate_bp=cap(FEE, at)), days_left(lot.matures_on, today)
    return Price(
        part_fen=part_fen,
        premium_bp=premium_bp,
        clean_fen=clean_price_fen(principal_fen=part_fen, premium_bp=premium_bp),
        accrued_fen=accrued,
        price_fen=price,
        fee_fen=shares.fee_fen,
        net_fen=shares.net_fen,
        maturity_fen=end,
        days_left=left,
        yield_percent=yield_percent(price_fen=price, maturity_fen=end, days_left=left, basis=DayCount(lot.day_count)),
        dearest_premium_bp=dearest,
        most_discount_bp=let_off,
    )


def days_left(matures_on: date, today: date) -> int:
    """At least one, so that a yield can be said."""
    return max((matures_on - today).days, 1)


@dataclass(frozen=True)
class Today:
    """What an open offer costs today."""

    accrued_fen: int
    price_fen: int
    days_left: int
    yield_percent: Decimal


def today_of(offer: TransferOffer, at: datetime) -> Today | None:
    """None once it is over."""
    if not offer.is_open:
        return None
    today, lot = local_day(at), offer.holding
    accrued = accrued_fen(terms.promised(lot), offer.part_fen, today)
    price = price_fen(principal_fen=offer.part_fen, premium_bp=offer.premium_bp, accrued_fen=accrued)
    left = days_left(offer.matures_on, today)
    percent = yield_percent(price_fen=price, maturity_fen=offer.maturity_fen, days_left=left, basis=DayCount(offer.day_count))
    return Today(accrued, price, left, percent)
