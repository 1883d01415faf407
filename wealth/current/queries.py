"""Reads of money funds."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.business_day import queries as business_days
from core.business_day.queries import NoOpenDay
from core.errors import NotFound
from wealth.current.models import CurrentBook, CurrentHolding, CurrentIncome, CurrentQuote, CurrentRun


def holding(customer_id: uuid.UUID, product_id: uuid.UUID) -> CurrentHolding | None:
    """What a customer has of a product; None when they never had any."""
    return CurrentHolding.objects.filter(customer_id=customer_id, product_id=product_id).first()


def own(customer_id: uuid.UUID) -> QuerySet[CurrentHolding]:
    """A customer's holdings, with their products, `total_fen` of income in all and `last_fen` of the last booked day."""
    rows = CurrentHolding.objects.filter(customer_id=customer_id).select_related("product__current", "product__measured")
    of_last = earned(CurrentIncome.objects.filter(holding_id=OuterRef("pk"), day=OuterRef("booked_through")))
    return rows.annotate(total_fen=earned(CurrentIncome.objects.filter(holding_id=OuterRef("pk"))), last_fen=of_last)


def spendable(customer_id: uuid.UUID) -> QuerySet[CurrentHolding]:
    """A customer's holdings with free units of products that pay some of them out at once, with their products."""
    rows = CurrentHolding.objects.filter(customer_id=customer_id, units_fen__gt=F("frozen_fen"), product__current__t0_cap_fen__gt=0)
    return rows.select_related("product__current").order_by("product_id")


def earned(rows: QuerySet[CurrentIncome]) -> Coalesce:
    """Their income in all, beside a holding."""
    summed = rows.order_by().values("holding_id").annotate(fen=Sum("income_fen")).values("fen")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def own_one(customer_id: uuid.UUID, holding_id: uuid.UUID) -> CurrentHolding:
    """Raises NotFound, also for another's."""
    found = own(customer_id).filter(pk=holding_id).first()
    if found is None:
        raise NotFound()
    return found


def days(holding_id: uuid.UUID) -> QuerySet[CurrentIncome]:
    """Every day's income of a holding, reversals too."""
    return CurrentIncome.objects.filter(holding_id=holding_id)


def quote(product_id: uuid.UUID, day: date) -> CurrentQuote | None:
    """The quote of a day that is in force."""
    return CurrentQuote.objects.filter(product_id=product_id, day=day).order_by("-revision").first()


LONG_AGO = date(1970, 1, 1)


def quotes(product_id: uuid.UUID, *, since: date, through: date) -> dict[date, CurrentQuote]:
    """The quotes in force, by day."""
    rows = CurrentQuote.objects.filter(product_id=product_id, day__gte=since, day__lte=through).order_by("day", "revision")
    return {row.day: row for row in rows}


def bookable_through() -> date:
    """The last day whose end of day is done: what was late of it, or revised since, is booked beside the end of day. Long ago where no
    business day was ever opened."""
    waiting = business_days.awaiting_close()
    try:
        return (waiting[0] if waiting else business_days.current()) - timedelta(days=1)
    except NoOpenDay:
        return LONG_AGO


def parts(product_ids: Collection[uuid.UUID] | None = None) -> QuerySet[CurrentBook]:
    rows = CurrentBook.objects.order_by("product_id", "part")
    return rows if product_ids is None else rows.filter(product_id__in=product_ids)


def held_products() -> list[uuid.UUID]:
    """Products that somebody holds, or held."""
    return list(CurrentBook.objects.order_by("product_id").values_list("product_id", flat=True).distinct())


def runs(product_id: uuid.UUID, day: date) -> QuerySet[CurrentRun]:
    return CurrentRun.objects.filter(product_id=product_id, day=day).order_by("part", "booking", "reversal")


def last_quote(product_id: uuid.UUID) -> CurrentQuote | None:
    """The quote in force of the last day that has one."""
    return CurrentQuote.objects.filter(product_id=product_id).order_by("-day", "-revision").first()
