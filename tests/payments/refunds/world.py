"""Paid orders of every funding mix, refunds of them, and every job run to the end."""

from datetime import datetime
from typing import Any

from accounts.ledger import services as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.queries import balance
from core.approvals.services import applying
from core.clock import queries as clock
from core.ids import new_id
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services.funding import Pick
from payments.merchants import accounts
from payments.refunds import outbound, queries, sweeps
from payments.refunds.models import Refund
from payments.refunds.services import asking, by_hand
from payments.refunds.services.asking import NewRefund
from payments.refunds.states import AskedBy
from tests.payments.cashier.world import BALANCE, Shop, assert_settled, begin, card, new_order, pay, settle_cashier
from tests.payments.wallet.bank_world import Holder

PEOPLE = {"maker": "staff:mary", "checker": "staff:carl"}
COUPON = Pick("coupon", "c-10", discount=True)
MIX = [COUPON, Pick("balance", fen=3_000), Pick("line")]


def by_balance(where: Shop, who: Any, fen: int) -> PaymentOrder:
    """An order paid from the balance."""
    order = new_order(where, fen)
    begin(who, order, BALANCE)
    return read(order)


def by_card(where: Shop, who: Holder, fen: int, picks: list[Pick] | None = None) -> PaymentOrder:
    """An order paid by card, after `picks`."""
    order = new_order(where, fen)
    assert pay(who.customer, order, [*(picks or []), card(who)]).result == "paid"
    return read(order)


def read(order: PaymentOrder) -> PaymentOrder:
    return PaymentOrder.objects.get(pk=order.pk)


def wanted(fen: int, out_refund_no: str = "", **changes: str) -> NewRefund:
    facts = {"reason": "broken", "asked_by": AskedBy.APP, "asker": "app_test"} | changes
    return NewRefund(amount_fen=fen, out_refund_no=out_refund_no, **facts)


def ask(order: PaymentOrder, fen: int, out_refund_no: str = "", *, at: datetime | None = None) -> Refund:
    """A refund written down, its channel not asked yet."""
    return asking.ask(order_id=order.id, wanted=wanted(fen, out_refund_no), at=at or clock.now())


def refund(order: PaymentOrder, fen: int, *, at: datetime | None = None) -> Refund:
    at = at or clock.now()
    return outbound.send(refund_id=ask(order, fen, at=at).id, at=at)


def by_operators(act: str, **facts: Any) -> Refund:
    """A sensitive act of `by_hand`, applied."""
    acts = {
        by_hand.AGAIN: by_hand.ask_again,
        by_hand.PAID_BY_HAND: by_hand.pay_by_hand,
        by_hand.GIVEN_UP: by_hand.give_up,
        by_hand.OPERATOR_REFUND: by_hand.refund_order,
    }
    with applying(act, **PEOPLE):
        done: Refund = acts[act](**facts, at=clock.now())  # type: ignore[operator]
    return done


def back(order: PaymentOrder) -> dict[str, int]:
    """Source to what of it went back."""
    legs = FundingLeg.objects.filter(order=order, state="committed")
    return {leg.source: leg.refunded_fen for leg in legs.order_by("position")}


def move(where: Shop, to: str, fen: int) -> None:
    """Bring some of what is pending to another account of the merchant (or out of its hands), as upper rooms do."""
    target = accounts.all_of(where.merchant.id).get(to) or platform_account(to)
    legs = [debit(accounts.pending(where.merchant.id), fen), credit(target, fen)]
    ledger.post(journal_id=new_id(), event="ledger.adjusted", legs=legs, reference="test", at=clock.now())


def has(where: Shop) -> dict[str, tuple[int, int]]:
    """Role of the merchant's account to posted and held."""
    found = {role: balance(account) for role, account in accounts.all_of(where.merchant.id).items()}
    return {role.split(":")[1]: (kept.posted, kept.held) for role, kept in found.items() if kept.posted or kept.held}


def settle_refunds(at: datetime, *, pause_s: float = 0.0) -> datetime:
    """Every job of channels, cashier and refunds until nothing moves."""
    for _ in range(6):
        at = settle_cashier(at, pause_s=pause_s)
        if not sum(sweeps.place_waiting(shard=shard, at=at) for shard in queries.due_shards(at, waited=sweeps.AFTER)):
            return at
    raise AssertionError("the sweepers of refunds find no end")


def assert_all_over(**expected: Any) -> None:
    """`assert_settled`, and no refund is left on its way."""
    assert_settled(**expected)
    assert not Refund.objects.filter(state__in=["created", "processing"]).exists()
