"""Reads of billers, saved accounts and payments of bills."""

import re
import uuid
from datetime import date, datetime

from django.db.models import Q, QuerySet

from core.clock.queries import local_day, start_of_day
from core.crypto.blind_index import blind_index
from core.errors import DomainError, Invalid, NotFound
from payments.bills.models import ACCOUNT_LENGTH, BillAccount, Biller, BillPayment
from payments.bills.states import OPEN, BillState


class BillerClosed(DomainError):
    code = "biller_closed"
    en = "Bills of this biller are not paid here now. Pay it directly."
    zh = "暂不支持该机构的缴费,请直接向其缴纳。"


def billers(category: str = "") -> QuerySet[Biller]:
    """Those that are open, by name."""
    rows = Biller.objects.filter(open=True)
    return (rows.filter(category=category) if category else rows).order_by("category", "name_en", "id")


def biller(biller_id: uuid.UUID) -> Biller:
    """Raises NotFound."""
    found = Biller.objects.select_related("app").filter(pk=biller_id).first()
    if found is None:
        raise NotFound()
    return found


def open_biller(biller_id: uuid.UUID) -> Biller:
    """Raises NotFound, BillerClosed."""
    found = biller(biller_id)
    if not found.open:
        raise BillerClosed()
    return found


def account_number(biller: Biller, text: str) -> str:
    """An account number in its normal form. Raises Invalid."""
    number = text.strip().replace(" ", "").upper()
    if len(number) > ACCOUNT_LENGTH or not re.fullmatch(biller.account_format, number):
        raise Invalid("account_no", biller.account_hint_en, biller.account_hint_zh)
    return number


def account_index(number: str) -> bytes:
    return blind_index(number, purpose="bill_account")


def accounts(customer_id: uuid.UUID) -> QuerySet[BillAccount]:
    """A customer's saved accounts, newest first."""
    return BillAccount.objects.filter(customer_id=customer_id).select_related("biller").order_by("-created_at", "-id")


def account(customer_id: uuid.UUID, account_id: uuid.UUID) -> BillAccount:
    """Raises NotFound, also for another's."""
    found = accounts(customer_id).filter(pk=account_id).first()
    if found is None:
        raise NotFound()
    return found


def payments(customer_id: uuid.UUID) -> QuerySet[BillPayment]:
    """A customer's payments of bills, newest first."""
    return BillPayment.objects.filter(customer_id=customer_id).select_related("biller").order_by("-created_at", "-id")


def own_payment(customer_id: uuid.UUID, payment_id: uuid.UUID) -> BillPayment:
    """Raises NotFound, also for another's."""
    found = payments(customer_id).filter(pk=payment_id).first()
    if found is None:
        raise NotFound()
    return found


def payment(payment_id: uuid.UUID) -> BillPayment:
    return BillPayment.objects.select_related("biller").get(pk=payment_id)


def of_order(order_id: uuid.UUID) -> BillPayment | None:
    return BillPayment.objects.filter(order_id=order_id).first()


def is_open(customer_id: uuid.UUID) -> bool:
    return BillPayment.objects.filter(customer_id=customer_id, state__in=OPEN).exists()


def due_shards(at: datetime) -> list[int]:
    """Shards with a step to be taken."""
    return sorted(set(BillPayment.objects.filter(due_at__lte=at).values_list("shard", flat=True).order_by()))


def due(shard: int, at: datetime) -> QuerySet[BillPayment, uuid.UUID]:
    """Payments of a shard whose next step is due, longest due first."""
    return BillPayment.objects.filter(shard=shard, due_at__lte=at).order_by("due_at", "id").values_list("id", flat=True)


def to_remind(shard: int, month: date) -> QuerySet[BillAccount]:
    """Accounts whose owner was not reminded this month."""
    return BillAccount.objects.filter(Q(reminded_on=None) | Q(reminded_on__lt=month), shard=shard, remind=True)


def cleared_on(customer_id: uuid.UUID, biller_id: uuid.UUID, account_no: str, since: date) -> date | None:
    """The day since then on which the customer paid here all that an account owed."""
    paid = BillPayment.objects.filter(customer_id=customer_id, biller_id=biller_id, created_at__gte=start_of_day(since), last=True)
    days = [local_day(row.changed_at) for row in paid.filter(state=BillState.SETTLED) if row.account_no == account_no]
    return max(days, default=None)


def waiting_for_biller(before: datetime) -> QuerySet[BillPayment]:
    """Paid bills that the biller has not taken since `before`."""
    return BillPayment.objects.filter(state__in=[BillState.PAID, BillState.UNKNOWN], due_at__isnull=False, changed_at__lte=before)
