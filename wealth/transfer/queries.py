"""Reads of transfers: the order book, a customer's own, and what was paid."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Floor, Greatest, Least

from accounts.identity import queries as identity
from core.clock.queries import local_day
from core.errors import NotFound
from core.limits.queries import cap
from wealth.catalog.states import DayCountChoice, ProductState
from wealth.transfer.caps import DISCOUNT
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.states import OPEN, OfferState, TradeState

__all__ = ["TransferOffer", "TransferTrade"]


def offers() -> QuerySet[TransferOffer]:
    return TransferOffer.objects.select_related("product", "version", "holding__version__product")


def own(customer_id: UUID) -> QuerySet[TransferOffer]:
    return offers().filter(customer_id=customer_id)


def own_offer(customer_id: UUID, offer_id: UUID) -> TransferOffer:
    """Raises NotFound, also for another's."""
    found = own(customer_id).filter(pk=offer_id).first()
    if found is None:
        raise NotFound()
    return found


def offer(offer_id: UUID) -> TransferOffer:
    """Anybody's. Raises NotFound."""
    found = offers().filter(pk=offer_id).first()
    if found is None:
        raise NotFound()
    return found


def book(at: datetime) -> QuerySet[TransferOffer]:
    """What can be bought now, with `price_now`, `days_now` and `yield_now` (basis points a year) beside it, for filters and sorting. Left
    out: what nobody could reserve, since its seller or its product is stopped, its price is none that may be asked by now, or what has
    accrued has eaten what a buyer would earn."""
    today = local_day(at)
    accrued = Func(
        F("part_fen"),
        F("rate_bp"),
        F("day_count"),
        F("starts_on"),
        Least(Value(today, output_field=DateField()), F("ends_on")),
        F("compounding_months"),
        function="fixed_term_accrued",
        output_field=BigIntegerField(),
    )
    whole = ExpressionWrapper(F("part_fen") * (F("premium_bp") + Value(10_000)), output_field=FloatField())
    rows = offers().filter(state=OfferState.LISTED, ends_at__gt=at, premium_bp__gte=-cap(DISCOUNT, at), customer__in=identity.active())
    rows = rows.exclude(product__state=ProductState.SUSPENDED)
    rows = rows.annotate(
        accrued_now=Least(accrued, F("maturity_fen") - F("part_fen")),
        days_now=Greatest(days_to(today), Value(1), output_field=IntegerField()),
    )
    rows = rows.annotate(price_now=Cast(Floor(whole / Value(10_000.0) + Value(0.5)), BigIntegerField()) + F("accrued_now"))
    gain = Cast(F("maturity_fen") - F("price_now"), FloatField()) / Cast(F("price_now"), FloatField())
    year = Case(When(day_count=DayCountChoice.ACT_365F, then=Value(3_650_000.0)), default=Value(3_600_000.0), output_field=FloatField())
    rows = rows.filter(price_now__lte=F("maturity_fen"))
    return rows.annotate(yield_now=Cast(gain * year / Cast(F("days_now"), FloatField()), IntegerField()))


def days_to(today: date) -> Func:
    return Func(
        F("matures_on"), Value(today, output_field=DateField()), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()
    )


def trades(customer_id: UUID) -> QuerySet[TransferTrade]:
    """What a customer bought or sold."""
    mine = Q(buyer_id=customer_id) | Q(seller_id=customer_id, state=TradeState.SETTLED)
    return TransferTrade.objects.filter(mine).select_related("product", "version")


def bought_by(customer_id: UUID, *, since: datetime) -> tuple[int, int]:
    """How many purchases of a customer wait to be paid, and how many lapsed since."""
    waiting, lapsed = Q(state=TradeState.RESERVED), Q(state=TradeState.LAPSED, changed_at__gte=since)
    counts = TransferTrade.objects.filter(waiting | lapsed, buyer_id=customer_id).aggregate(
        waiting=Count("pk", filter=waiting), lapsed=Count("pk", filter=lapsed)
    )
    return counts["waiting"], counts["lapsed"]


def own_trade(customer_id: UUID, trade_id: UUID) -> TransferTrade:
    """Raises NotFound, also for others'."""
    found = trades(customer_id).filter(pk=trade_id).first()
    if found is None:
        raise NotFound()
    return found


def trade(trade_id: UUID) -> TransferTrade:
    """Raises NotFound."""
    found = TransferTrade.objects.select_related("product", "version").filter(pk=trade_id).first()
    if found is None:
        raise NotFound()
    return found


def settled(product_id: UUID) -> QuerySet[TransferTrade]:
    """What was paid for holdings of a product, the newest first."""
    return TransferTrade.objects.filter(product_id=product_id, state=TradeState.SETTLED)


def open_of(customer_id: UUID) -> bool:
    """Whether a customer offers something, or is about to buy."""
    offered = TransferOffer.objects.filter(customer_id=customer_id, state__in=OPEN).exists()
    return offered or TransferTrade.objects.filter(buyer_id=customer_id, state=TradeState.RESERVED).exists()


def due(shard: int, at: datetime) -> QuerySet[TransferOffer, UUID]:
    rows = TransferOffer.objects.filter(shard=shard, state=OfferState.LISTED, ends_at__lte=at)
    return rows.order_by("ends_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    rows = TransferOffer.objects.filter(state=OfferState.LISTED, ends_at__lte=at)
    return sorted(rows.order_by().values_list("shard", flat=True).distinct())


def of_cashier(cashier_order_id: UUID) -> TransferTrade | None:
    return TransferTrade.objects.select_related("product", "version").filter(cashier_order_id=cashier_order_id).first()
