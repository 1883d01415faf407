"""Products whose days wait for a quote: an operator is asked, and no more once the quote is there."""

import uuid
from datetime import date, datetime, timedelta

import structlog
from django.db.models import Min

from core.ids import public_id
from core.work import services as work
from wealth.catalog.queries import Product
from wealth.current import income, queries
from wealth.current.models import CurrentBook

MISSING = "current.quote_missing"
DAY = timedelta(days=1)
log = structlog.get_logger(__name__)


def ask_for_missing(*, through: date, at: datetime) -> int:
    """Ask for the quotes that days up to `through` wait for; returns how many products wait."""
    waits = missing(through=through)
    for product_id, day in waits.items():
        work.ask(kind=MISSING, target=public_id(Product.PREFIX, product_id), facts={"day": day.isoformat()}, at=at)
        log.error("current_quote_missing", product=public_id(Product.PREFIX, product_id), day=day.isoformat())
    return len(waits)


def missing(*, through: date) -> dict[uuid.UUID, date]:
    """Products that somebody holds and whose next day to book, `through` at the latest, has no quote; with the first such day."""
    behind = CurrentBook.objects.filter(booked_through__lt=through).values("product_id").annotate(last=Min("booked_through"))
    found = {}
    for product_id, last in behind.values_list("product_id", "last").order_by("product_id"):
        day = first_unquoted(product_id, last + DAY, through)
        if day is not None and any(income.waits(book) for book in queries.parts([product_id]).filter(booked_through__lt=day)):
            found[product_id] = day
    return found


def first_unquoted(product_id: uuid.UUID, since: date, through: date) -> date | None:
    quoted = queries.quotes(product_id, since=since, through=through)
    days = (since + DAY * number for number in range((through - since).days + 1))
    return next((day for day in days if day not in quoted), None)


def settle(product_id: uuid.UUID, *, at: datetime) -> None:
    """End the asking for a product that waits no more."""
    target = public_id(Product.PREFIX, product_id)
    if work.is_open(kind=MISSING, target=target) and product_id not in missing(through=queries.bookable_through()):
        work.finish(kind=MISSING, target=target, by="system", at=at)
