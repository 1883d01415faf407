"""Telling customers some days before that a lot matures."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.ids import public_id
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.outbox import services as outbox
from wealth.fixed_term.models import WIDTH, FixedHolding
from wealth.fixed_term.states import LotState

AHEAD = CapKind("wealth.fixed_term_ahead", _("Days before a maturity that its customer is told"), usual=3, most=60, unit=Unit.DAYS)
TOPIC = "wealth.maturity_ahead"


def near_by(day: date, at: datetime) -> date:
    """The last day that is near on the morning after `day`."""
    return day + timedelta(days=1 + cap(AHEAD, at))


def busy(*, day: date, parts: Collection[int], at: datetime) -> set[int]:
    """The parts with somebody to tell."""
    low, high = min(parts) * WIDTH, (max(parts) + 1) * WIDTH
    found = to_tell(day, at).filter(shard__gte=low, shard__lt=high).order_by().values_list("shard", flat=True).distinct()
    return {shard // WIDTH for shard in found} & set(parts)


def to_tell(day: date, at: datetime) -> QuerySet[FixedHolding]:
    """Lots nobody was told of, whose day is near by the morning after `day`."""
    return FixedHolding.objects.filter(
        state=LotState.HELD, ahead_at=None, matures_on__lte=near_by(day, at), matures_on__gt=day + timedelta(days=1)
    )


@transaction.atomic(savepoint=False)
def tell(*, day: date, part: int, at: datetime) -> int:
    """Once a lot, of those whose day is near by the morning after `day`. Returns how many were told."""
    low = part * WIDTH
    mine = to_tell(day, at).filter(shard__gte=low, shard__lt=low + WIDTH)
    found = list(mine.select_for_update(of=("self",), no_key=True).select_related("product").order_by("id"))
    FixedHolding.objects.filter(pk__in=[lot.pk for lot in found]).update(ahead_at=at)
    outbox.publish_all(
        [outbox.announced(topic=TOPIC, owner=lot.customer_id, payload=facts_of(lot), at=at, key=lot.public_id) for lot in found]
    )
    return len(found)


def facts_of(lot: FixedHolding) -> outbox.Payload:
    """What news of one lot tells."""
    return {
        "holding": lot.public_id,
        "customer": public_id("cus", lot.customer_id),
        "product": lot.product.public_id,
        "principal_fen": lot.principal_fen,
        "interest_fen": lot.interest_fen,
        "matures_on": lot.matures_on.isoformat(),
        "instruction": lot.instruction,
        "currency": lot.currency,
    }
