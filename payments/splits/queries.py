"""Reads of receivers, splits and returns, and of what waits for splits to end."""

import uuid
from collections.abc import Collection
from datetime import date

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Greatest

from core.batches import batches
from core.errors import NotFound
from payments.splits.models import Split, SplitOrder, SplitPart, SplitReceiver, SplitReturn
from payments.splits.states import GIVEN_AGAIN, ReceiverState, ReturnCause, SplitOrderState


def receivers(merchant_id: uuid.UUID) -> QuerySet[SplitReceiver]:
    """Newest first."""
    return SplitReceiver.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def receiver(merchant_id: uuid.UUID, receiver_id: uuid.UUID) -> SplitReceiver:
    """Raises NotFound."""
    found = SplitReceiver.objects.filter(merchant_id=merchant_id, pk=receiver_id).first()
    if found is None:
        raise NotFound()
    return found


def usable_receivers(merchant_id: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, SplitReceiver]:
    """Those of `ids` the merchant may split to now."""
    return SplitReceiver.objects.filter(merchant_id=merchant_id, state=ReceiverState.ACTIVE).in_bulk(list(ids))


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[Split]:
    return Split.objects.filter(merchant_id=merchant_id)


def split(merchant_id: uuid.UUID, split_id: uuid.UUID) -> Split:
    """Raises NotFound."""
    found = of_merchant(merchant_id).filter(pk=split_id).first()
    if found is None:
        raise NotFound()
    return found


def by_number(merchant_id: uuid.UUID, app_id: uuid.UUID, out_split_no: str) -> Split | None:
    return Split.objects.filter(merchant_id=merchant_id, app_id=app_id, out_split_no=out_split_no).first()


def of_order(order_id: uuid.UUID) -> list[Split]:
    return list(Split.objects.filter(order_id=order_id).order_by("created_at", "id"))


def parts(split_id: uuid.UUID) -> list[SplitPart]:
    return list(SplitPart.objects.filter(split_id=split_id).select_related("receiver").order_by("position"))


def parts_out(order_id: uuid.UUID) -> list[SplitPart]:
    """What receivers still have of an order, oldest split first."""
    out = SplitPart.objects.filter(order_id=order_id, returned_fen__lt=F("amount_fen"))
    return list(out.select_related("receiver", "split").order_by("split__created_at", "split_id", "position"))


def returns(split_id: uuid.UUID) -> list[SplitReturn]:
    return list(SplitReturn.objects.filter(split_id=split_id).select_related("part__receiver").order_by("created_at", "id"))


def returned_for_refunds(order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Receiver to what they gave back of an order for refunds."""
    rows = SplitReturn.objects.filter(part__order_id=order_id, cause=ReturnCause.REFUND).order_by()
    return dict(rows.values("part__receiver_id").annotate(fen=Sum("amount_fen")).values_list("part__receiver_id", "fen"))


def given_again(order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Receiver to what of that they have again, since refunds were given up."""
    rows = SplitPart.objects.filter(order_id=order_id, split__out_split_no__startswith=GIVEN_AGAIN).order_by()
    return dict(rows.values("receiver_id").annotate(fen=Sum("amount_fen")).values_list("receiver_id", "fen"))


def receivers_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, SplitReceiver]:
    return SplitReceiver.objects.in_bulk(list(ids))


def return_by_number(split_id: uuid.UUID, out_return_no: str) -> SplitReturn | None:
    return SplitReturn.objects.filter(split_id=split_id, out_return_no=out_return_no).first()


def split_order(order_id: uuid.UUID) -> SplitOrder | None:
    return SplitOrder.objects.filter(order_id=order_id).first()


def kept(merchant_ids: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, int]:
    """What of merchants' pending money waits on a day for splits to end: of every open order what is neither split nor going back to
    the payer."""
    waiting = SplitOrder.objects.filter(merchant_id__in=merchant_ids, state=SplitOrderState.OPEN, until__gt=on).order_by()
    left = Greatest(F("net_fen") - F("split_fen") - F("order__refunded_fen") - F("order__refunding_fen"), 0)
    return dict(waiting.values("merchant_id").annotate(fen=Sum(left)).values_list("merchant_id", "fen"))


def overdue(shard: int, on: date) -> QuerySet[SplitOrder, uuid.UUID]:
    """Orders of a shard whose days of splitting are over."""
    due = SplitOrder.objects.filter(shard=shard, state=SplitOrderState.OPEN, until__lte=on)
    return due.order_by("until", "id").values_list("order_id", flat=True)


def due_shards(on: date) -> list[int]:
    due = SplitOrder.objects.filter(state=SplitOrderState.OPEN, until__lte=on)
    return sorted(set(due.values_list("shard", flat=True).order_by()))


def under_way(merchant_id: uuid.UUID) -> int:
    """How many orders of a merchant wait for their splits."""
    return SplitOrder.objects.filter(merchant_id=merchant_id, state=SplitOrderState.OPEN).count()


def to_customer(customer_id: uuid.UUID) -> QuerySet[SplitPart]:
    """What a customer got."""
    return SplitPart.objects.filter(receiver__payee_id=customer_id)


Moved = dict[tuple[uuid.UUID, uuid.UUID], tuple[int, uuid.UUID | None]]


def moved_by(split_ids: Collection[uuid.UUID]) -> Moved:
    """(Merchant, journal) to what the journals of some splits and their returns moved on that merchant's pending account, signed fen,
    and of which of its own orders: a merchant gives, another receives and has no order of it. A few queries some thousands of splits."""
    found: Moved = {}
    for some in batches(sorted(split_ids)):
        given = SplitPart.objects.filter(split__in=some).select_related("split", "receiver")
        for part in given:
            note(found, part, part.split.journal_id, -part.amount_fen)
        for back in SplitReturn.objects.filter(split__in=some).select_related("part__split", "part__receiver"):
            note(found, back.part, back.journal_id, back.amount_fen)
    return found


def note(found: Moved, part: SplitPart, journal_id: uuid.UUID, fen: int) -> None:
    """`fen` to the merchant who split, the opposite to the receiver where it is a merchant too."""
    giver = (part.split.merchant_id, journal_id)
    found[giver] = (found.get(giver, (0, None))[0] + fen, part.order_id)
    payee = part.receiver.payee_merchant_id
    if payee is not None:
        found[payee, journal_id] = (-fen, None)
