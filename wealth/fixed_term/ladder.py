"""What matures when: open lots by day, week or month and product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.states import OPEN, Instruction

PERIODS = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
PAID_OUT = Q(instruction=Instruction.PAY_OUT)
MOST = 500


@dataclass(frozen=True)
class Rung:
    """Fen of all open lots of a product whose day lies in the period that begins on `since`."""

    since: date
    product_code: str
    lots: int
    principal_fen: int
    interest_fen: int
    rolls: int


def ladder(period: str) -> Sequence[Rung]:
    """The nearest first, MOST rungs at most."""
    rows = FixedHolding.objects.filter(state__in=OPEN).annotate(since=PERIODS[period]("matures_on"))
    summed = rows.values("since", "product__code").annotate(
        lots=Count("pk"), principal=Sum("principal_fen"), interest=Sum("interest_fen"), rolling=Count("pk", filter=~PAID_OUT)
    )
    return [
        Rung(row["since"], row["product__code"], row["lots"], row["principal"], row["interest"], row["rolling"])
        for row in summed.order_by("since", "product__code")[:MOST]
    ]
