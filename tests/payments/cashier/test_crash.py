"""kill -9 between holding and calling, and between the bank's answer and our storing it: nothing is lost, nothing is done twice."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import queries as clock
from payments.cashier import sweeps
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services.funding import Pick
from tests import processes
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import assert_settled, begin, card, card_holder, new_order, pending, request_of, settle_cashier, shop
from tests.sandbox_bank import SandboxBank


@pytest.mark.parametrize("where_killed", ["before", "after"])
def test_a_process_killed_on_the_way_to_the_bank_or_back_changes_nothing(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    attempt = begin(who.customer, new_order(where, 10_000), [Pick("balance"), card(who)])
    reached = tmp_path / "reached"
    process = processes.start("tests/payments/cashier/crash_process.py", where_killed, str(attempt.id), str(reached), connected.base_url)
    try:
        processes.wait_until(reached.exists, "the process never came so far")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert request_of(attempt).state == "sent"
    charged = 7_000 if where_killed == "after" else 0
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - charged
    assert set(FundingLeg.objects.values_list("state", flat=True)) == {"held"}
    assert_books_balance(open_holds=1)
    settle_cashier(clock.now() + timedelta(seconds=61))
    assert (PaymentOrder.objects.get().state, pending(where)) == ("paid", 9_940)
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 7_000
    assert_settled(expected={who.customer: 0})


def test_an_attempt_whose_process_died_before_asking_is_sent_by_the_channels_sweeper(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    attempt = begin(who.customer, new_order(where, 10_000), [Pick("balance"), card(who)])
    assert request_of(attempt).state == "new"
    settle_cashier(clock.now() + timedelta(seconds=61))
    assert PaymentOrder.objects.get().state == "paid"
    assert_settled(expected={who.customer: 0})


def test_an_order_that_expires_before_its_call_left_is_closed_without_asking_the_bank(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    order = new_order(where, 10_000)
    attempt = begin(who.customer, order, [Pick("balance"), card(who)])
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    order.refresh_from_db()
    assert (order.state, request_of(attempt).state, request_of(attempt).code) == ("closed", "failed", "not_sent")
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 3_000})
