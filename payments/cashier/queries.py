"""Reads of orders, their attempts and legs."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from core.batches import batches
from core.clock.queries import start_of_day
from core.errors import NotFound
from payments.cashier import sockets
from payments.cashier.models import FundingLeg, MethodOrder, PaymentAttempt, PaymentOrder
from payments.cashier.states import KEPT, UNPAID, AttemptState, LegState, OrderState, PaymentResult
from payments.channels import queries as channels
from payments.merchants import queries as merchants

FACTORS_MOST = 2
UNDER_WAY = (OrderState.PAYING, OrderState.CLOSING, OrderState.PAID_LATE, OrderState.REFUNDING, OrderState.TO_MANUAL)
"""Money of a payer is on its way, one way or the other."""


def order(order_id: uuid.UUID) -> PaymentOrder:
    """Raises NotFound."""
    found = PaymentOrder.objects.filter(pk=order_id).first()
    if found is None:
        raise NotFound()
    return found


def order_for(payee: str, payee_order_id: uuid.UUID) -> PaymentOrder:
    """The order a payee's own order is paid by. Raises NotFound."""
    found = PaymentOrder.objects.filter(payee=payee, payee_order_id=payee_order_id).first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """A paid order as a settlement needs it."""

    id: uuid.UUID
    merchant_id: uuid.UUID
    journal_id: uuid.UUID
    out_trade_no: str
    amount_fen: int
    fee_fen: int
    to_split: bool


def paid_orders(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PaidOrder]:
    """Those of many orders that are paid, in one query a few thousand of them."""
    paid = PaymentOrder.objects.filter(state__in=KEPT).values_list(
        "id", "merchant_id", "journal_id", "out_trade_no", "amount_fen", "fee_fen", "to_split"
    )
    rows = (row for some in batches(list(order_ids)) for row in paid.filter(pk__in=some))
    return {
        order: PaidOrder(order, merchant, journal, number, amount, fee, split)
        for order, merchant, journal, number, amount, fee, split in rows
        if journal is not None and merchant is not None
    }


def to_split(order_ids: Collection[uuid.UUID]) -> list[PaymentOrder]:
    """Those of many orders that are paid and to be split, in one query a few thousand of them."""
    flagged = PaymentOrder.objects.filter(state__in=KEPT, to_split=True)
    return [row for some in batches(list(order_ids)) for row in flagged.filter(pk__in=some)]


def paid_between(merchant_id: uuid.UUID, since: datetime, until: datetime) -> QuerySet[PaymentOrder]:
    """A merchant's orders paid from `since` on and before `until`, in that order."""
    return PaymentOrder.objects.filter(merchant_id=merchant_id, paid_at__gte=since, paid_at__lt=until).order_by("paid_at", "id")


def payable_by(customer_id: uuid.UUID, order_id: uuid.UUID) -> PaymentOrder:
    """An order as a customer may see it: one that nobody has begun to pay, or their own. Raises NotFound."""
    visible = PaymentOrder.objects.filter(Q(payer_id=customer_id) | Q(payer=None), pk=order_id)
    found = visible.select_related("merchant").first()
    if found is None:
        raise NotFound()
    return found


def paid_by(customer_id: uuid.UUID) -> QuerySet[PaymentOrder]:
    """The orders a customer began to pay."""
    return PaymentOrder.objects.filter(payer_id=customer_id)


def method_order(customer_id: uuid.UUID) -> list[tuple[str, str]]:
    """The customer's order of methods (source, ref); empty when they chose none."""
    kept = MethodOrder.objects.filter(pk=customer_id).first()
    return kept.named if kept else []


def by_number(merchant_id: uuid.UUID, app_id: uuid.UUID, out_trade_no: str) -> PaymentOrder | None:
    return PaymentOrder.objects.filter(merchant_id=merchant_id, app_id=app_id, out_trade_no=out_trade_no).first()


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(merchant_id=merchant_id)


def dated(rows: QuerySet[PaymentOrder], *, day: date | None, states: Collection[str]) -> QuerySet[PaymentOrder]:
    """Those of `rows` made on a Shanghai day (any without one), in one of `states` (any when empty)."""
    if day is not None:
        rows = rows.filter(created_at__gte=start_of_day(day), created_at__lt=start_of_day(day + timedelta(days=1)))
    return rows.filter(state__in=states) if states else rows


def attempt(attempt_id: uuid.UUID) -> PaymentAttempt:
    return PaymentAttempt.objects.select_related("order").get(pk=attempt_id)


def own_attempt(customer_id: uuid.UUID, attempt_id: uuid.UUID) -> PaymentAttempt:
    """Raises NotFound."""
    found = PaymentAttempt.objects.select_related("order").filter(customer_id=customer_id, pk=attempt_id).first()
    if found is None:
        raise NotFound()
    return found


def open_attempt(order_id: uuid.UUID) -> PaymentAttempt | None:
    """The attempt an order that is `paying` or `closing` waits for."""
    return PaymentAttempt.objects.filter(order_id=order_id, state=AttemptState.OPEN).first()


def waits_for(leg_id: uuid.UUID, request_id: uuid.UUID) -> bool:
    """Whether an order waits for this request of its leg to be paid: not one that is being closed, nor one that is over."""
    waiting = FundingLeg.objects.filter(pk=leg_id, request_id=request_id)
    return waiting.filter(attempt__state=AttemptState.OPEN, order__state=OrderState.PAYING).exists()


def subject_of(leg_id: uuid.UUID) -> str:
    """What the order of a leg is for, as its payer reads it."""
    return FundingLeg.objects.values_list("order__subject", flat=True).get(pk=leg_id)


@dataclass(frozen=True)
class Action:
    """What a payer has to do outside: `kind` (scan, invoke, confirm, redirect) and with what."""

    kind: str
    value: str = field(repr=False)


def action_of(attempt: PaymentAttempt, at: datetime) -> Action | None:
    """What an attempt (with its order) waits for its payer to do; None once it is over, or its order is being closed."""
    order = attempt.order
    if attempt.state != AttemptState.OPEN or order.state != OrderState.PAYING or order.expires_at <= at or attempt.request_id is None:
        return None
    request = channels.request(attempt.request_id)
    return None if request.done or not request.action_url else Action(request.action, request.action_url)


def is_attended(attempt_id: uuid.UUID) -> bool:
    """Whether the payer of an attempt has to act outside."""
    legs = FundingLeg.objects.filter(attempt_id=attempt_id, external=True)
    return any(sockets.is_attended(source) for source in legs.values_list("source", flat=True))


def attempts(order_id: uuid.UUID) -> list[PaymentAttempt]:
    return list(PaymentAttempt.objects.filter(order_id=order_id).order_by("number"))


def attempts_from(order_id: uuid.UUID, chosen: Collection[tuple[str, str]]) -> list[PaymentAttempt]:
    """The order's attempts whose external leg was one of `chosen` (source and ref)."""
    legs = FundingLeg.objects.filter(order_id=order_id, external=True).select_related("attempt")
    return [leg.attempt for leg in legs if (leg.source, leg.ref) in chosen]


def factors_asked(attempts: Collection[PaymentAttempt]) -> int:
    """How many factors a next try must be proven by, since a channel refused one of these for want of a stronger proof: one more than
    it had, two at most. 0 when none was refused so."""
    refused = {row.request_id: row.factors for row in attempts if row.state == AttemptState.FAILED and row.request_id is not None}
    if not refused:
        return 0
    return max((min(refused[request_id] + 1, FACTORS_MOST) for request_id in channels.stepped_up(list(refused))), default=0)


def result(attempt: PaymentAttempt, asked: int) -> str:
    """What the payer waits for, in one word. `asked`: `factors_asked` of the attempt."""
    return PaymentResult.NEEDS_STEP_UP if asked else attempt.result


def legs(attempt_id: uuid.UUID) -> list[FundingLeg]:
    return list(FundingLeg.objects.filter(attempt_id=attempt_id).order_by("position"))


def legs_of_order(order_id: uuid.UUID) -> list[FundingLeg]:
    """The legs of all its attempts, in order."""
    return list(FundingLeg.objects.filter(order_id=order_id).order_by("attempt_id", "position"))


def paid_legs(order_id: uuid.UUID) -> list[FundingLeg]:
    """What an order was paid from."""
    return list(FundingLeg.objects.filter(order_id=order_id, state=LegState.COMMITTED).order_by("position"))


def late_leg(order_id: uuid.UUID) -> FundingLeg:
    """The external leg of an order that succeeded late."""
    return FundingLeg.objects.get(order_id=order_id, external=True, state=LegState.COMMITTED)


def open_with_card(card: str) -> int:
    """How many legs with a card (its public id) are not over, a late one on its way back included."""
    waiting = FundingLeg.objects.filter(ref=card, state__in=[LegState.HELD, LegState.UNKNOWN]).count()
    late = PaymentOrder.objects.filter(state__in=[OrderState.PAID_LATE, OrderState.REFUNDING, OrderState.TO_MANUAL]).values("id")
    return waiting + FundingLeg.objects.filter(order_id__in=late, ref=card).count()


def open_of_customer(customer_id: uuid.UUID) -> int:
    """How many orders of a customer have money on its way."""
    waiting = PaymentAttempt.objects.filter(customer_id=customer_id, state__in=[AttemptState.OPEN, AttemptState.GIVEN_UP]).count()
    return waiting + paid_by(customer_id).filter(state__in=[OrderState.PAID_LATE, OrderState.REFUNDING, OrderState.TO_MANUAL]).count()


def under_way(merchant_id: uuid.UUID) -> int:
    """How many orders of a merchant are being paid, or given back."""
    return of_merchant(merchant_id).filter(state__in=UNDER_WAY).count()


def overdue(shard: int, at: datetime) -> QuerySet[PaymentOrder, uuid.UUID]:
    due = PaymentOrder.objects.filter(shard=shard, state__in=UNPAID, expires_at__lte=at)
    return due.order_by("expires_at", "id").values_list("id", flat=True)


def stuck_closing(shard: int, before: datetime) -> QuerySet[PaymentOrder, uuid.UUID]:
    """Orders whose closing nobody ended: their process died."""
    stuck = PaymentOrder.objects.filter(shard=shard, state=OrderState.CLOSING, changed_at__lte=before)
    return stuck.order_by("changed_at", "id").values_list("id", flat=True)


def unplaced_refunds(shard: int, before: datetime) -> QuerySet[PaymentOrder, uuid.UUID]:
    """Late successes whose refund nobody has asked the channel for."""
    waiting = PaymentOrder.objects.filter(shard=shard, state=OrderState.PAID_LATE, changed_at__lte=before)
    return waiting.order_by("changed_at", "id").values_list("id", flat=True)


def due_shards(at: datetime, *, waited: timedelta) -> list[tuple[str, int]]:
    """Which sweeps have something to do on which shards."""
    due: dict[str, QuerySet[PaymentOrder, Any]] = {
        "expire_orders": PaymentOrder.objects.filter(state__in=UNPAID, expires_at__lte=at),
        "close_orders": PaymentOrder.objects.filter(state=OrderState.CLOSING, changed_at__lte=at - waited),
        "place_refunds": PaymentOrder.objects.filter(state=OrderState.PAID_LATE, changed_at__lte=at - waited),
    }
    return [(name, shard) for name, rows in due.items() for shard in sorted(set(rows.values_list("shard", flat=True).order_by()))]


def waiting_for_bank(before: datetime) -> QuerySet[PaymentOrder]:
    """Orders whose payment or closing the bank has not answered since `before`."""
    return PaymentOrder.objects.filter(state__in=[OrderState.PAYING, OrderState.CLOSING], changed_at__lte=before)


def going_back() -> QuerySet[PaymentOrder]:
    """Late successes on their way back."""
    return PaymentOrder.objects.filter(state__in=[OrderState.PAID_LATE, OrderState.REFUNDING])


def by_hand_now() -> QuerySet[PaymentOrder]:
    """Late successes that no channel would take back: an operator's turn."""
    return PaymentOrder.objects.filter(state=OrderState.TO_MANUAL)


def of_attempt(attempt_id: uuid.UUID) -> QuerySet[PaymentAttempt, uuid.UUID]:
    """The id of an attempt's order."""
    return PaymentAttempt.objects.filter(pk=attempt_id).values_list("order_id", flat=True)


def paid_by_scene(since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """(scene, orders, fen) of what was paid from `since` on and before `until`: one look into payments_order_paid_on a merchant."""
    paid = PaymentOrder.objects.filter(merchant_id__in=merchants.every_id(), paid_at__gte=since, paid_at__lt=until)
    return list(paid.order_by().values_list("scene").annotate(Count("id"), Sum("amount_fen")))


def attempts_made(since: datetime, until: datetime) -> QuerySet[PaymentAttempt]:
    """The attempts begun from `since` on and before `until`."""
    return PaymentAttempt.objects.filter(created_at__gte=since, created_at__lt=until)
