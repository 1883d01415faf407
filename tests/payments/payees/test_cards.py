"""A payee paid by card, or by balance and card: what the bank does not say, says late, refuses, and takes back."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.ids import new_id
from core.work.queries import waiting as waiting_work
from payments.cashier import outbound, queries
from payments.cashier.models import PaymentOrder
from payments.cashier.services import closing
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from payments.disputes.services.opening import NewDispute, OrderPaysNoMerchant, open_dispute
from payments.disputes.states import OpenedBy
from payments.refunds import outbound as refunds
from payments.refunds.models import Refund
from payments.refunds.services import asking, by_hand
from tests import processes
from tests.payments.cashier.world import Holder, assert_settled, begin, booked, card, card_holder, pay, request_of, settle_cashier
from tests.payments.payees.world import KEEPS, Tent, ordered
from tests.payments.refunds.world import by_operators
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


def refused_refund(bank: SandboxBank, who: Holder) -> tuple[PaymentOrder, Refund]:
    order = ordered(who.customer.id, 10_000)
    pay(who.customer, order, mixed(who))
    bank.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    given_back(order, 10_000)
    settle_cashier(clock.now() + timedelta(seconds=10))
    return order, Refund.objects.get()


def test_a_refused_part_paid_by_hand_is_told_to_the_payee_as_refunded(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=3_000)
    _, made = refused_refund(connected, who)
    done = by_operators(by_hand.PAID_BY_HAND, refund_id=made.id, reference="B-1")
    assert (done.state, tent.told[1:]) == ("succeeded_by_hand", [("refunded", 10_000)])
    assert booked(done.journal_id) == {"payable:unapplied": -10_000, "asset:bank": 7_000, "user:balance": 3_000}
    assert balance(KEEPS).posted == 0
    assert_settled(expected={who.customer: 3_000})


def test_a_refund_that_is_given_up_is_told_to_the_payee_which_keeps_the_money_and_may_ask_again(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=3_000)
    order, made = refused_refund(connected, who)
    by_operators(by_hand.GIVEN_UP, refund_id=made.id)
    assert (tent.told[1:], balance(KEEPS).posted) == ([("refund_failed", "RISK_REFUSED")], 10_000)
    again = asking.ask_for_payee(
        payee="tent", payee_order_id=order.payee_order_id, amount_fen=10_000, reason="", key=new_id(), at=clock.now()
    )
    refunds.send(refund_id=again.id, at=clock.now())
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert tent.told[2:] == [("refunded", 10_000)]
    assert_settled(expected={who.customer: 3_000})


@pytest.mark.parametrize("where_killed", ["before", "after"])
def test_a_process_killed_on_the_way_to_the_bank_or_back_pays_a_payee_once(
    where_killed: str, connected: SandboxBank, tent: Tent, tmp_path: Path
) -> None:
    who = card_holder(connected, fen=3_000)
    attempt = begin(who.customer, ordered(who.customer.id, 10_000), mixed(who))
    reached = tmp_path / "reached"
    process = processes.start("tests/payments/cashier/crash_process.py", where_killed, str(attempt.id), str(reached), connected.base_url)
    try:
        processes.wait_until(reached.exists, "the process never came so far")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    settle_cashier(clock.now() + timedelta(seconds=61))
    assert [what for what, _ in tent.told] == ["paid"]
    assert (balance(KEEPS).posted, connected.card(who.number)["balance_fen"]) == (10_000, 100_000_00 - 7_000)
    assert_settled(expected={who.customer: 0})


def test_nobody_disputes_an_order_that_pays_no_merchant(connected: SandboxBank, tent: Tent) -> None:
    who = card_holder(connected, fen=10_000)
    order = ordered(who.customer.id, 10_000)
    pay(who.customer, order, [Pick("balance")])
    wanted = NewDispute(opened_by=OpenedBy.PAYER, opener="x", kind="other", words="never came")
    with pytest.raises(OrderPaysNoMerchant):
        open_dispute(order_id=order.id, wanted=wanted, at=clock.now())
