"""Reads of orders."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform

from core.clock.queries import local_day
from core.errors import NotFound
from core.limits import queries as limits
from wealth.orders.models import WealthOrder
from wealth.orders.states import GOES_BACK, LATE, OPEN, UNPAID, WITH_ISSUER, OrderState, Side

FAST = "wealth.fast"

__all__ = ["WealthOrder"]


def own(customer_id: UUID) -> QuerySet[WealthOrder]:
    """A customer's orders with what they are of."""
    return WealthOrder.objects.filter(customer_id=customer_id).select_related("product", "version__product")


def own_order(customer_id: UUID, order_id: UUID) -> WealthOrder:
    """Raises NotFound."""
    found = own(customer_id).filter(pk=order_id).first()
    if found is None:
        raise NotFound()
    return found


def unpaid_of(customer_id: UUID) -> QuerySet[WealthOrder]:
    """A customer's purchases that wait to be paid."""
    return WealthOrder.objects.filter(customer_id=customer_id, side=Side.BUY, state__in=UNPAID)


def order(order_id: UUID) -> WealthOrder:
    """Raises NotFound."""
    found = WealthOrder.objects.select_related("product", "version__product").filter(pk=order_id).first()
    if found is None:
        raise NotFound()
    return found


def of_cashier(cashier_order_id: UUID) -> WealthOrder | None:
    return WealthOrder.objects.select_related("product", "version").filter(cashier_order_id=cashier_order_id).first()


def fast_counter(product_id: UUID) -> str:
    """What one customer takes out of one product at once, a natural day."""
    return f"{FAST}:{product_id.hex}"


def fast_used_fen(customer_id: UUID, product_id: UUID, at: datetime) -> int:
    """What a customer took out of a product at once today."""
    return limits.used(counter=fast_counter(product_id), owner=customer_id, period=local_day(at).isoformat())


def fast_used_of(customer_id: UUID, product_ids: Collection[UUID], at: datetime) -> dict[UUID, int]:
    """The same of several products, in one query."""
    day, counters = local_day(at).isoformat(), {fast_counter(product_id): product_id for product_id in product_ids}
    used = limits.used_by(owners=[customer_id], kinds=[(counter, day) for counter in counters])
    return {counters[counter]: fen for (_, counter, _), fen in used.items()}


def paying_leg(leg_id: UUID) -> WealthOrder | None:
    """The redemption that pays a leg at the cashier."""
    return WealthOrder.objects.select_related("product", "version").filter(leg_id=leg_id, side=Side.REDEEM).first()


def was_paid_out(customer_id: UUID) -> bool:
    """Whether any redemption of this customer was paid to them. Under the customer's lock nobody pays another meanwhile."""
    return WealthOrder.objects.filter(customer_id=customer_id, leg_id=None, cash_journal_id__isnull=False).exists()


def open_of(customer_id: UUID) -> QuerySet[WealthOrder]:
    """What somebody still owes a step on."""
    return WealthOrder.objects.filter(Q(state__in=OPEN) | Q(due_at__isnull=False), customer_id=customer_id)


def due(shard: int, at: datetime) -> QuerySet[WealthOrder, UUID]:
    rows = WealthOrder.objects.filter(shard=shard, due_at__lte=at)
    return rows.order_by("due_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    """Shards with a step to take."""
    return sorted(WealthOrder.objects.filter(due_at__lte=at).order_by().values_list("shard", flat=True).distinct())


def overdue(at: datetime) -> QuerySet[WealthOrder]:
    """Orders whose step should have been taken long ago, or is tried again and again (an operator is asked of those)."""
    tried = Q(state__in=[OrderState.PAID, OrderState.UNITS_FROZEN], cut_at__lte=at - LATE) & ~Q(side=Side.REDEEM, leg_id__isnull=False)
    tried |= Q(state__in=GOES_BACK, due_at__isnull=False, changed_at__lte=at - LATE)
    return WealthOrder.objects.filter(Q(due_at__lte=at - LATE) | tried)


def unconfirmed(at: datetime) -> QuerySet[WealthOrder]:
    """Orders that the issuer should have confirmed by the day that was shown."""
    return WealthOrder.objects.filter(state__in=WITH_ISSUER, confirms_on__lt=local_day(at))


SETTLING = """
SELECT coalesce(sum(
    CASE WHEN side = 'buy' THEN amount_fen WHEN state = 'confirmed' THEN amount_fen - fee_fen ELSE -units_fen END), 0)::bigint
FROM wealth_wealthorder WHERE customer_id = %(customer)s AND (
    (side = 'buy' AND state = ANY(%(kept)s) AND pay_journal_id IS NOT NULL)
    OR (side = 'redeem' AND ((state = 'confirmed' AND NOT fast) OR state = 'fast_paid')))
"""
PAID_AND_OPEN = [OrderState.PAID, OrderState.SUBMITTED, OrderState.REFUNDING, *GOES_BACK]


def settling_fen(customer_id: UUID) -> int:
    """What is on its way between a customer's wallet and products: purchases that are paid and neither confirmed nor refunded, and
    confirmed redemptions that are not paid out, less units that were paid out at once and are not taken yet."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLING, {"customer": customer_id, "kept": [state.value for state in PAID_AND_OPEN]})
        [(fen,)] = cursor.fetchall()
    return int(fen)


def advanced() -> dict[UUID, int]:
    """By product, what was paid out at once and its issuer has not confirmed yet."""
    rows = WealthOrder.objects.filter(state=OrderState.FAST_PAID).order_by().values_list("product_id")
    return {product_id: int(fen) for product_id, fen in rows.annotate(fen=Sum("units_fen"))}


@dataclass(frozen=True)
class Pledged:
    """What is paid for a product and kept, and by how many customers."""

    fen: int
    customers: int


KEPT = (OrderState.PAID, OrderState.SUBMITTED, OrderState.CONFIRMED, OrderState.EARNING)


def pledged(product_ids: Collection[UUID]) -> dict[UUID, Pledged]:
    """By product, purchases that are paid and did not come to nothing, in one query."""
    rows = WealthOrder.objects.filter(product_id__in=product_ids, side=Side.BUY, state__in=KEPT).order_by().values_list("product_id")
    found = rows.annotate(fen=Sum("amount_fen"), customers=Count("customer_id", distinct=True))
    return {product_id: Pledged(int(fen), customers) for product_id, fen, customers in found}


def booked_fen(product_id: UUID) -> int:
    """What the confirmed purchases of a product come to."""
    rows = WealthOrder.objects.filter(product_id=product_id, side=Side.BUY, state__in=[OrderState.CONFIRMED, OrderState.EARNING])
    return int(rows.aggregate(fen=Sum("amount_fen", default=0))["fen"])


def undecided(product_id: UUID) -> QuerySet[WealthOrder, UUID]:
    """Paid purchases of a product that the room of its kind has not decided."""
    rows = WealthOrder.objects.filter(product_id=product_id, own=True, state__in=[OrderState.PAID, OrderState.SUBMITTED])
    return rows.order_by("created_at", "id").values_list("id", flat=True)


def unpaid(product_id: UUID) -> bool:
    """Whether a purchase of a product may still be paid."""
    return WealthOrder.objects.filter(product_id=product_id, side=Side.BUY, state__in=UNPAID).exists()


def asked_along(product_ids: Collection[UUID], name: str) -> dict[str, int]:
    """How many purchases that are open or kept ask along each value of `details[name]`."""
    rows = WealthOrder.objects.filter(product_id__in=product_ids, side=Side.BUY, state__in=[*UNPAID, *KEPT])
    named = rows.order_by().annotate(named=KeyTextTransform(name, "details")).filter(named__isnull=False)
    return dict(named.values_list("named").annotate(count=Count("id")))
