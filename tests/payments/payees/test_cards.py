"""A payee paid by card, or by balance and card: what the bank does not say, says late, refuses, and takes back."""

from datetime import timedelta

import pytest

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.work.queries import waiting as waiting_work
from payments.cashier import outbound, queries
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from payments.refunds import outbound as refunds
from payments.refunds.models import Refund
from payments.refunds.services import asking
from tests.payments.cashier.world import Holder, assert_settled, card, card_holder, pay, request_of, settle_cashier
from tests.payments.payees.world import KEEPS, Tent, ordered
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
CODE = {"success": {}, "failure": {"code": "RISK_REFUSED"}}
UNDECIDED = {"operations": ["payment"], "times": 1, "params": {"after_ms": 0}}


def mixed(who: Holder) -> list[Pick]:
    return [Pick("balance"), card(who)]


def given_back(order: PaymentOrder, fen: int) -> Refund:
    """Asked for, and asked of the bank."""
    made = asking.ask_for_payee(payee="tent", payee_order_id=order.payee_order_id, amount_fen=fen, reason="", key=order.id, at=clock.now())
    return refunds.send(refund_id=made.id, at=clock.now())


def test_balance_and_card_pay_a_payee_in_one_journal_and_get_their_parts_back(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=3_000)
    order = ordered(who.customer.id, 10_000)
    pay(who.customer, order, mixed(who))
    assert (tent.told, balance(KEEPS).posted, posted(who.customer)) == ([("paid", order.payee_order_id)], 10_000, 0)
    given_back(order, 10_000)
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert tent.told[1:] == [("refunded", 10_000)]
    assert (queries.order(order.id).state, balance(KEEPS).posted) == ("refunded", 0)
    assert_settled(expected={who.customer: 3_000})


@pytest.mark.parametrize("word", sorted(CODE))
def test_an_unknown_answer_is_told_once_the_bank_has_said(connected: SandboxBank, tent: Tent, word: str) -> None:
    who = card_holder(connected, fen=3_000)
    order = ordered(who.customer.id, 10_000)
    connected.fault("processing_then_success", **UNDECIDED)
    attempt = pay(who.customer, order, mixed(who))
    assert (attempt.state, tent.told) == ("open", [])
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(attempt).request_no, *(() if word == "success" else ("FAILED",)), **CODE[word])
    settle_cashier(clock.now() + timedelta(seconds=10))
    paid = word == "success"
    assert tent.told[:1] == ([("paid", order.payee_order_id)] if paid else tent.told[:1])
    assert balance(KEEPS).posted == (10_000 if paid else 0)
    assert_settled(expected={who.customer: 0 if paid else 3_000})


def test_what_the_payee_refuses_after_the_card_was_charged_goes_back_to_the_card(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=3_000)
    order = ordered(who.customer.id, 10_000)
    tent.refuses = True
    pay(who.customer, order, mixed(who))
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert tent.told == [("closed", "test_sold_out")]
    assert queries.order(order.id).state == "late_refunded"
    assert balance(KEEPS).posted == 0
    assert_settled(expected={who.customer: 3_000})


def test_a_success_after_the_payee_closed_goes_back_to_the_card(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=3_000)
    order = ordered(who.customer.id, 10_000)
    connected.fault("processing_then_success", **UNDECIDED)
    attempt = pay(who.customer, order, mixed(who))
    connected.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})
    closing.close_for(payee="tent", payee_order_id=order.payee_order_id, at=clock.now())
    outbound.close(order_id=order.id, at=clock.now())
    closing.finish(order_id=order.id, at=clock.now())
    assert tent.told == [("closed", closing.BY_PAYEE)]
    connected.clear_faults()
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(attempt).request_no)
    settle_cashier(clock.now() + timedelta(hours=1))
    assert (queries.order(order.id).state, balance(KEEPS).posted) == ("late_refunded", 0)
    assert tent.told == [("closed", closing.BY_PAYEE)]
    assert_settled(expected={who.customer: 3_000})


def test_a_refund_the_bank_refuses_is_an_operators_and_keeps_the_payees_money(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=0)
    order = ordered(who.customer.id, 10_000)
    pay(who.customer, order, [card(who)])
    connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    given_back(order, 10_000)
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert Refund.objects.get().state == "to_manual"
    assert balance(KEEPS).posted == 10_000
    assert [item.kind for item in waiting_work()] == ["refund.refused"]


def test_thirty_at_once_pay_a_payee_once(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=10_000)
    order = ordered(who.customer.id, 10_000)
    together(lambda _: pay(who.customer, order, [Pick("balance")]), 30)
    assert tent.told == [("paid", order.payee_order_id)]
    assert_settled(expected={who.customer: 0})
    assert balance(KEEPS).posted == 10_000


def test_paying_and_closing_at_once_end_in_one_of_both(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=10_000)
    order = ordered(who.customer.id, 10_000)

    def act(number: int) -> object:
        if number % 2:
            return closing.close_for(payee="tent", payee_order_id=order.payee_order_id, at=clock.now())
        return pay(who.customer, order, [Pick("balance")])

    together(act, 10)
    paid = queries.order(order.id).state == "paid"
    assert [what for what, _ in tent.told] == (["paid"] if paid else ["closed"])
    assert balance(KEEPS).posted == (10_000 if paid else 0)
    assert_settled(expected={who.customer: 0 if paid else 10_000})
