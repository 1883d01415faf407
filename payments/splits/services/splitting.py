"""Splitting what is the merchant's of a paid order, all or nothing; ending it; and taking it back from its receivers."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.ledger import services as ledger
from accounts.ledger.refusals import AccountFrozen, CeilingReached, InsufficientFunds
from core.allotment import allot_weights
from core.clock.queries import local_day
from core.errors import DomainError, Invalid, NotFound
from core.ids import new_id
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import orders as cashier_orders
from payments.merchants import queries as merchants
from payments.merchants.queries import MerchantApp
from payments.splits import journals, queries
from payments.splits.models import Split, SplitOrder, SplitPart, SplitReceiver, SplitReturn
from payments.splits.services import orders
from payments.splits.states import SPLIT_ORDER_MOVES, ReturnCause, SplitOrderState

BASIS_POINTS = 10_000
MOST_RECEIVERS = 50
RECEIVERS = CapKind("splits.receivers", _("Receivers of one split"), usual=MOST_RECEIVERS, most=MOST_RECEIVERS)


class OrderNotToSplit(DomainError):
    code = "order_not_to_split"
    en = "This order is not paid, or was not made with to_split. Only such orders are kept out of settlement for splits."
    zh = "该订单未支付,或下单时未指定 to_split,无法分账。"


class SplitOver(DomainError):
    code = "split_finished"
    en = "Splitting of this order is finished, or its days are over: what is left goes with the settlement."
    zh = "该订单已完结分账或已超过分账期限,剩余资金随结算出款。"


class OutSplitNoUsed(DomainError):
    code = "out_split_no_used"
    en = "This out_split_no stands for another split of your app. Use a new one, or send exactly what you sent first."
    zh = "该 out_split_no 已用于内容不同的分账,请使用新的分账单号,或提交与首次完全相同的内容。"


class SplitTooMuch(DomainError):
    """`left` in fen."""

    code = "split_exceeds_cap"
    status = 422
    en = "At most {left} fen more of this order can be split: your cap, less what is split, and no more than is left after refunds."
    zh = "该订单最多还可分账 {left} 分(受分账比例上限、已分金额及退款影响)。"


class ReceiverUnknown(DomainError):
    code = "split_receiver_unknown"
    status = 422
    en = "A receiver is not on your list, was removed, or is named twice. Add it first, and name each once."
    zh = "存在未登记、已移除或重复的分账接收方,请先登记并确保每个接收方只出现一次。"


class ReceiverCannotReceive(DomainError):
    code = "split_receiver_cannot_receive"
    en = "A receiver's account takes nothing now (frozen, closed, or full), or your pending money does not cover this. Nothing was split."
    zh = "接收方账户当前无法入账(冻结、注销或超限),或待结算资金不足,未执行分账。"


class ReceiverShort(DomainError):
    """`receiver` is its rcv_ id; how much it has is its own affair."""

    code = "split_receiver_short"
    status = 422
    en = "The receiver {receiver} does not have the {wanted} fen to give back. Ask it to provide them, then try again."
    zh = "分账接收方 {receiver} 余额不足以回退 {wanted} 分,请联系其补足后重试。"


class ReturnTooMuch(DomainError):
    """`left` in fen."""

    code = "split_return_exceeds"
    status = 422
    en = "This receiver still has at most {left} fen of this split."
    zh = "该接收方在本次分账中最多还可回退 {left} 分。"


class OutReturnNoUsed(DomainError):
    code = "out_return_no_used"
    en = "This out_return_no stands for another return of this split. Use a new one, or send exactly what you sent first."
    zh = "该 out_return_no 已用于内容不同的回退,请使用新的回退单号,或提交与首次完全相同的内容。"


@dataclass(frozen=True)
class NewSplit:
    """Receivers with their fen, in order; `finish`: nothing more will be split of the order."""

    out_split_no: str
    parts: tuple[tuple[uuid.UUID, int], ...]
    remark: str = ""
    finish: bool = False

    @property
    def amount_fen(self) -> int:
        return sum(fen for _, fen in self.parts)


@transaction.atomic
def split(*, app: MerchantApp, order_id: uuid.UUID, wanted: NewSplit, at: datetime) -> Split:
    """Split a paid order, or return the split that was made of the very same request before.

    Raises NotFound, OrderNotToSplit, SplitOver, OutSplitNoUsed, ReceiverUnknown, SplitTooMuch, ReceiverCannotReceive, Invalid,
    LedgerHalted, NoOpenDay.
    """
    order = own_order(app.merchant_id, order_id)
    earlier = queries.by_number(app.merchant_id, app.id, wanted.out_split_no)
    if earlier is not None:
        return same(earlier, order_id, wanted)
    kept = open_row(order, at)
    refuse_too_many(wanted, at)
    given = receivers_of(app.merchant_id, wanted)
    refuse_too_much(order, kept, wanted.amount_fen, at)
    try:
        made = write(order, app, wanted, at)
    except IntegrityError as clash:
        raise OutSplitNoUsed(field="out_split_no") from clash
    for position, (receiver, fen) in enumerate(given, 1):
        SplitPart.objects.create(
            id=new_id(), split=made, order_id=order.id, receiver=receiver, shard=order.shard, position=position, amount_fen=fen
        )
    SplitOrder.objects.filter(pk=kept.pk).update(split_fen=F("split_fen") + wanted.amount_fen, changed_at=at)
    if wanted.finish:
        advance(kept, SplitOrderState.FINISHED, moves=SPLIT_ORDER_MOVES, at=at)
    publish(made, at)
    try:
        legs = journals.done(merchant_id=order.seller_id, given=given)
        ledger.post(journal_id=made.journal_id, event=journals.DONE, legs=legs, reference=made.public_id, at=at)
    except (AccountFrozen, CeilingReached, InsufficientFunds) as refused:
        raise ReceiverCannotReceive() from refused
    return made


def refuse_too_many(wanted: NewSplit, at: datetime) -> None:
    """Raises Invalid."""
    most = cap(RECEIVERS, at)
    if len(wanted.parts) > most:
        raise Invalid("receivers", f"A split has at most {most} receivers.", f"单次分账最多 {most} 个接收方。")


def own_order(merchant_id: uuid.UUID, order_id: uuid.UUID) -> PaymentOrder:
    """The merchant's order, locked. Raises NotFound."""
    if cashier.of_merchant(merchant_id).filter(pk=order_id).first() is None:
        raise NotFound()
    return cashier_orders.locked(order_id)


def open_row(order: PaymentOrder, at: datetime) -> SplitOrder:
    """Raises OrderNotToSplit, SplitOver."""
    if not order.to_split or order.paid_at is None:
        raise OrderNotToSplit()
    row = orders.locked(order, at)
    if row.state != SplitOrderState.OPEN or row.until <= local_day(at):
        raise SplitOver()
    return row


def same(earlier: Split, order_id: uuid.UUID, wanted: NewSplit) -> Split:
    """Raises OutSplitNoUsed when it is another."""
    asked = tuple((part.receiver_id, part.amount_fen) for part in queries.parts(earlier.id))
    if (earlier.order_id, asked, earlier.remark) != (order_id, wanted.parts, wanted.remark):
        raise OutSplitNoUsed(field="out_split_no")
    return earlier


def receivers_of(merchant_id: uuid.UUID, wanted: NewSplit) -> list[tuple[SplitReceiver, int]]:
    """Raises ReceiverUnknown."""
    known = queries.usable_receivers(merchant_id, [key for key, _ in wanted.parts])
    if not wanted.parts or len(known) != len(wanted.parts):
        raise ReceiverUnknown(field="receivers")
    return [(known[key], fen) for key, fen in wanted.parts]


def refuse_too_much(order: PaymentOrder, kept: SplitOrder, amount_fen: int, at: datetime) -> None:
    """The cap counts what is with receivers now; what goes back to the payer is not there to be split. Raises SplitTooMuch."""
    cap = kept.net_fen * merchants.terms_in_force(order.seller_id, at).split_cap_bp // BASIS_POINTS
    left = min(cap, kept.net_fen - order.refunded_fen - order.refunding_fen) - kept.split_fen
    if amount_fen > left:
        raise SplitTooMuch(left=max(left, 0))


def write(order: PaymentOrder, app: MerchantApp, wanted: NewSplit, at: datetime) -> Split:
    with transaction.atomic():
        return Split.objects.create(
            id=new_id(),
            order_id=order.id,
            merchant_id=order.seller_id,
            app_id=app.id,
            shard=order.shard,
            out_split_no=wanted.out_split_no,
            amount_fen=wanted.amount_fen,
            remark=wanted.remark,
            journal_id=new_id(),
            created_at=at,
        )


@transaction.atomic
def finish(*, merchant_id: uuid.UUID, order_id: uuid.UUID, at: datetime) -> SplitOrder:
    """Nothing more will be split of an order: what is left is settled with the next day. Once finished it stays so.

    Raises NotFound, OrderNotToSplit.
    """
    order = own_order(merchant_id, order_id)
    if not order.to_split or order.paid_at is None:
        raise OrderNotToSplit()
    row = orders.locked(order, at)
    return row if row.state == SplitOrderState.FINISHED else advance(row, SplitOrderState.FINISHED, moves=SPLIT_ORDER_MOVES, at=at)


@transaction.atomic
def give_back(
    *, merchant_id: uuid.UUID, split_id: uuid.UUID, receiver_id: uuid.UUID, amount_fen: int, out_return_no: str, at: datetime
) -> SplitReturn:
    """Take a part of a split back from one receiver, or return what the very same request made before.

    Raises NotFound, OutReturnNoUsed, ReturnTooMuch, ReceiverShort, LedgerHalted, NoOpenDay.
    """
    found = queries.split(merchant_id, split_id)
    order = cashier_orders.locked(found.order_id)
    part = next((one for one in queries.parts(found.id) if one.receiver_id == receiver_id), None)
    if part is None:
        raise NotFound()
    earlier = queries.return_by_number(found.id, out_return_no)
    if earlier is not None:
        if (earlier.part_id, earlier.amount_fen) != (part.id, amount_fen):
            raise OutReturnNoUsed(field="out_return_no")
        return earlier
    if amount_fen > part.left_fen:
        raise ReturnTooMuch(left=part.left_fen)
    return take_back(order, part, amount_fen, ReturnCause.ASKED, out_return_no, at)


def before_refund(*, order: PaymentOrder, at: datetime) -> int:
    """Take back from the receivers, pro rata, what the order's merchant does not have of it itself for the refunds done and under way;
    returns how much. Called with the order's row locked, this refund counted.

    Raises ReceiverShort: then nothing is refunded.
    """
    row = queries.split_order(order.id) if order.to_split else None
    if row is None or not row.split_fen:
        return 0
    needed = min(row.split_fen, order.refunded_fen + order.refunding_fen - (row.net_fen - row.split_fen))
    if needed <= 0:
        return 0
    out = queries.parts_out(order.id)
    for part, fen in zip(out, allot_weights(needed, [part.left_fen for part in out]), strict=True):
        if fen:
            take_back(order, part, fen, ReturnCause.REFUND, "", at)
    return needed


def take_back(order: PaymentOrder, part: SplitPart, fen: int, cause: ReturnCause, out_return_no: str, at: datetime) -> SplitReturn:
    """Journal 2 with its rows, the order locked. Raises ReceiverShort."""
    made = SplitReturn.objects.create(
        id=new_id(),
        split_id=part.split_id,
        part=part,
        merchant_id=order.seller_id,
        shard=order.shard,
        out_return_no=out_return_no,
        cause=cause,
        amount_fen=fen,
        journal_id=new_id(),
        created_at=at,
    )
    SplitPart.objects.filter(pk=part.pk).update(returned_fen=F("returned_fen") + fen)
    Split.objects.filter(pk=part.split_id).update(returned_fen=F("returned_fen") + fen)
    SplitOrder.objects.filter(order_id=order.id).update(split_fen=F("split_fen") - fen, changed_at=at)
    legs = journals.returned(merchant_id=order.seller_id, receiver=part.receiver, amount_fen=fen)
    try:
        ledger.post(journal_id=made.journal_id, event=journals.RETURNED, legs=legs, reference=made.split_public_id, at=at)
    except (AccountFrozen, InsufficientFunds) as refused:
        raise ReceiverShort(receiver=part.receiver.public_id, wanted=fen) from refused
    return made


def publish(made: Split, at: datetime) -> None:
    order = cashier.order(made.order_id)
    payload: Payload = {
        "split": made.public_id,
        "order": made.order_public_id,
        "merchant": order.merchant_public_id,
        "out_split_no": made.out_split_no,
        "amount_fen": made.amount_fen,
        "currency": made.currency,
    }
    outbox.publish(topic="split.done", owner=made.merchant_id, payload=payload, at=at, key=made.order_public_id)
