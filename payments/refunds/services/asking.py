"""Asking for a refund: room on the order, parts of every leg, the merchant's money set aside, and the channel's request; or, where
nobody outside has a part in it, all of it at once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.identity import queries as identity
from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import StepUpNeeded
from core.errors import DomainError
from core.ids import new_id, public_id
from payments.cashier import queries as cashier
from payments.cashier.queries import FundingLeg, PaymentOrder
from payments.cashier.services import orders, refunding
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.merchants.queries import MerchantTerms
from payments.refunds import queries, shares
from payments.refunds.models import FROM, Refund, RefundPart
from payments.refunds.services import placing, settling
from payments.refunds.sockets import BEFORE, OBSTACLES
from payments.refunds.states import AskedBy
from payments.wallet.services import authority
from payments.wallet.services.authority import Intent

TRIES = 8
OWNER_PURPOSE = "merchant_refund"
PAYS = (accounts.PENDING, accounts.AVAILABLE, accounts.RESERVE)
"""Whose turn it is to pay for a refund: what is not settled, then what is, then what was kept back for this."""


class OutRefundNoUsed(DomainError):
    code = "out_refund_no_used"
    en = "This out_refund_no stands for another refund of your app. Use a new one, or send exactly what you sent first."
    zh = "该 out_refund_no 已用于内容不同的退款,请使用新的退款单号,或提交与首次完全相同的内容。"


class RefundTooLate(DomainError):
    code = "refund_too_late"
    en = "This order was paid more than {days} days ago and can no longer be refunded here. Pay the customer back directly."
    zh = "该订单支付已超过 {days} 天,无法再发起退款,请直接与客户协商退款。"


class PayerGone(DomainError):
    code = "refund_payer_gone"
    en = "The payer has closed the account that this order was paid from. Pay the customer back directly."
    zh = "付款人已注销支付账户,无法原路退款,请直接与客户协商退款。"


class RefundsUsedUp(DomainError):
    code = "refunds_used_up"
    en = "An order has at most {most} refunds, and this one has had them. Pay the rest back directly."
    zh = "每笔订单最多可退款 {most} 次,该订单已达上限,剩余金额请直接与客户协商。"


class MerchantBalanceShort(DomainError):
    """Fen. What the merchant has is not told, since a payer's side may read it."""

    code = "merchant_balance_short"
    status = 422
    en = "The merchant has less than the {wanted} fen this refund takes. Refund less, or wait for more payments."
    zh = "商户可用余额不足以支付本次退款所需的 {wanted} 分,请减少退款金额或待有新的收款后再试。"


@dataclass(frozen=True)
class NewRefund:
    """What is asked for. `asker`: a public id or staff:name. `out_refund_no`: the app's own number of it, empty for others."""

    amount_fen: int
    reason: str
    asked_by: str
    asker: str
    out_refund_no: str = ""
    payee_key: uuid.UUID | None = None


@transaction.atomic
def ask(*, order_id: uuid.UUID, wanted: NewRefund, at: datetime) -> Refund:
    """Begin a refund, or return the one that was made of the very same request before. One whose sources are all the platform's own is
    done when this returns; otherwise the channel's request is written, to be sent after the commit (`outbound.send`).

    Raises NotFound, OutRefundNoUsed, OrderNotRefundable, RefundTooMuch, RefundTooLate, RefundsUsedUp, what a plug of OBSTACLES or BEFORE
    refuses with, MerchantBalanceShort, PayerGone, AccountFrozen (the merchant's), LedgerHalted, NoOpenDay.
    """
    order = orders.locked(order_id)
    if order.payee:
        raise PaidAPayee()
    earlier = asked_before(order, wanted)
    if earlier is not None:
        return earlier
    order = refunding.begin(order_id=order_id, amount_fen=wanted.amount_fen, at=at)
    terms = merchants.terms_in_force(order.seller_id, at)
    refuse_over_terms(order, terms, at)
    for plug in OBSTACLES:
        refusal = plug.obstacle(order_id=order.id)
        if refusal is not None:
            raise refusal
    for room in BEFORE:
        room.before(order=order, amount_fen=wanted.amount_fen, at=at)
    return begun(order, wanted, Plan(PAYS, terms.fee_returned_on_refund), at)


@dataclass(frozen=True)
class LostDispute:
    """What a lost dispute takes back. `dispute` is its public id, `frozen_fen` what is frozen for it."""

    amount_fen: int
    dispute: str
    frozen_fen: int
    taken_by_bank: bool


@transaction.atomic
def ask_for_dispute(*, order_id: uuid.UUID, lost: LostDispute, at: datetime) -> Refund:
    """The refund that a lost dispute is paid by: what is frozen for it first, whatever the terms say of days and numbers.

    Raises NotFound, OrderNotRefundable, RefundTooMuch, what a plug of BEFORE refuses with, MerchantBalanceShort, AccountFrozen,
    LedgerHalted, NoOpenDay.
    """
    order = refunding.begin(order_id=order_id, amount_fen=lost.amount_fen, at=at)
    for room in BEFORE:
        room.before(order=order, amount_fen=lost.amount_fen, at=at)
    returned = merchants.terms_in_force(order.seller_id, at).fee_returned_on_refund
    wanted = NewRefund(amount_fen=lost.amount_fen, reason="", asked_by=AskedBy.DISPUTE, asker=lost.dispute)
    return begun(order, wanted, Plan((accounts.FROZEN, *PAYS), returned, lost.frozen_fen, lost.taken_by_bank), at)


@transaction.atomic
def ask_for_payee(*, payee: str, payee_order_id: uuid.UUID, amount_fen: int, reason: str, key: uuid.UUID, at: datetime) -> Refund:
    """A refund that a payee decided on, once a `key`: the payee's own account pays it when it is done. Called before the payee locks
    rows of its own.

    Raises NotFound, OutRefundNoUsed, OrderNotRefundable, RefundTooMuch, PayerGone, LedgerHalted, NoOpenDay.
    """
    order = orders.locked(cashier.order_for(payee, payee_order_id).id)
    earlier = Refund.objects.filter(payee_key=key, shard=order.shard).first()
    if earlier is not None:
        if (earlier.order_id, earlier.amount_fen, earlier.reason) != (order.id, amount_fen, reason):
            raise OutRefundNoUsed()
        return earlier
    order = refunding.begin(order_id=order.id, amount_fen=amount_fen, at=at)
    wanted = NewRefund(amount_fen=amount_fen, reason=reason, asked_by=AskedBy.PAYEE, asker=payee, payee_key=key)
    return begun(order, wanted, Plan((), fee_returned=False), at)


class PaidAPayee(DomainError):
    code = "refund_by_payee_only"
    en = "This order pays no merchant: what it bought decides on refunds. Cancel it there."
    zh = "该订单并非付款给商户,退款由所购产品办理,请在对应产品订单中操作。"


def asked_before(order: PaymentOrder, wanted: NewRefund) -> Refund | None:
    """The refund its app knows by this number. Raises OutRefundNoUsed when it is another."""
    if not wanted.out_refund_no:
        return None
    found = queries.by_number(order.seller_id, order.seller_app_id, wanted.out_refund_no)
    if found is None:
        return None
    if (found.order_id, found.amount_fen, found.reason) != (order.id, wanted.amount_fen, wanted.reason):
        raise OutRefundNoUsed(field="out_refund_no")
    return found


def refuse_over_terms(order: PaymentOrder, terms: MerchantTerms, at: datetime) -> None:
    """`order` counts the refund that is asked for."""
    assert order.paid_at is not None
    if at > order.paid_at + timedelta(days=terms.refund_days):
        raise RefundTooLate(days=terms.refund_days)
    if order.refunds > terms.refunds_most:
        raise RefundsUsedUp(most=terms.refunds_most)


@dataclass(frozen=True)
class Plan:
    """How a refund is paid: from which accounts of the merchant, in order; whether the fee's part goes back; what of frozen money is
    this refund's (`frozen_fen`); and, where the bank has taken the money already (`taken_by_bank`), from the external leg alone, with
    nobody asked."""

    pays: Sequence[str]
    fee_returned: bool
    frozen_fen: int = 0
    taken_by_bank: bool = False


def begun(order: PaymentOrder, wanted: NewRefund, plan: Plan, at: datetime) -> Refund:
    """Write a refund whose room on the locked order is taken, and do what can be done at once.

    What the merchant's accounts have may change between reading and taking: the ledger refuses then, and they are read again.
    """
    assert order.payer_id is not None
    payer = identity.lock(order.payer_id)
    for _ in range(TRIES):
        refund, parts = drafted(order, wanted, plan, at)
        if payer.state == payer.State.CLOSED:
            refuse_gone(order, parts)
        try:
            with transaction.atomic():
                return written(order, refund, parts, at)
        except InsufficientFunds:
            continue
        except IntegrityError as clash:
            if "payments_refund_number" not in str(clash):
                raise
            raise OutRefundNoUsed(field="out_refund_no") from clash
    raise MerchantBalanceShort(wanted=wanted.amount_fen)


def drafted(order: PaymentOrder, wanted: NewRefund, plan: Plan, at: datetime) -> tuple[Refund, list[RefundPart]]:
    """The rows of a refund, not written yet. Raises MerchantBalanceShort."""
    assert order.payer_id is not None
    fee_fen = fee_back(order, wanted.amount_fen) if plan.fee_returned else 0
    net_fen = wanted.amount_fen - fee_fen
    taken = {} if order.payee else taken_of(order, plan, net_fen)
    refund = Refund(
        id=new_id(),
        order_id=order.id,
        merchant_id=order.merchant_id,
        app_id=order.app_id,
        payer_id=order.payer_id,
        shard=order.shard,
        out_refund_no=wanted.out_refund_no,
        payee_key=wanted.payee_key,
        reason=wanted.reason,
        asked_by=wanted.asked_by,
        asker=wanted.asker,
        amount_fen=wanted.amount_fen,
        fee_back_fen=fee_fen,
        fee_returned=plan.fee_returned,
        created_at=at,
        changed_at=at,
        **columns(taken),
    )
    return refund, parts_of(order, refund, plan)


def taken_of(order: PaymentOrder, plan: Plan, net_fen: int) -> Mapping[str, int]:
    """What each account of the merchant pays. Raises MerchantBalanceShort."""
    available = {role: found.available for role, found in merchants.balances(order.seller_id).items()}
    available[accounts.FROZEN] = plan.frozen_fen
    taken = shares.taken(net_fen, plan.pays, available)
    if taken is None:
        raise MerchantBalanceShort(wanted=net_fen)
    return taken


def refuse_gone(order: PaymentOrder, parts: Sequence[RefundPart]) -> None:
    """A card is there whether or not its holder has an account here; what the customer had with us is not. Raises PayerGone."""
    with_us = {leg.id for leg in cashier.paid_legs(order.id) if not leg.external and not leg.discount}
    if any(part.leg_id in with_us for part in parts):
        raise PayerGone()


def columns(taken: Mapping[str, int]) -> dict[str, int]:
    return {FROM[role]: fen for role, fen in taken.items()}


def fee_back(order: PaymentOrder, amount_fen: int) -> int:
    before_fen, given_back_fen = queries.with_fee(order.id)
    return shares.fee_back_fen(
        amount_fen=amount_fen,
        fee_fen=order.fee_fen,
        order_fen=order.amount_fen,
        before_fen=before_fen,
        given_back_fen=given_back_fen,
    )


def parts_of(order: PaymentOrder, refund: Refund, plan: Plan) -> list[RefundPart]:
    """What each leg gives back. With `taken_by_bank` the external leg has room for all of it: whoever asks sees to that."""
    legs, on_the_way = cashier.paid_legs(order.id), queries.on_the_way(order.id)
    if plan.taken_by_bank:
        legs = [leg for leg in legs if leg.external]
    given = [shares.Given(leg.amount_fen, leg.refunded_fen + on_the_way.get(leg.id, 0)) for leg in legs]
    found = zip(legs, shares.parts(refund.amount_fen, given), strict=True)
    return [part_of(refund, leg, fen, asked=leg.external and not plan.taken_by_bank) for leg, fen in found if fen]


def part_of(refund: Refund, leg: FundingLeg, fen: int, *, asked: bool) -> RefundPart:
    return RefundPart(id=new_id(), refund_id=refund.id, leg_id=leg.id, shard=refund.shard, amount_fen=fen, asked=asked)


def written(order: PaymentOrder, refund: Refund, parts: Sequence[RefundPart], at: datetime) -> Refund:
    """The rows, then the channel's request and the holds, or the whole refund."""
    asked = next((part for part in parts if part.asked), None)
    refund.hold_ids = [new_id() for _ in refund.taken]
    refund.save(force_insert=True)
    RefundPart.objects.bulk_create(parts)
    if asked is None:
        return settling.complete(refund=refund, parts=parts, at=at, held=False)
    settling.publish("refund.asked", refund, at)
    placing.place_or_wait(refund=refund, part=asked, at=at)
    settling.set_aside(refund, at)
    return refund


def by_app(*, amount_fen: int, reason: str, asker: str, out_refund_no: str) -> NewRefund:
    """What a merchant's program asks for."""
    return NewRefund(amount_fen=amount_fen, reason=reason, asked_by=AskedBy.APP, asker=asker, out_refund_no=out_refund_no)


@transaction.atomic
def ask_as_owner(*, intent: Intent, order: PaymentOrder, amount_fen: int, reason: str, at: datetime) -> Refund:
    """A refund the merchant's owner asks for, always with a proof bound to the amount and the order.

    Raises StepUpNeeded, ProofMismatch, ProofExpired, and what `ask` raises.
    """
    if not intent.token:
        raise StepUpNeeded(purpose=OWNER_PURPOSE, amount=amount_fen, currency=order.currency, payee=order.public_id)
    authority.spend(intent=intent, purpose=OWNER_PURPOSE, amount_fen=amount_fen, payee=order.public_id, at=at)
    asker = public_id("cus", intent.customer_id)
    return ask(order_id=order.id, wanted=NewRefund(amount_fen=amount_fen, reason=reason, asked_by=AskedBy.OWNER, asker=asker), at=at)
