"""Every fault switch of the sandbox bank on the flows that have no file of faults of their own: deductions, payers' codes, bills, late
money, lost disputes and unbindings. After the jobs nothing is open, the books are whole, and the bank has what ours say."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.outbox import services as outbox
from payments.agreements import outbound as deductions
from payments.agreements import queries as agreements
from payments.agreements import sweeps as agreement_sweeps
from payments.agreements.models import Deduction
from payments.bills import queries as bills
from payments.cards import calls
from payments.cards import services as cards
from payments.cashier import queries as cashier
from payments.cashier import sweeps
from payments.cashier.models import PaymentOrder
from payments.channels.models import Break, ChannelCredential, ChannelRequest
from payments.qr import queries as codes
from payments.qr.states import CodeResult
from payments.refunds import outbound as refunds
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from tests.payments.agreements.world import ask, signed
from tests.payments.bills.world import a_biller, an_account, begun, go_on, paid, sandbox_billers
from tests.payments.cashier.test_unknown import deaf
from tests.payments.cashier.world import Holder, assert_settled, card, card_holder, new_order, pay, pending, request_of, shop
from tests.payments.disputes.world import dispute, lost
from tests.payments.qr.world import read, show, wanted
from tests.payments.refunds.world import assert_all_over, by_card, by_operators, settle_refunds
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.test_binding_faults import FAULTS as CALL_FAULTS
from tests.payments.wallet.test_faults import FAULTS, REFUSED, switch_on
from tests.payments.world import AT, WORKS, Postbox, bind, deliver, payer
from tests.sandbox_bank import SandboxBank

FULL, FEN = 100_000_00, 10_000
Step = Callable[[datetime], object]


class Bank:
    """The bank with a card holder for every fault, its letters, and the jobs of every room."""

    def __init__(self, box: Postbox, bank: SandboxBank, client: Any) -> None:
        self.box, self.bank, self.client = box, bank, client
        self.holders: dict[str, Holder] = {fault: card_holder(bank) for fault in FAULTS}

    def run_the_jobs(self, *more: Step, at: datetime | None = None, rounds: int = 2) -> datetime:
        """Time goes on, notices arrive (believed or not), every sweeper runs, twice over."""
        at = at or clock.now()
        for _ in range(rounds):
            self.bank.flush()
            letters, self.box.letters = self.box.letters, []
            for letter in letters:
                assert deliver(self.client, letter) in (200, 204, 401)
            at = settle_refunds(at + timedelta(seconds=6), pause_s=0.03)
            for step in (hear, *more):
                step(at)
        return at

    def taken(self) -> dict[str, int]:
        """Fault to what the card's holder has less than at first."""
        return {fault: FULL - self.bank.card(who.number)["balance_fen"] for fault, who in self.holders.items()}


def hear(at: datetime) -> None:
    outbox.run_pending(at=at)


def only_amounts_broke() -> bool:
    return set(Break.objects.values_list("kind", flat=True)) <= {"amount"}


@pytest.fixture
def faulty(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> Bank:
    return Bank(postbox, sandbox_bank, client)


def follow_deductions(at: datetime) -> None:
    for name, shard in agreements.due_shards(at):
        getattr(agreement_sweeps, name)(shard=shard, at=at)
    hear(at)


def test_a_deduction_by_card_is_taken_once_under_every_fault_or_tried_again(faulty: Bank) -> None:
    where = shop()
    asked = {
        fault: ask(where, signed(where, who.customer, (("card", who.card.public_id),)), 5_000) for fault, who in faulty.holders.items()
    }
    at = clock.now() + timedelta(hours=3)
    for fault, who in faulty.holders.items():
        switch_on(faulty.bank, fault, "payment", who)
        deductions.debit(deduction_id=asked[fault].id, at=at)
    at = faulty.run_the_jobs(follow_deductions, at=at)
    waiting = Deduction.objects.filter(state="waiting")
    assert {fault for fault, row in asked.items() if row.id in set(waiting.values_list("id", flat=True))} == REFUSED
    faulty.bank.clear_faults()
    for row in waiting:
        deductions.debit(deduction_id=row.id, at=row.next_at + timedelta(seconds=1))
        at = max(at, row.next_at)
    faulty.run_the_jobs(follow_deductions, at=at + timedelta(seconds=2))
    assert set(Deduction.objects.values_list("state", flat=True)) == {"paid"}
    assert (faulty.taken(), pending(where)) == (dict.fromkeys(FAULTS, 5_000), 4_970 * len(FAULTS))
    assert only_amounts_broke()
    assert_settled()


def test_a_payers_code_charged_by_card_ends_under_every_fault(faulty: Bank) -> None:
    where, rows = shop(), {}
    for fault, who in faulty.holders.items():
        switch_on(faulty.bank, fault, "payment", who)
        rows[fault] = read(where.app, show(who.customer), wanted(1_000))
    at = faulty.run_the_jobs()
    faulty.run_the_jobs(at=at + timedelta(minutes=10))
    charged = {fault for fault, row in rows.items() if codes.result(codes.with_order(row.id)) == CodeResult.PAID}
    assert charged == set(FAULTS) - REFUSED
    assert faulty.taken() == {fault: 1_000 if fault in charged else 0 for fault in FAULTS}
    assert (pending(where), only_amounts_broke()) == (994 * len(charged), True)
    assert_settled()


def test_late_money_goes_back_once_under_every_fault_or_to_an_operator(faulty: Bank) -> None:
    where, attempts = shop(), {}
    for fault, who in faulty.holders.items():
        who_pays = {"operations": ["payment"], "agreement_no": who.card.token}
        faulty.bank.fault("processing_then_success", times=1, params={"after_ms": 0}, **who_pays)
        attempts[fault] = pay(who.customer, new_order(where, FEN), [card(who)])
    deaf(faulty.bank)
    orders = {fault: PaymentOrder.objects.get(pk=attempt.order_id) for fault, attempt in attempts.items()}
    last = max(order.expires_at for order in orders.values())
    for shard in {order.shard for order in orders.values()}:
        sweeps.expire_orders(shard=shard, at=last)
    faulty.bank.clear_faults()
    ours = ChannelCredential.objects.get(retired_at=None).merchant
    for fault, who in faulty.holders.items():
        switch_on(faulty.bank, fault, "refund", who)
        faulty.bank.resolve(ours, request_of(attempts[fault]).request_no)
    faulty.run_the_jobs(at=last + timedelta(seconds=1))
    faulty.run_the_jobs(at=last + timedelta(hours=12), rounds=1)
    by_operator = {fault for fault, order in orders.items() if PaymentOrder.objects.get(pk=order.pk).state == "to_manual"}
    assert {PaymentOrder.objects.get(pk=order.pk).state for order in orders.values()} == {"late_refunded", "to_manual"}
    assert by_operator <= REFUSED
    assert faulty.taken() == {fault: FEN if fault in by_operator else 0 for fault in FAULTS}
    assert (pending(where), only_amounts_broke()) == (0, True)
    assert_settled()


def test_what_a_lost_dispute_takes_goes_back_once_under_every_fault_or_by_hand(faulty: Bank) -> None:
    where = shop()
    orders = {fault: by_card(where, who, FEN) for fault, who in faulty.holders.items()}
    for fault, who in faulty.holders.items():
        switch_on(faulty.bank, fault, "refund", who)
        refunds.send(refund_id=lost(dispute(orders[fault])).refund_id, at=clock.now())
    faulty.run_the_jobs()
    ends = {fault: Refund.objects.get(order_id=order.id) for fault, order in orders.items()}
    by_operator = {fault for fault, row in ends.items() if row.state == "to_manual"}
    assert {row.state for row in ends.values()} == {"succeeded", "to_manual"}
    assert by_operator <= REFUSED
    assert faulty.taken() == {fault: FEN if fault in by_operator else 0 for fault in FAULTS}
    for fault in sorted(by_operator):
        by_operators(by_hand.PAID_BY_HAND, refund_id=ends[fault].id, reference=f"B-{fault}")
    assert (pending(where), only_amounts_broke()) == (0, True)
    assert_all_over()


def test_a_bill_paid_by_card_is_settled_once_under_every_fault_or_closed_unpaid(faulty: Bank) -> None:
    with sandbox_billers():
        water, rows = a_biller(code="water"), {}
        for fault, who in faulty.holders.items():
            rows[fault] = begun(who.customer, water, an_account())
            switch_on(faulty.bank, fault, "payment", who)
            pay(who.customer, cashier.order(rows[fault].order_id), [card(who)], pin=True)
        faulty.run_the_jobs(go_on)
        last = clock.now() + timedelta(minutes=20)
        faulty.run_the_jobs(at=last, rounds=1)
    ends = {fault: bills.payment(row.id).state for fault, row in rows.items()}
    assert ends == {fault: "closed" if fault in REFUSED else "settled" for fault in FAULTS}
    assert faulty.taken() == {fault: 0 if fault in REFUSED else rows[fault].amount_fen for fault in FAULTS}
    assert only_amounts_broke()
    assert_settled()


@pytest.mark.parametrize("fault", ["delay", "decline", "forged_response", "processing_then_success", "processing_then_failed"])
def test_a_biller_is_told_once_under_the_other_faults_too(connected: SandboxBank, fault: str) -> None:
    with sandbox_billers():
        who = card_holder(connected, fen=200_000)
        bill = begun(who.customer, a_biller(code="water"), an_account())
        paid(who.customer, bill)
        connected.fault(fault, operations=["bill_pay"], request_no=bill.public_id, times=1, params=FAULTS[fault].get("params", {}))
        go_on(clock.now())
    state = bills.payment(bill.id).state
    assert state in ("settled", "refunded")
    assert_settled(expected={who.customer: 200_000 - (bill.amount_fen if state == "settled" else 0)})


def test_every_fault_of_an_unbinding_ends_cancelled_at_the_bank_or_with_a_code(connected: SandboxBank) -> None:
    ends = {}
    for fault, params, *_ in CALL_FAULTS:
        connected.clear_faults()
        who = payer(connected)
        bound = bind(connected, who, WORKS)
        connected.fault(fault, operations=["unsign"], times=params.get("n", 1), params=params)
        calls.unsign(card=cards.unbind(customer_id=who.customer.id, card_id=bound.id, at=AT), at=AT)
        settle(AT)
        said = connected.control("GET", f"agreements/{bound.token}")["agreement_status"]
        ends[f"{fault}{' after' if params.get('after_effect') else ''}"] = (
            said,
            ChannelRequest.objects.get(operation="unsign", card=bound).state,
        )
    refused = {fault for fault, (_, state) in ends.items() if state == "failed"}
    assert refused <= {"decline", "maintenance", "system_busy"}
    assert {said for fault, (said, _) in ends.items() if fault not in refused} == {"CANCELLED"}
    assert_nothing_open()
