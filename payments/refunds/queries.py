"""Reads of refunds."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from core.errors import NotFound
from payments.merchants import queries as merchants
from payments.refunds.models import Refund, RefundPart
from payments.refunds.states import OPEN, RefundState


def refund(refund_id: uuid.UUID) -> Refund:
    """Raises NotFound."""
    found = Refund.objects.filter(pk=refund_id).first()
    if found is None:
        raise NotFound()
    return found


def by_number(merchant_id: uuid.UUID, app_id: uuid.UUID, out_refund_no: str) -> Refund | None:
    """The refund an app knows as `out_refund_no`."""
    return Refund.objects.filter(merchant_id=merchant_id, app_id=app_id, out_refund_no=out_refund_no).first()


def of_order(order_id: uuid.UUID) -> QuerySet[Refund]:
    """The refunds of an order, newest first."""
    return Refund.objects.filter(order_id=order_id).order_by("-created_at", "-id")


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[Refund]:
    return Refund.objects.filter(merchant_id=merchant_id)


def of_payer(customer_id: uuid.UUID) -> QuerySet[Refund]:
    return Refund.objects.filter(payer_id=customer_id)


def parts(refund_id: uuid.UUID) -> list[RefundPart]:
    """What a refund takes of which leg, in the order of the legs."""
    return list(RefundPart.objects.filter(refund_id=refund_id).select_related("leg").order_by("leg__position"))


def asked_parts(order_id: uuid.UUID) -> list[uuid.UUID]:
    """The parts of an order's refunds that channels had to give back."""
    return list(RefundPart.objects.filter(refund__order_id=order_id, asked=True).values_list("id", flat=True))


def parts_of(refund_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[RefundPart]]:
    """The parts of several refunds, in one query."""
    found: dict[uuid.UUID, list[RefundPart]] = {refund_id: [] for refund_id in refund_ids}
    for part in RefundPart.objects.filter(refund_id__in=found).select_related("leg").order_by("refund_id", "leg__position"):
        found[part.refund_id].append(part)
    return found


def on_the_way(order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Leg to what of it is on its way back."""
    waiting = RefundPart.objects.filter(refund__order_id=order_id, refund__state__in=OPEN)
    return dict(waiting.values_list("leg_id").annotate(Sum("amount_fen")).order_by())


def with_fee(order_id: uuid.UUID) -> tuple[int, int]:
    """What of an order was or is being refunded with its fee, and what of the fee went or is going back with it."""
    counted = Refund.objects.filter(~Q(state=RefundState.FAILED), order_id=order_id, fee_returned=True)
    found = counted.aggregate(amount=Sum("amount_fen", default=0), fee=Sum("fee_back_fen", default=0))
    return found["amount"], found["fee"]


def booked(merchant_ids: Collection[uuid.UUID], day: date) -> QuerySet[Refund]:
    """The refunds of several merchants that were booked on a business day: what settlement takes off."""
    return Refund.objects.filter(merchant_id__in=merchant_ids, booked_on=day)


def booked_of(merchant_id: uuid.UUID, day: date) -> QuerySet[Refund]:
    """A merchant's refunds that were booked on a business day, with their orders, in that order."""
    return booked([merchant_id], day).select_related("order").order_by("settled_at", "id")


def under_way(merchant_id: uuid.UUID) -> int:
    """How many refunds of a merchant are not over."""
    return of_merchant(merchant_id).filter(state__in=OPEN).count()


def open_of_payer(customer_id: uuid.UUID) -> int:
    """How many refunds to a customer are not over."""
    return of_payer(customer_id).filter(state__in=OPEN).count()


def unplaced(shard: int, before: datetime) -> QuerySet[Refund, uuid.UUID]:
    """Refunds that no channel was asked for yet."""
    waiting = Refund.objects.filter(shard=shard, state=RefundState.CREATED, changed_at__lte=before)
    return waiting.order_by("changed_at", "id").values_list("id", flat=True)


def due_shards(at: datetime, *, waited: timedelta) -> list[int]:
    """The shards with refunds that no channel was asked for."""
    waiting = Refund.objects.filter(state=RefundState.CREATED, changed_at__lte=at - waited)
    return sorted(set(waiting.values_list("shard", flat=True).order_by()))


def to_manual() -> QuerySet[Refund]:
    """Refunds that a channel refused: an operator's turn."""
    return Refund.objects.filter(state=RefundState.TO_MANUAL)


def waiting_since(before: datetime) -> QuerySet[Refund]:
    """Refunds that wait for their channel since `before`."""
    return Refund.objects.filter(state__in=[RefundState.CREATED, RefundState.PROCESSING], changed_at__lte=before)


def booked_by_asker(day: date) -> list[tuple[str, int, int]]:
    """(who asked, refunds, fen) of what went back on a business day: one look into payments_refund_booked a merchant."""
    rows = Refund.objects.filter(merchant_id__in=merchants.every_id(), booked_on=day).order_by()
    return list(rows.values_list("asked_by").annotate(Count("id"), Sum("amount_fen")))
