"""kill -9 on the way to the bank, and between its answer and our storing it: nothing is lost, nothing goes back twice."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import queries as clock
from payments.cashier.services.funding import Pick
from payments.refunds.models import Refund
from tests import processes
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import card_holder, pending, shop
from tests.payments.refunds.test_card import FULL, request_of
from tests.payments.refunds.world import ask, assert_all_over, back, by_card, has, settle_refunds
from tests.sandbox_bank import SandboxBank


@pytest.mark.parametrize("where_killed", ["before", "after"])
def test_a_process_killed_on_the_way_to_the_bank_or_back_changes_nothing(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    order = by_card(where, who, 10_000, [Pick("balance")])
    made = ask(order, 5_000)
    reached = tmp_path / "reached"
    process = processes.start("tests/payments/refunds/crash_process.py", where_killed, str(made.id), str(reached), connected.base_url)
    try:
        processes.wait_until(reached.exists, "the process never came so far")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert request_of(made).state == "sent"
    assert connected.card(who.number)["balance_fen"] == FULL - (3_500 if where_killed == "after" else 7_000)
    assert (has(where), back(order)) == ({"pending": (9_940, 4_970)}, {"balance": 0, "card": 0})
    assert_books_balance(open_holds=1)
    settle_refunds(clock.now() + timedelta(seconds=61))
    assert (Refund.objects.get().state, pending(where), back(order)) == ("succeeded", 4_970, {"balance": 1_500, "card": 3_500})
    assert connected.card(who.number)["balance_fen"] == FULL - 3_500
    assert_all_over(expected={who.customer: 1_500})


def test_a_refund_whose_process_died_before_sending_is_sent_by_the_channels_sweeper(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    made = ask(by_card(where, who, 1_000), 1_000)
    assert request_of(made).state == "new"
    settle_refunds(clock.now() + timedelta(seconds=61))
    assert (Refund.objects.get().state, connected.card(who.number)["balance_fen"]) == ("succeeded", FULL)
    assert_all_over()
