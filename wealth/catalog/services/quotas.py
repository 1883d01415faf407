"""What is left to sell: in all, a trade date, and a person. Each is one guarded statement, so that a hundred at once sell no more."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from core.errors import DomainError
from core.ids import new_id, shard_of
from core.limits import services as limits
from core.limits.services import LimitReached
from wealth.catalog.models import TOTAL, Product, ProductVersion, QuotaHold

LIFE = "life"
TAKE = """
INSERT INTO wealth_quotause AS kept (id, product_id, period, used_fen)
SELECT %(id)s, %(product)s, %(period)s, %(amount)s WHERE %(amount)s::bigint <= %(quota)s::bigint
ON CONFLICT (product_id, period) DO UPDATE SET used_fen = kept.used_fen + EXCLUDED.used_fen
WHERE kept.used_fen + EXCLUDED.used_fen <= %(quota)s::bigint
RETURNING used_fen
"""
GIVE_BACK = """
UPDATE wealth_quotause SET used_fen = used_fen - %(amount)s
WHERE product_id = %(product)s AND period = %(period)s
"""
LEFT = "SELECT coalesce((SELECT used_fen FROM wealth_quotause WHERE product_id = %s AND period = %s), 0)"
MOST = 2**62


class QuotaUsedUp(DomainError):
    """Fen."""

    code = "product_quota_used_up"
    en = "There are {left_fen} fen left of this product. Order at most that, or choose another one."
    zh = "该产品剩余额度为 {left_fen} 分,请减少金额或选择其他产品。"


class DayQuotaUsedUp(DomainError):
    """Fen."""

    code = "product_day_quota_used_up"
    en = "There are {left_fen} fen left of this product for {day}. Order at most that, or come back for the next trading day."
    zh = "该产品 {day} 剩余额度为 {left_fen} 分,请减少金额或在下一交易日再来。"


class PersonCapReached(DomainError):
    """Fen."""

    code = "product_person_cap_reached"
    en = "One person may buy {cap_fen} fen of this product; you have {left_fen} left."
    zh = "该产品每人限购 {cap_fen} 分,您还可购买 {left_fen} 分。"


class QuotaNotHeld(DomainError):
    code = "product_quota_not_held"
    en = "What this order held of the product's quota was given back. Order again."
    zh = "该订单占用的产品额度已释放,请重新下单。"


def person_counter(product_id: uuid.UUID) -> str:
    """What one person bought of one product, less what was given back."""
    return f"wealth.person:{product_id.hex}"


@transaction.atomic
def take(
    *,
    product_id: uuid.UUID,
    version: ProductVersion,
    customer_id: uuid.UUID,
    order_id: uuid.UUID,
    amount_fen: int,
    on: date,
    at: datetime,
) -> QuotaHold:
    """Take `amount_fen` of the quotas for an order of trade date `on`; the same order again answers what it holds. Rows stay locked to the
    end of the transaction: the product's total, its day, the person. Raises QuotaUsedUp, DayQuotaUsedUp, PersonCapReached."""
    earlier = QuotaHold.objects.filter(pk=order_id).first()
    if earlier is not None:
        return earlier
    quota = version.total_quota_fen
    if not counted(product_id, TOTAL, amount_fen, quota):
        raise QuotaUsedUp(field="amount", left_fen=left_fen(product_id, TOTAL, quota))
    quota = version.daily_quota_fen
    if not counted(product_id, on.isoformat(), amount_fen, quota):
        left = left_fen(product_id, on.isoformat(), quota)
        raise DayQuotaUsedUp(field="amount", left_fen=left, day=on.isoformat())
    count_person(product_id, version.person_cap_fen, customer_id, amount_fen)
    return QuotaHold.objects.create(
        order_id=order_id,
        product_id=product_id,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        day=on,
        amount_fen=amount_fen,
        created_at=at,
    )


def counted(product_id: uuid.UUID, period: str, amount_fen: int, quota_fen: int | None) -> bool:
    """What has no quota is counted too: one may come with the next version."""
    values: dict[str, Any] = {
        "id": new_id(),
        "product": product_id,
        "period": period,
        "amount": amount_fen,
        "quota": MOST if quota_fen is None else quota_fen,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        return cursor.fetchone() is not None


def left_fen(product_id: uuid.UUID, period: str, quota_fen: int | None) -> int:
    assert quota_fen is not None
    with connection.cursor() as cursor:
        cursor.execute(LEFT, (product_id, period))
        return max(quota_fen - int(cursor.fetchone()[0]), 0)


def count_person(product_id: uuid.UUID, cap_fen: int | None, customer_id: uuid.UUID, amount_fen: int) -> None:
    most = MOST if cap_fen is None else cap_fen
    try:
        limits.take(counter=person_counter(product_id), owner=customer_id, period=LIFE, amount=amount_fen, cap=most)
    except LimitReached as reached:
        left = reached.members["remaining"]
        assert isinstance(left, int)
        raise PersonCapReached(field="amount", cap_fen=most, left_fen=left) from reached


def take_person(*, product: Product, customer_id: uuid.UUID, amount_fen: int) -> None:
    """Count what a person takes over from another, of a product as it is sold now: it takes of no quota. Raises PersonCapReached."""
    count_person(product.pk, product.current.person_cap_fen if product.current else None, customer_id, amount_fen)


def give_back_person(*, product_id: uuid.UUID, customer_id: uuid.UUID, amount_fen: int) -> None:
    """What was taken over comes to nothing."""
    limits.give_back(counter=person_counter(product_id), owner=customer_id, period=LIFE, amount=amount_fen)


@transaction.atomic
def give_back(*, order_id: uuid.UUID, at: datetime) -> bool:
    """Free what an order took, once. False when it took nothing, or gave it back before."""
    hold = QuotaHold.objects.select_for_update(of=("self",)).filter(pk=order_id, given_back_at=None).first()
    if hold is None:
        return False
    QuotaHold.objects.filter(pk=order_id).update(given_back_at=at)
    with connection.cursor() as cursor:
        for period in (TOTAL, hold.day.isoformat()):
            cursor.execute(GIVE_BACK, {"product": hold.product_id, "amount": hold.amount_fen, "period": period})
    give_back_person(product_id=hold.product_id, customer_id=hold.customer_id, amount_fen=hold.amount_fen)
    return True


def require_held(*, order_id: uuid.UUID) -> None:
    """Raises QuotaNotHeld unless the order still holds what it took; it goes on holding it to the end of the transaction."""
    if not QuotaHold.objects.select_for_update(of=("self",)).filter(pk=order_id, given_back_at=None).exists():
        raise QuotaNotHeld()
