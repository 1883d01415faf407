"""What is looked at a second time: prices away from the others, the same two customers again and again, offers withdrawn often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count, F, FloatField, OuterRef, Subquery, Sum
from django.db.models.functions import Abs, Cast, Greatest, Least

from core.limits.queries import cap
from wealth.transfer.caps import OFF_MARKET, SAME_PAIR, WITHDRAWN
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.states import OfferState, TradeState

SPAN = timedelta(days=30)
MOST = 100


@dataclass(frozen=True)
class Pair:
    """Two customers, in the order of their ids, and what they traded with each other either way."""

    one: UUID
    other: UUID
    trades: int
    price_fen: int


@dataclass(frozen=True)
class Withdrawer:
    customer_id: UUID
    offers: int


def off_market(at: datetime) -> Sequence[TransferTrade]:
    """Settled trades of the last days whose premium is far from their product's mean of those days, with `mean_bp`, the furthest first."""
    recent = TransferTrade.objects.filter(state=TradeState.SETTLED, created_at__gt=at - SPAN)
    mean = recent.filter(product=OuterRef("product")).order_by().values("product").annotate(mean=Avg("premium_bp")).values("mean")
    rows = recent.annotate(mean_bp=Subquery(mean, output_field=FloatField()))
    rows = rows.annotate(away_bp=Abs(Cast(F("premium_bp"), FloatField()) - F("mean_bp"))).filter(away_bp__gte=cap(OFF_MARKET, at))
    return list(rows.select_related("product").order_by("-away_bp", "-id")[:MOST])


def same_pairs(at: datetime) -> Sequence[Pair]:
    """Customers who traded with each other that often in the last days, whoever sold."""
    recent = TransferTrade.objects.filter(state=TradeState.SETTLED, created_at__gt=at - SPAN)
    rows = recent.annotate(one=Least("buyer_id", "seller_id"), other=Greatest("buyer_id", "seller_id")).order_by().values("one", "other")
    found = rows.annotate(number=Count("pk"), fen=Sum("price_fen")).filter(number__gte=cap(SAME_PAIR, at)).order_by("-number", "one")
    return [Pair(row["one"], row["other"], row["number"], row["fen"]) for row in found[:MOST]]


def withdrawers(at: datetime) -> Sequence[Withdrawer]:
    """Customers who withdrew that many offers of the last days."""
    rows = TransferOffer.objects.filter(state=OfferState.WITHDRAWN, created_at__gt=at - SPAN).order_by().values("customer_id")
    found = rows.annotate(number=Count("pk")).filter(number__gte=cap(WITHDRAWN, at)).order_by("-number", "customer_id")
    return [Withdrawer(row["customer_id"], row["number"]) for row in found[:MOST]]
