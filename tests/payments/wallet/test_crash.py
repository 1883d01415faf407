"""kill -9 between the channel's answer and our storing it: nothing is lost, nothing is done twice."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import queries as clock
from payments.wallet.models import TopUp, Withdrawal
from tests import processes
from tests.payments.wallet.bank_world import assert_settled, card_holder, hold_withdrawal, request_of, settle_wallet, start_top_up
from tests.sandbox_bank import SandboxBank


@pytest.mark.parametrize("business", ["top_up", "withdrawal"])
def test_a_process_killed_before_it_stored_the_answer_changes_nothing(business: str, connected: SandboxBank, tmp_path: Path) -> None:
    who = card_holder(connected, fen=50_000)
    order = start_top_up(who, 10_000) if business == "top_up" else hold_withdrawal(who, 10_000)
    answered = tmp_path / "answered"
    process = processes.start("tests/payments/wallet/crash_process.py", business, str(order.id), str(answered), connected.base_url)
    try:
        processes.wait_until(answered.exists, "the process never heard from the bank")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert request_of(order).state == "sent"
    moved = -10_000 if business == "top_up" else 10_000
    assert connected.card(who.number)["balance_fen"] == 100_000_00 + moved
    settle_wallet(clock.now() + timedelta(seconds=61))
    done = (TopUp if business == "top_up" else Withdrawal).objects.get(pk=order.pk)
    assert done.result == "succeeded"
    assert connected.card(who.number)["balance_fen"] == 100_000_00 + moved
    assert_settled(expected={who.customer: 50_000 - moved})
