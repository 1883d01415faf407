"""What a money fund yields, from its quotes."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from wealth.catalog import queries as catalog
from wealth.catalog.services.yields import record
from wealth.catalog.states import Carry
from wealth.current import queries
from wealth.rules.current import DAYS, seven_day_daily, seven_day_monthly


def seven_day(product_id: uuid.UUID, day: date) -> Decimal | None:
    """Percent a year over the seven natural days up to `day`, by the published formula; None while one of them has no quote."""
    found = queries.quotes(product_id, since=day - timedelta(days=DAYS - 1), through=day)
    incomes = [quote.income_per_10k for quote in found.values()]
    if len(incomes) < DAYS:
        return None
    carry = catalog.current_version(catalog.product(product_id)).carry
    return seven_day_monthly(incomes) if carry == Carry.MONTHLY else seven_day_daily(incomes)


def shown(product_id: uuid.UUID) -> tuple[date, Decimal | None, Decimal] | None:
    """The last quoted day, its seven-day yield (the issuer's own word where it gave one) and its income per 10,000 units."""
    quote = queries.last_quote(product_id)
    if quote is None:
        return None
    return quote.day, quote.seven_day if quote.seven_day is not None else seven_day(product_id, quote.day), quote.income_per_10k


def tell(product_id: uuid.UUID, *, at: datetime) -> None:
    """Give the catalogue what the product yields now."""
    found = shown(product_id)
    if found is not None:
        as_of, percent, income = found
        record(product_id=product_id, as_of=as_of, seven_day_percent=percent, income_per_10k=income, at=at)
