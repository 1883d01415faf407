"""What becomes of a refund that its channel refused: asked again, paid from the bank account, or given up. Two people each."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.moves import WrongState, advance
from core.work import services as work
from payments.cashier.services import orders, refunding
from payments.cashier.sockets import payee_of
from payments.refunds import journals, queries
from payments.refunds.models import Refund, RefundPart
from payments.refunds.services import asking, placing, settling
from payments.refunds.services.asking import NewRefund
from payments.refunds.sockets import BEFORE
from payments.refunds.states import REFUND_MOVES, AskedBy, RefundState

OPERATOR_REFUND = "refund.ask"
AGAIN = "refund.ask_again"
PAID_BY_HAND = "refund.paid_by_hand"
GIVEN_UP = "refund.give_up"
GIVEN_UP_CODE = "given_up_by_operator"


class LostInDispute(DomainError):
    code = "refund_lost_in_dispute"
    en = "A dispute decided that this money goes back. Ask the channel again, or pay it by hand."
    zh = "该退款由争议裁定产生,不能放弃。请重新向渠道发起,或人工付款。"


def refund_order(*, order_id: uuid.UUID, amount_fen: int, reason: str, at: datetime) -> Refund:
    """A refund that operators decided on. Raises ApprovalNeeded and what `asking.ask` raises."""
    decided = must_be_applying(OPERATOR_REFUND)
    wanted = NewRefund(amount_fen=amount_fen, reason=reason, asked_by=AskedBy.OPERATOR, asker=decided.maker)
    return asking.ask(order_id=order_id, wanted=wanted, at=at)


def locked(refund_id: uuid.UUID, to: RefundState) -> Refund:
    """A refund that waits for an operator, locked behind its order and its payer. Raises NotFound, WrongState."""
    found = queries.refund(refund_id)
    orders.locked(found.order_id)
    identity.lock(found.payer_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if refund.state != RefundState.TO_MANUAL:
        raise WrongState(state=str(refund.state), wanted=str(to))
    return refund


@transaction.atomic
def ask_again(*, refund_id: uuid.UUID, at: datetime) -> Refund:
    """Ask the channel once more. Raises ApprovalNeeded, WrongState unless it refused."""
    decided = must_be_applying(AGAIN)
    refund = locked(refund_id, RefundState.CREATED)
    advance(refund, RefundState.CREATED, moves=REFUND_MOVES, at=at)
    RefundPart.objects.filter(refund_id=refund.pk, asked=True).update(request_id=None)
    work.finish(kind=settling.REFUSED, target=refund.public_id, by=decided.checker, at=at)
    placing.place_or_wait(refund=refund, part=placing.asked_part(refund), at=at)
    return refund


@transaction.atomic
def pay_by_hand(*, refund_id: uuid.UUID, reference: str, at: datetime) -> Refund:
    """Note that the part a channel refused was paid from the bank account under `reference`: journal 2, with every other part as ever.

    Raises ApprovalNeeded, WrongState unless the channel refused.
    """
    decided = must_be_applying(PAID_BY_HAND)
    refund = locked(refund_id, RefundState.BY_HAND)
    parts = queries.parts(refund.id)
    refused = next(part for part in parts if part.asked)
    others = [part for part in parts if not part.asked]
    order = settling.counted(refund, parts, at)
    credits = [*settling.payees_part(refund, order, at), journals.bank(refused.amount_fen)]
    if others:
        credits += refunding.credits_of(order=order, parts=settling.by_leg(others))
    work.finish(kind=settling.REFUSED, target=refund.public_id, by=decided.checker, at=at)
    settling.publish("refund.succeeded", refund, at, refunded_fen=order.refunded_fen)
    posted = settling.post(refund, journals.BY_HAND, credits, at, bank_reference=reference)
    return settling.over(refund, RefundState.BY_HAND, posted, at, hand_reference=reference)


@transaction.atomic
def give_up(*, refund_id: uuid.UUID, at: datetime) -> Refund:
    """End a refund the channel refused, unpaid: the order has its room again and the merchant its money, but for what others gave back
    for this refund, which they have again.

    Raises ApprovalNeeded, LostInDispute, WrongState unless the channel refused, and what a plug of BEFORE refuses with.
    """
    decided = must_be_applying(GIVEN_UP)
    refund = locked(refund_id, RefundState.FAILED)
    if refund.asked_by == AskedBy.DISPUTE:
        raise LostInDispute()
    order = refunding.give_up(order_id=refund.order_id, amount_fen=refund.amount_fen, at=at)
    code = refund.code or GIVEN_UP_CODE
    advance(refund, RefundState.FAILED, moves=REFUND_MOVES, at=at, settled_at=at, code=code)
    work.finish(kind=settling.REFUSED, target=refund.public_id, by=decided.checker, at=at)
    settling.publish("refund.failed", refund, at, code=code)
    for hold_id in refund.hold_ids:
        ledger.release(hold_id=hold_id, at=at)
    if order.payee:
        payee_of(order.payee).refund_failed(order=orders.payee_facts(order), refund_id=refund.id, code=code, at=at)
        return refund
    for room in BEFORE:
        room.given_up(order=order, refund=refund.public_id, at=at)
    return refund
