"""Paying an order: the journals by number, from one source and from four, and what is refused."""

from datetime import date

import pytest

from accounts.ledger.models import Hold, Journal
from accounts.ledger.queries import balance
from accounts.security.services import ProofMismatch, StepUpNeeded
from core.clock import queries as clock
from core.errors import NotFound
from core.outbox.models import OutboxEvent
from payments.cards.services import CardInUse, unbind
from payments.cashier import outbound
from payments.cashier.legs import MethodUnavailable, NotCovered
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, paying
from payments.cashier.services.funding import NothingChosen, Pick, UnknownMethod
from payments.cashier.services.paying import OrderBeingPaid, OrderClosed, OrderPaid
from payments.merchants.models import MerchantRate
from payments.merchants.queries import MerchantNotSelling
from payments.wallet.services.parties import CustomerNotActive
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.plugs import receivable, strange_sources
from tests.payments.cashier.world import (
    BALANCE,
    approved,
    assert_settled,
    begin,
    booked,
    card,
    card_holder,
    holder,
    intent,
    new_order,
    pay,
    pending,
    request_of,
    shop,
)
from tests.payments.merchants.world import suspend
from tests.payments.wallet.world import freeze, open_day, proven
from tests.sandbox_bank import SandboxBank


@pytest.mark.django_db
def test_journal_1_100_yuan_from_the_balance_with_a_fee_of_60_fen() -> None:
    open_day()
    where, ann = shop(), holder(12_000)
    attempt = pay(ann, new_order(where, 10_000), BALANCE)
    order = PaymentOrder.objects.get()
    assert (order.state, order.payer_id, order.fee_fen, attempt.state, attempt.number) == ("paid", ann.id, 60, "succeeded", 1)
    assert booked(order.journal_id) == {"user:balance": -10_000, "merchant:pending": 9_940, "income:fee": 60}
    assert (pending(where), Hold.objects.count()) == (9_940, 0)
    assert_settled(expected={ann: 2_000})


def test_journal_1_100_yuan_from_a_card(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    attempt = pay(who.customer, new_order(where, 10_000), [card(who)])
    order = PaymentOrder.objects.get()
    assert (order.state, attempt.state) == ("paid", "succeeded")
    assert booked(order.journal_id) == {"clearing:channel:sandbox_bank": -10_000, "merchant:pending": 9_940, "income:fee": 60}
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 10_000
    assert_settled(expected={who.customer: 0})


def test_journal_1_coupon_10_balance_30_line_20_card_40_is_one_commit(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    picks = [Pick("coupon", "c-10", discount=True), Pick("balance"), Pick("line"), card(who)]
    with strange_sources() as sources:
        order = new_order(where, 10_000)
        waiting = begin(who.customer, order, picks)
        assert (waiting.amount_fen, waiting.state) == (9_000, "open")
        assert [(leg.source, leg.amount_fen, leg.state) for leg in FundingLeg.objects.order_by("position")] == [
            ("coupon", 1_000, "held"),
            ("balance", 3_000, "held"),
            ("line", 2_000, "held"),
            ("card", 4_000, "held"),
        ]
        assert Hold.objects.filter(state="open").count() == 2
        paid = paid_after(who, order, waiting)
        line, coupon = (FundingLeg.objects.get(source=name) for name in ("line", "coupon"))
        assert sources.line.told == [("hold", line.id), ("committed", line.id)]
        assert sources.coupon.told == [("hold", coupon.id), ("committed", coupon.id)]
    assert booked(paid.journal_id) == {
        "test_coupon:expense": -1_000,
        "user:balance": -3_000,
        "test_line:receivable": -2_000,
        "clearing:channel:sandbox_bank": -4_000,
        "merchant:pending": 9_940,
        "income:fee": 60,
    }
    assert Journal.objects.filter(reference=paid.public_id).count() == 1
    assert set(Hold.objects.values_list("state", "journal_id")) == {("captured", paid.journal_id)}
    assert set(FundingLeg.objects.values_list("state", flat=True)) == {"committed"}
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 4_000
    assert_settled(expected={who.customer: 0})


def paid_after(who: object, order: PaymentOrder, attempt: PaymentAttempt) -> PaymentOrder:
    outbound.ask(attempt_id=attempt.id, at=clock.now())
    found = PaymentOrder.objects.get(pk=order.pk)
    assert found.state == "paid"
    return found


def test_a_card_that_refuses_frees_everything_and_the_order_can_be_paid_again(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    with strange_sources() as sources:
        order = new_order(where, 10_000)
        picks = [Pick("coupon", "c-10", discount=True), Pick("balance"), Pick("line"), card(who)]
        refused = pay(who.customer, order, picks)
        order.refresh_from_db()
        assert (refused.state, refused.code, order.state, order.payer_id) == ("failed", "INSUFFICIENT_FUNDS", "created", who.customer.id)
        assert {kind for kind, _ in sources.line.told} == {kind for kind, _ in sources.coupon.told} == {"hold", "release"}
        assert balance(receivable(who.customer.id)).available == 0
        assert_settled(expected={who.customer: 3_000})
        again = pay(who.customer, order, picks)
    assert (again.state, again.number) == ("succeeded", 2)
    assert_settled(expected={who.customer: 0})


@pytest.mark.django_db
def test_more_than_the_balance_has_is_refused_and_nothing_moves() -> None:
    open_day()
    where, ann = shop(), holder(9_999)
    order = new_order(where, 10_000)
    with pytest.raises(NotCovered) as short:
        begin(ann, order, BALANCE)
    assert short.value.members["missing"] == 1
    with pytest.raises(NothingChosen):
        begin(ann, order, [])
    with pytest.raises(UnknownMethod):
        begin(ann, order, [Pick("credit")])
    with pytest.raises(UnknownMethod):
        begin(ann, order, [Pick("balance", "x")])
    assert (PaymentAttempt.objects.count(), PaymentOrder.objects.get().payer_id) == (0, None)
    assert_settled(expected={ann: 9_999})


@pytest.mark.django_db
def test_above_the_pin_free_amount_it_needs_a_proof_of_this_amount_and_order() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    order, other = new_order(where, 20_001), new_order(where, 20_001)
    with pytest.raises(StepUpNeeded) as needed:
        begin(ann, order, BALANCE)
    wanted = {"purpose": "payment", "amount": 20_001, "currency": "CNY", "payee": order.public_id}
    assert needed.value.members == wanted
    for wrong in ({"amount_fen": 20_000}, {"payee": other.public_id}, {"purpose": "transfer"}):
        facts = {"amount_fen": 20_001, "payee": order.public_id, "purpose": "payment"} | wrong
        with pytest.raises(ProofMismatch):
            paying.pay(intent=proven(ann, **facts), order_id=order.id, picks=BALANCE, at=clock.now())
    assert begin(ann, order, BALANCE, pin=True).state == "succeeded"
    assert_settled(expected={ann: 29_999})


@pytest.mark.django_db
def test_what_the_proof_is_about_is_what_the_payer_gives_not_what_a_coupon_takes_off() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    picks = [Pick("coupon", "c-10", discount=True), Pick("balance")]
    with strange_sources():
        order = new_order(where, 30_000)
        with pytest.raises(StepUpNeeded) as needed:
            begin(ann, order, picks)
        assert needed.value.members["amount"] == 29_000
        begin(ann, order, picks, pin=True)
        free = new_order(where, 1_000)
        assert begin(ann, free, picks).amount_fen == 0
    assert pending(where) == 31_000 - 180 - 6
    assert_settled(expected={ann: 21_000})


@pytest.mark.django_db
def test_who_may_pay_and_when() -> None:
    open_day()
    where, ann, bob = shop(), holder(50_000), holder(50_000)
    paid, waiting = new_order(where, 5_000), new_order(where, 5_000)
    begin(ann, paid, BALANCE)
    with pytest.raises(OrderPaid):
        begin(ann, paid, BALANCE)
    with pytest.raises(NotFound):
        begin(bob, paid, BALANCE)
    with pytest.raises(OrderClosed):
        begin(ann, waiting, BALANCE, at=waiting.expires_at)
    freeze(ann)
    with pytest.raises(CustomerNotActive):
        begin(ann, waiting, BALANCE)
    suspend(where.merchant)
    with pytest.raises(MerchantNotSelling):
        begin(bob, waiting, BALANCE)
    closing.begin(order_id=waiting.id, code=closing.BY_MERCHANT, at=clock.now())
    with pytest.raises(OrderClosed):
        begin(bob, waiting, BALANCE)
    assert_settled(expected={ann: 45_000, bob: 50_000})


def test_while_the_bank_owes_its_answer_no_second_attempt_begins_and_the_card_stays_bound(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=5_000)
    order = new_order(where, 5_000)
    waiting = begin(who.customer, order, [card(who)])
    with pytest.raises(OrderBeingPaid) as busy:
        begin(who.customer, order, BALANCE)
    assert busy.value.members["attempt"] == waiting.public_id
    with pytest.raises(CardInUse):
        unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    assert request_of(waiting).state == "new"
    assert outbound.ask(attempt_id=waiting.id, at=clock.now()).state == "succeeded"
    assert_settled(expected={who.customer: 5_000})


@pytest.mark.django_db
def test_a_payment_counts_against_the_limits_of_the_payers_class() -> None:
    open_day()
    where, ann = shop(), holder(150_000, verified_class=1, pin=True)
    begin(ann, new_order(where, 99_000), BALANCE, pin=True)
    with pytest.raises(NotCovered) as short:
        begin(ann, new_order(where, 1_001), BALANCE)
    assert short.value.members["missing"] == 1
    assert begin(ann, new_order(where, 1_000), BALANCE).state == "succeeded"
    with pytest.raises(MethodUnavailable) as used_up:
        begin(ann, new_order(where, 1), BALANCE)
    assert used_up.value.members["why"] == "balance_limit_used_up"
    assert_settled(expected={ann: 50_000})


@pytest.mark.django_db
def test_an_order_that_is_paid_is_told_once_with_its_figures() -> None:
    open_day()
    where, ann = shop(), holder(12_000)
    order = new_order(where, 10_000)
    attempt = begin(ann, order, BALANCE)
    told = OutboxEvent.objects.filter(key=order.public_id).order_by("id")
    assert [event.topic for event in told] == ["order.created", "order.paid"]
    assert told[1].payload == {
        "order": order.public_id,
        "merchant": where.merchant.public_id,
        "payer": ann.public_id,
        "scene": "in_app",
        "amount_fen": 10_000,
        "currency": "CNY",
        "fee_fen": 60,
        "payer_fen": 10_000,
        "attempt": attempt.public_id,
    }


@pytest.mark.django_db
def test_the_merchants_own_rate_of_a_scene_is_the_fee_and_a_fee_of_everything_leaves_no_empty_leg() -> None:
    open_day()
    where, ann = shop(), holder(10_001)
    everything = {"scene": "bill", "rate_ppm": 1_000_000, "effective_on": date(2020, 1, 1)}
    MerchantRate.objects.create(merchant=where.merchant, **everything)
    begin(ann, new_order(where, 10_000, scene="bill"), BALANCE)
    begin(ann, new_order(where, 1), BALANCE)
    whole, least = PaymentOrder.objects.order_by("-amount_fen")
    assert booked(whole.journal_id) == {"user:balance": -10_000, "income:fee": 10_000}
    assert booked(least.journal_id) == {"user:balance": -1, "merchant:pending": 1}
    assert_settled(expected={ann: 0})


def test_proofs_and_limits_of_a_refused_pay_are_untouched(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = new_order(where, 30_000)
    given = approved(who.customer, order, [card(who)])
    connected.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})
    first = paying.pay(intent=given, order_id=order.id, picks=[card(who)], at=clock.now())
    outbound.ask(attempt_id=first.id, at=clock.now())
    with pytest.raises(StepUpNeeded):
        paying.pay(intent=intent(who.customer), order_id=order.id, picks=[card(who)], at=clock.now())
    assert PaymentAttempt.objects.count() == 1
    assert_books_balance()
