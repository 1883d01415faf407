"""Many at once at one bill: begun by many, paid by many, refunded while its biller is told; one is taken and the rest goes back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from core.clock import queries as clock
from core.errors import DomainError, NotFound
from core.outbox import services as outbox
from core.work.models import WorkItem
from payments.bills import outbound, queries, services
from payments.bills.models import BillAccount, Biller, BillPayment
from payments.cashier import queries as cashier
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import paying
from payments.refunds import outbound as refunding
from payments.refunds.services import asking
from payments.wallet.services.authority import Intent
from tests.payments.bills.world import a_biller, an_account, begun, go_on, paid, sandbox_billers
from tests.payments.cashier.world import BALANCE, Shop, approved, assert_settled, begin, card, holder, pay, pending
from tests.payments.refunds.world import by_operators, wanted
from tests.payments.wallet.bank_world import card_holder
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
FEN = 100_000


@pytest.fixture
def water(connected: SandboxBank) -> Iterator[Biller]:
    with sandbox_billers():
        yield a_biller(code="water")


def tried(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except DomainError as refused:
        return refused.code


def pay_with(proof: Intent, order: PaymentOrder) -> PaymentAttempt:
    return paying.pay(intent=proof, order_id=order.id, picks=BALANCE, at=clock.now())


def test_the_order_of_a_bill_is_its_customers_alone(water: Biller) -> None:
    who, other = holder(FEN, pin=True), holder(FEN, pin=True)
    bill = begun(who, water, an_account())
    order = cashier.order(bill.order_id)
    with pytest.raises(NotFound):
        cashier.payable_by(other.id, order.id)
    with pytest.raises(DomainError):
        begin(other, order, BALANCE, pin=True)
    assert (posted(other), cashier.payable_by(who.id, order.id).id) == (FEN, order.id)
    assert paid(who, bill).state == "paid"
    go_on(clock.now())
    assert_settled(expected={who: FEN - bill.amount_fen, other: FEN})


def test_one_bill_begun_and_paid_by_many_at_once_is_taken_once_and_the_others_have_their_money_back(water: Biller) -> None:
    people, number = [holder(FEN, pin=True) for _ in range(6)], an_account()
    bills = together(lambda k: begun(people[k], water, number), 6)
    assert {type(bill) for bill in bills} == {BillPayment}
    orders = [cashier.order(bill.order_id) for bill in bills]
    proofs = [approved(who, order, BALANCE) for who, order in zip(people, orders, strict=True)]
    ended = together(lambda k: tried(lambda: pay_with(proofs[k], orders[k])), 6)
    assert len(ended) == 6
    at = clock.now()
    outbox.run_pending(at=at)
    with pytest.raises(services.BillBeingPaid):
        begun(people[0], water, number)
    together(lambda k: outbound.step(payment_id=bills[k].id, at=at), 6)
    go_on(at)
    states = sorted(queries.payment(bill.id).state for bill in bills)
    assert states == ["refunded"] * 5 + ["settled"]
    amount = bills[0].amount_fen
    assert sorted(posted(who) for who in people) == [FEN - amount, *[FEN] * 5]
    assert_settled()


def test_one_customer_paying_one_bill_twice_at_once_pays_once(water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = begun(who, water, an_account())
    order = cashier.order(bill.order_id)
    proofs = [approved(who, order, BALANCE) for _ in range(4)]
    together(lambda k: tried(lambda: pay_with(proofs[k], order)), 4)
    go_on(clock.now())
    assert queries.payment(bill.id).state == "settled"
    assert_settled(expected={who: FEN - bill.amount_fen})


def test_a_refund_by_hand_against_the_billers_word_never_gives_back_what_is_not_decided(water: Biller) -> None:
    taken = refused = 0
    for ending in ("030", "222", "030", "222"):
        who = holder(FEN, pin=True)
        bill = paid(who, begun(who, water, an_account(ending)))
        at = clock.now()

        def one(number: int, bill: BillPayment = bill, at: datetime = at) -> object:
            if number % 2:
                return tried(lambda: asking.ask(order_id=bill.order_id, wanted=wanted(100, f"R{number}"), at=clock.now()))
            return outbound.step(payment_id=bill.id, at=at)

        together(one, 4)
        go_on(at)
        state, order = queries.payment(bill.id).state, cashier.order(bill.order_id)
        if ending == "030":
            assert (state, order.refunded_fen in (0, 100, 200)) == ("settled", True)
            taken += 1
        else:
            assert (state, order.refunded_fen) == ("refunded", bill.amount_fen)
            refused += 1
        assert posted(who) == FEN - bill.amount_fen + order.refunded_fen
    assert (taken, refused) == (2, 2)
    assert pending(Shop(water.merchant, water.app)) >= 0
    assert_settled()


def test_an_account_is_kept_once_and_no_more_than_thirty_are(water: Biller) -> None:
    who, number, at = holder(), an_account(), clock.now()
    facts = {"customer_id": who.id, "biller": water, "remind": True, "at": at}
    together(lambda k: services.save_account(account_no=number, nickname=f"N{k}", **facts), 5)
    assert BillAccount.objects.count() == 1
    for _ in range(services.ACCOUNTS.usual - 3):
        services.save_account(account_no=an_account(), nickname="", **facts)
    ended = together(lambda _: tried(lambda: services.save_account(account_no=an_account(), nickname="", **facts)), 6)
    assert (ended.count("bill_too_many_accounts"), BillAccount.objects.count()) == (4, services.ACCOUNTS.usual)


def test_what_a_refund_by_hand_left_of_a_refused_bill_goes_back_too(water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account("222")))
    assert outbound.step(payment_id=bill.id, at=clock.now())
    assert queries.payment(bill.id).state == "refused"
    asking.ask(order_id=bill.order_id, wanted=wanted(100, "R1"), at=clock.now())
    go_on(clock.now())
    assert (queries.payment(bill.id).state, cashier.order(bill.order_id).refunded_fen) == ("refunded", bill.amount_fen)
    assert_settled(expected={who: FEN})


def test_a_refund_of_the_billers_own_under_a_bills_number_does_not_pass_for_the_whole(water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account("222")))
    assert outbound.step(payment_id=bill.id, at=clock.now())
    mine = asking.by_app(
        amount_fen=1, reason="The biller did not take the payment", asker=water.app.public_id, out_refund_no=bill.public_id
    )
    asking.ask(order_id=bill.order_id, wanted=mine, at=clock.now())
    go_on(clock.now())
    row = queries.payment(bill.id)
    assert (row.state, row.due_at is not None, cashier.order(bill.order_id).refunded_fen) == ("refused", True, 1)
    assert WorkItem.objects.get(kind=services.NOT_REFUNDED, target=bill.public_id, finished_at=None).facts["why"] == "out_refund_no_used"


def test_what_was_left_to_a_refund_by_hand_that_fails_is_an_operators(connected: SandboxBank, water: Biller) -> None:
    who = card_holder(connected)
    bill = begun(who.customer, water, an_account("222"))
    pay(who.customer, cashier.order(bill.order_id), [card(who)], pin=True)
    outbox.run_pending(at=clock.now())
    assert outbound.step(payment_id=bill.id, at=clock.now())
    by_hand = asking.ask(order_id=bill.order_id, wanted=wanted(100, "H1"), at=clock.now())
    connected.fault("decline", operations=["refund"], times=1, params={"code": "CARD_CLOSED"})
    assert refunding.send(refund_id=by_hand.id, at=clock.now()).state == "to_manual"
    go_on(clock.now())
    assert (queries.payment(bill.id).state, cashier.order(bill.order_id).refunding_fen) == ("refunding", 100)
    by_operators("refund.give_up", refund_id=by_hand.id)
    outbox.run_pending(at=clock.now())
    assert (queries.payment(bill.id).state, cashier.order(bill.order_id).refunded_fen) == ("refused", bill.amount_fen - 100)
    assert WorkItem.objects.filter(kind=services.NOT_REFUNDED, target=bill.public_id, finished_at=None).exists()
    assert_settled()
