"""kill -9 of whoever pays out, at each step: nothing is lost, and no money leaves twice."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock.queries import start_of_day
from payments.settlement import sweeps
from payments.settlement.models import MerchantPayout
from tests import processes
from tests.ledger_proof import assert_books_balance
from tests.payments.settle import settle
from tests.payments.settlement.world import approved, assert_paid_out, seller
from tests.sandbox_bank import SandboxBank


@pytest.mark.parametrize("where_killed", ["placed", "before", "after"])
def test_a_process_killed_while_it_pays_out_pays_once(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    at, reached = start_of_day(row.due_on), tmp_path / "reached"
    arguments = (where_killed, str(row.id), at.isoformat(), str(reached), connected.base_url)
    process = processes.start("tests/payments/settlement/crash_process.py", *arguments)
    try:
        processes.wait_until(reached.exists, "the process never came so far")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    row.refresh_from_db()
    assert (row.state, MerchantPayout.objects.get().state) == ("paying", "sent")
    gone = 9_940 if where_killed == "after" else 0
    assert connected.card(who.owner.number)["balance_fen"] == 100_000_00 + gone
    assert_books_balance()
    for _ in range(2):
        sweeps.pay_due(shard=row.shard, at=at + timedelta(seconds=61))
        settle(at + timedelta(seconds=61))
    assert_paid_out(row, connected, who.owner, 9_940)
