"""Looking bills up, beginning to pay one, hearing what became of its order, of its biller and of its refund; saved accounts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.clock.queries import local_day
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.limits import services as limits
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.moves import advance
from core.outbox import services as outbox
from core.work import services as work
from payments.bills import queries
from payments.bills.models import BillAccount, Biller, BillPayment
from payments.bills.sockets import Owed, Word
from payments.bills.states import BILL_MOVES, LEASE, REFUND_AFTER, TAKES, BillState, next_ask, wants_operator
from payments.cashier import queries as cashier
from payments.cashier.services import orders
from payments.cashier.services.orders import NewOrder
from payments.merchants.states import Scene
from payments.refunds.queries import Refund
from payments.refunds.services import asking
from payments.refunds.services.asking import NewRefund
from payments.refunds.states import AskedBy, RefundState
from payments.wallet.services import parties

COUNTER = "bills:looks"
LOOKS = CapKind("bills.looks_a_day", _("Look-ups of bills by one customer, a day"), usual=100, most=10_000)
ACCOUNTS = CapKind("bills.accounts", _("Billers' accounts one customer keeps"), usual=30, most=1000)
TIME = CapKind("bills.minutes_to_pay", _("Time to pay a bill that was looked up"), usual=15, most=1440, unit=Unit.MINUTES)
SILENT, NOT_REFUNDED = "bill.biller_silent", "bill.not_refunded"


class NotOwed(DomainError):
    code = "bill_not_owed"
    en = "The biller has no such bill to be paid any more. Look the account up again."
    zh = "该账单已不存在或已缴清,请重新查询。"


class BillBeingPaid(DomainError):
    code = "bill_being_paid"
    en = "This bill is paid, or is being paid. Look the account up again in a few minutes."
    zh = "该账单已缴纳或正在缴纳中,请稍后重新查询。"


class TooManyBillAccounts(DomainError):
    code = "bill_too_many_accounts"
    en = "You have saved {most} accounts. Forget one first."
    zh = "您已保存 {most} 个缴费账户,请先删除不用的账户。"


@transaction.atomic
def count_look(*, customer_id: UUID, at: datetime) -> None:
    """One look-up of the day more. Raises CustomerNotActive, LimitReached."""
    parties.require_active(customer_id)
    limits.take(counter=COUNTER, owner=customer_id, period=local_day(at).isoformat(), amount=1, cap=LOOKS.on(at))


@transaction.atomic
def note_look(*, customer_id: UUID, biller: Biller, account_no: str, owes: bool, at: datetime) -> None:
    """Remember of an account the customer keeps whether it owes anything: nobody is reminded of nothing."""
    kept = BillAccount.objects.filter(customer_id=customer_id, biller=biller, account_index=queries.account_index(account_no))
    kept.update(clear_on=None if owes else local_day(at))


@transaction.atomic
def begin(*, customer_id: UUID, biller: Biller, account_no: str, owed: Owed, last: bool = False, at: datetime) -> BillPayment:
    """Write a payment of a bill, just looked up, with the order that this customer alone sees and pays at the cashier. `last`: nothing
    else is owed.

    Raises CustomerNotActive, BillBeingPaid, MerchantNotSelling.
    """
    parties.require_active(customer_id)
    if BillPayment.objects.filter(biller=biller, bill_no=owed.number, state__in=TAKES).exists():
        raise BillBeingPaid()
    payment_id = new_id()
    wanted = NewOrder(
        out_trade_no=public_id(BillPayment.PREFIX, payment_id),
        amount_fen=owed.amount_fen,
        subject=f"{biller.name_zh} {owed.period}",
        scene=Scene.BILL,
        life=timedelta(minutes=cap(TIME, at)),
    )
    order = orders.assign(orders.create(app=biller.app, wanted=wanted, at=at), customer_id, at)
    made = BillPayment(
        id=payment_id,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        biller=biller,
        order_id=order.id,
        account_no=account_no,
        bill_no=owed.number,
        period=owed.period,
        amount_fen=owed.amount_fen,
        last=last,
        created_at=at,
        changed_at=at,
    )
    made.save(force_insert=True)
    return made


def locked(payment_id: UUID) -> BillPayment:
    return BillPayment.objects.select_for_update(of=("self",)).select_related("biller").get(pk=payment_id)


@transaction.atomic
def hear_order(*, order_id: UUID, topic: str, at: datetime) -> BillPayment | None:
    """An order was paid or closed: where it is a bill's, the biller is told next, or the payment is over."""
    found = queries.of_order(order_id)
    if found is None:
        return None
    payment = locked(found.id)
    if payment.state == BillState.CREATED:
        paid = topic == "order.paid"
        advance(payment, BillState.PAID if paid else BillState.CLOSED, moves=BILL_MOVES, at=at, due_at=at if paid else None)
    return payment


@transaction.atomic
def claim(*, payment_id: UUID, at: datetime) -> BillPayment | None:
    """Take a payment whose next step is due for a LEASE; None when somebody else has it, or nothing is due any more."""
    rows = BillPayment.objects.select_for_update(skip_locked=True, of=("self",)).select_related("biller")
    payment = rows.filter(pk=payment_id, due_at__lte=at).first()
    if payment is not None:
        BillPayment.objects.filter(pk=payment.pk).update(due_at=at + LEASE)
    return payment


@transaction.atomic
def conclude(*, payment_id: UUID, word: Word | None, at: datetime) -> BillPayment:
    """Take in the biller's word (None: it said nothing). Its first final word counts."""
    payment = locked(payment_id)
    if payment.state not in (BillState.PAID, BillState.UNKNOWN):
        return payment
    if word is None:
        return stay_unknown(payment, at)
    if word.taken:
        advance(payment, BillState.SETTLED, moves=BILL_MOVES, at=at, due_at=None)
        work.finish(kind=SILENT, target=payment.public_id, by="system", at=at)
        publish("bill.settled", payment, at)
        if payment.last and payment.account_no is not None:
            note_look(customer_id=payment.customer_id, biller=payment.biller, account_no=payment.account_no, owes=False, at=at)
    else:
        advance(payment, BillState.REFUSED, moves=BILL_MOVES, at=at, due_at=at, code=word.code or "refused")
        work.finish(kind=SILENT, target=payment.public_id, by="system", at=at)
        publish("bill.refused", payment, at, code=payment.code)
    return payment


def stay_unknown(payment: BillPayment, at: datetime) -> BillPayment:
    again = next_ask(at, payment.asks)
    if payment.state == BillState.PAID:
        advance(payment, BillState.UNKNOWN, moves=BILL_MOVES, at=at, due_at=again)
    BillPayment.objects.filter(pk=payment.pk).update(asks=F("asks") + 1, due_at=again)
    payment.refresh_from_db()
    if wants_operator(payment.asks):
        facts = {"amount_fen": payment.amount_fen, "asks": payment.asks, "biller": payment.biller.public_id}
        work.ask(kind=SILENT, target=payment.public_id, facts=facts, at=at)
    return payment


@transaction.atomic
def ask_soon(*, payment_id: UUID, at: datetime) -> BillPayment:
    """An operator's wish: the next step of an open payment is due now."""
    BillPayment.objects.filter(pk=payment_id, due_at__isnull=False).update(due_at=at)
    return queries.payment(payment_id)


@transaction.atomic
def begin_refund(*, payment_id: UUID, at: datetime) -> Refund | None:
    """Give the whole order back, or what nobody gave back by hand, once: the refund has the payment's own number. None when it is not
    refused (any more), or nothing is left to give. Locks the payment, then the order.

    Raises what refunds refuse with, OutRefundNoUsed where the biller's own program took the number: the sweeper tries again, and asks
    an operator (`note_not_refunded`).
    """
    payment = locked(payment_id)
    if payment.state != BillState.REFUSED:
        return None
    order = cashier.order(payment.order_id)
    left_fen = order.amount_fen - order.refunded_fen - order.refunding_fen
    if not left_fen:
        return None
    wanted = NewRefund(
        amount_fen=left_fen,
        reason="The biller did not take the payment",
        asked_by=AskedBy.APP,
        asker=public_id("app", order.seller_app_id),
        out_refund_no=payment.public_id,
    )
    refund = asking.ask(order_id=order.id, wanted=wanted, at=at)
    advance(payment, BillState.REFUNDING, moves=BILL_MOVES, at=at, due_at=None, refund_id=refund.id)
    if refund.state == RefundState.SUCCEEDED and cashier.order(order.id).refunded_fen == payment.amount_fen:
        finish(payment, at)
    elif refund.state == RefundState.FAILED:
        fail(payment, "refund_failed", at)
    return refund


def finish(payment: BillPayment, at: datetime) -> None:
    advance(payment, BillState.REFUNDED, moves=BILL_MOVES, at=at)
    work.finish(kind=NOT_REFUNDED, target=payment.public_id, by="system", at=at)
    publish("bill.refunded", payment, at)


def fail(payment: BillPayment, why: str, at: datetime) -> None:
    advance(payment, BillState.REFUSED, moves=BILL_MOVES, at=at, due_at=None)
    ask_operator(payment, why, at)


def ask_operator(payment: BillPayment, why: str, at: datetime) -> None:
    facts = {"amount_fen": payment.amount_fen, "why": why, "order": payment.order_public_id}
    work.ask(kind=NOT_REFUNDED, target=payment.public_id, facts=facts, at=at)


@transaction.atomic
def note_not_refunded(*, payment_id: UUID, why: str, at: datetime) -> None:
    """A refund could not begin (`why`, the refusal's code): again in a while, and an operator sees it meanwhile."""
    payment = locked(payment_id)
    if payment.state == BillState.REFUSED:
        BillPayment.objects.filter(pk=payment.pk).update(due_at=at + REFUND_AFTER)
        ask_operator(payment, why, at)


@transaction.atomic
def hear_refund(*, order_id: UUID, refund_id: UUID, succeeded: bool, at: datetime) -> BillPayment | None:
    """A refund of an order came to its end, ours or one by hand: a refused bill whose order is given back in full is over. One of whose
    order less is given back and on its way than was paid is an operator's."""
    found = queries.of_order(order_id)
    if found is None:
        return None
    payment = locked(found.id)
    if payment.state not in (BillState.REFUSED, BillState.REFUNDING):
        return payment
    order = cashier.order(order_id)
    if succeeded and order.refunded_fen == payment.amount_fen:
        if payment.state == BillState.REFUSED:
            advance(payment, BillState.REFUNDING, moves=BILL_MOVES, at=at, due_at=None, refund_id=refund_id)
        finish(payment, at)
    elif payment.state == BillState.REFUNDING and order.refunded_fen + order.refunding_fen < payment.amount_fen:
        fail(payment, "refund_failed" if not succeeded else "refund_short", at)
    return payment


def publish(topic: str, payment: BillPayment, at: datetime, **facts: str) -> None:
    """News of one payment, in order, for its customer's inbox."""
    payload: outbox.Payload = {
        "bill": payment.public_id,
        "customer": public_id("cus", payment.customer_id),
        "order": payment.order_public_id,
        "biller": payment.biller.public_id,
        "amount_fen": payment.amount_fen,
        "currency": payment.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=payment.customer_id, payload=payload, at=at, key=payment.public_id)


@transaction.atomic
def save_account(*, customer_id: UUID, biller: Biller, account_no: str, nickname: str, remind: bool, at: datetime) -> BillAccount:
    """Keep an account for next time; one that is kept already takes the new nickname. Raises CustomerNotActive, TooManyBillAccounts."""
    parties.require_active(customer_id)
    index = queries.account_index(account_no)
    held = BillAccount.objects.filter(customer_id=customer_id, biller=biller, account_index=index).first()
    if held is not None:
        return change_account(account=held, nickname=nickname, remind=remind, at=at)
    most = cap(ACCOUNTS, at)
    if queries.accounts(customer_id).count() >= most:
        raise TooManyBillAccounts(most=most)
    made = BillAccount(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        biller=biller,
        account_no=account_no,
        account_index=index,
        nickname=nickname,
        remind=remind,
        clear_on=queries.cleared_on(customer_id, biller.id, account_no, local_day(at).replace(day=1)),
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return BillAccount.objects.select_related("biller").get(customer_id=customer_id, biller=biller, account_index=index)
    return made


@transaction.atomic
def change_account(*, account: BillAccount, nickname: str, remind: bool, at: datetime) -> BillAccount:
    BillAccount.objects.filter(pk=account.pk).update(nickname=nickname, remind=remind, changed_at=at)
    return queries.account(account.customer_id, account.id)


@transaction.atomic
def forget_account(*, account: BillAccount) -> None:
    BillAccount.objects.filter(pk=account.pk).delete()


@transaction.atomic
def erase(*, customer_id: UUID) -> None:
    """What a customer who leaves had saved, and the account numbers of their payments; the payments stay."""
    BillAccount.objects.filter(customer_id=customer_id).delete()
    BillPayment.objects.filter(customer_id=customer_id, account_no__isnull=False).update(account_no=None)


@transaction.atomic
def remind(*, shard: int, month: date, at: datetime, batch: int = 200) -> int:
    """Remind a batch of a shard's customers of their bills of the month, but those known to owe nothing. Returns how many accounts were
    gone through. As many statements for two hundred as for one."""
    waiting = queries.to_remind(shard, month).select_related("biller").defer("account_no").order_by("id")
    rows: Sequence[BillAccount] = list(waiting.select_for_update(skip_locked=True, of=("self",))[:batch])
    BillAccount.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=month, changed_at=at)
    outbox.publish_all([reminder(row, month, at) for row in rows if row.clear_on is None or row.clear_on < month])
    return len(rows)


def reminder(row: BillAccount, month: date, at: datetime) -> outbox.OutboxEvent:
    payload: outbox.Payload = {
        "account": row.public_id,
        "customer": public_id("cus", row.customer_id),
        "biller": row.biller.public_id,
        "category": row.biller.category,
        "month": f"{month:%Y-%m}",
    }
    return outbox.announced(topic="bill.reminder", owner=row.customer_id, payload=payload, at=at, key=row.public_id)
