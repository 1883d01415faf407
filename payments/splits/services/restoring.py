"""Giving receivers again what they gave back for a refund that was given up."""

import uuid
from datetime import datetime

from django.db.models import F

from accounts.ledger import services as ledger
from accounts.ledger.refusals import AccountFrozen, CeilingReached, InsufficientFunds
from core.allotment import allot_weights
from core.errors import DomainError
from core.ids import new_id
from payments.cashier.queries import PaymentOrder
from payments.splits import journals, queries
from payments.splits.models import Split, SplitOrder, SplitPart
from payments.splits.services import splitting
from payments.splits.states import GIVEN_AGAIN


class SplitNotRestored(DomainError):
    code = "split_not_restored"
    en = (
        "The receivers of this order's split gave {fen} fen back for this refund, and cannot have them again now (frozen, closed, full, or "
        "the merchant's pending money does not cover it). Pay the refund by hand, or try again later."
    )
    zh = "该订单的分账接收方曾为本次退款回退 {fen} 分,目前无法重新入账(账户冻结、注销、超限,或商户待结算资金不足)。请人工付款或稍后重试。"


def after_giving_up(*, order: PaymentOrder, refund: str, at: datetime) -> Split | None:
    """Give receivers, pro rata, what they gave back for refunds and no refund needs any more: a split numbered by `refund`, journal 1.
    Whether the order is finished, and the cap, do not matter: it is theirs. Called with the order's row locked, `refund` not counted.

    Raises SplitNotRestored: then the refund is not given up.
    """
    row = queries.split_order(order.id) if order.to_split else None
    owed = owed_again(order.id) if row is not None else {}
    if row is None or not owed:
        return None
    fen = min(sum(owed.values()), row.net_fen - row.split_fen - order.refunded_fen - order.refunding_fen)
    if fen <= 0:
        return None
    return give(order, f"{GIVEN_AGAIN}{refund}", dict(zip(owed, allot_weights(fen, list(owed.values())), strict=True)), at)


def owed_again(order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Receiver to what they gave back for refunds and do not have again."""
    again = queries.given_again(order_id)
    found = {key: fen - again.get(key, 0) for key, fen in sorted(queries.returned_for_refunds(order_id).items())}
    return {key: fen for key, fen in found.items() if fen}


def give(order: PaymentOrder, number: str, fens: dict[uuid.UUID, int], at: datetime) -> Split:
    receivers = queries.receivers_by_id(fens)
    given = [(receivers[key], fen) for key, fen in fens.items() if fen]
    made = Split.objects.create(
        id=new_id(),
        order_id=order.id,
        merchant_id=order.seller_id,
        app_id=order.seller_app_id,
        shard=order.shard,
        out_split_no=number,
        amount_fen=sum(fen for _, fen in given),
        journal_id=new_id(),
        created_at=at,
    )
    SplitPart.objects.bulk_create(
        SplitPart(id=new_id(), split=made, order_id=order.id, receiver=receiver, shard=order.shard, position=position, amount_fen=fen)
        for position, (receiver, fen) in enumerate(given, 1)
    )
    SplitOrder.objects.filter(order_id=order.id).update(split_fen=F("split_fen") + made.amount_fen, changed_at=at)
    splitting.publish(made, at)
    try:
        legs = journals.done(merchant_id=order.seller_id, given=given)
        ledger.post(journal_id=made.journal_id, event=journals.DONE, legs=legs, reference=made.public_id, at=at)
    except (AccountFrozen, CeilingReached, InsufficientFunds) as refused:
        raise SplitNotRestored(fen=made.amount_fen) from refused
    return made
