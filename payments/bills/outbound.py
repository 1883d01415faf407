"""The way out: looking bills up, telling billers, asking them. Outside any transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.errors import DomainError
from payments.bills import queries, services
from payments.bills.models import Biller, BillPayment
from payments.bills.sockets import BILLERS, AccountUnknown, BillerSilent, BillerSystem, Owed, Word
from payments.bills.states import BillState
from payments.channels import seats
from payments.refunds import outbound as refunds


class BillerNotReached(DomainError):
    code = "biller_not_reached"
    status = 503
    en = "The biller does not answer at the moment. Nothing was done; try again in a few minutes."
    zh = "缴费机构暂无响应,本次未处理,请稍后重试。"


class BillAccountUnknown(DomainError):
    code = "bill_account_unknown"
    status = 422
    en = "The biller has no such account. Check the number on your bill."
    zh = "缴费机构无此户号,请核对账单上的户号。"


class InsideTransaction(RuntimeError):
    """A biller was to be asked inside a database transaction: a programming error."""


def system_of(biller: Biller) -> BillerSystem:
    """Raises BillerNotReached where nothing is plugged in under its name."""
    found = BILLERS.get(biller.system)
    if found is None:
        raise BillerNotReached()
    return found


def refuse_inside() -> None:
    if transaction.get_connection().in_atomic_block:
        raise InsideTransaction("billers are asked outside any transaction")


def owed(*, biller: Biller, account_no: str) -> Sequence[Owed]:
    """What an account owes now, while a customer waits. Raises BillerNotReached, BillAccountUnknown."""
    refuse_inside()
    with seats.seat(f"biller:{biller.system}") as seated:
        if not seated:
            raise BillerNotReached()
        try:
            return system_of(biller).owed(biller=biller.code, account_no=account_no)
        except AccountUnknown as unknown:
            raise BillAccountUnknown(field="account_no") from unknown
        except BillerSilent as silent:
            raise BillerNotReached() from silent


def one_owed(*, biller: Biller, account_no: str, bill_no: str) -> tuple[Owed, bool]:
    """One bill as the biller has it now, and whether it is all that is owed. Raises NotOwed and what `owed` raises."""
    bills = owed(biller=biller, account_no=account_no)
    for found in bills:
        if found.number == bill_no:
            return found, len(bills) == 1
    raise services.NotOwed(field="bill_no")


def step(*, payment_id: UUID, at: datetime) -> bool:
    """The next step of a payment: tell the biller, ask it, or begin to give the money back. Returns whether one was due."""
    refuse_inside()
    payment = services.claim(payment_id=payment_id, at=at)
    if payment is None:
        return False
    if payment.state == BillState.REFUSED:
        give_back(payment, at)
    else:
        services.conclude(payment_id=payment.id, word=word_on(payment), at=at)
    return True


def word_on(payment: BillPayment) -> Word | None:
    """What the biller says; None when it says nothing. What it has not seen is told again under the same number."""
    assert payment.account_no is not None, "nobody leaves while a bill of theirs is undecided"
    try:
        system = system_of(payment.biller)
        if payment.state == BillState.UNKNOWN:
            known = system.became_of(request_no=payment.public_id)
            if known.seen:
                return known
        return system.settle(
            biller=payment.biller.code,
            account_no=payment.account_no,
            bill_no=payment.bill_no,
            amount_fen=payment.amount_fen,
            request_no=payment.public_id,
        )
    except (BillerSilent, BillerNotReached):
        return None


def give_back(payment: BillPayment, at: datetime) -> None:
    try:
        refund = services.begin_refund(payment_id=payment.id, at=at)
    except DomainError as refused:
        services.note_not_refunded(payment_id=payment.id, why=refused.code, at=at)
        return
    if refund is not None and queries.payment(payment.id).state == BillState.REFUNDING:
        refunds.send(refund_id=refund.id, at=at)
