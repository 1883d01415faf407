"""Every fault switch of the sandbox bank on a payout: after the jobs the books are whole, nothing is open, no money left twice."""

from datetime import datetime, timedelta
from typing import Any

from core.clock.queries import start_of_day
from payments.settlement import outbound, sweeps
from payments.settlement.models import MerchantPayout, Settlement
from tests.ledger_proof import assert_books_balance
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.settlement.world import approve_day, end_day, sell, seller, settled, standing
from tests.payments.wallet.test_faults import FAULTS, PAYOUT_ONLY, PAYOUT_REFUSED, switch_on
from tests.payments.world import Postbox, deliver
from tests.sandbox_bank import SandboxBank


def run_the_jobs(box: Postbox, bank: SandboxBank, client: Any, at: datetime) -> None:
    """Time goes on, notices arrive (believed or not), every sweeper runs, twice over."""
    for _ in range(2):
        bank.flush()
        letters, box.letters = box.letters, []
        for letter in letters:
            assert deliver(client, letter) in (200, 204, 401)
        for shard in range(64):
            sweeps.pay_due(shard=shard, at=at)
        at = settle(at + timedelta(seconds=6), pause_s=0.03)


def test_a_payout_ends_under_every_fault(postbox: Postbox, sandbox_bank: SandboxBank, client: Any) -> None:
    faults = FAULTS | PAYOUT_ONLY
    sellers = {fault: seller(sandbox_bank) for fault in faults}
    for who in sellers.values():
        sell(who.shop, 10_000)
    day = end_day()
    approve_day(day)
    rows = {fault: settled(who.shop, day) for fault, who in sellers.items()}
    at = start_of_day(next(iter(rows.values())).due_on)
    for fault, who in sellers.items():
        switch_on(sandbox_bank, fault, "payout", who.owner)
        assert outbound.pay(settlement_id=rows[fault].id, at=at)
    run_the_jobs(postbox, sandbox_bank, client, at)
    back = PAYOUT_REFUSED | set(PAYOUT_ONLY)
    ends = {fault: Settlement.objects.get(pk=row.pk).state for fault, row in rows.items()}
    assert ends == {fault: "returned" if fault in back else "paid" for fault in faults}
    assert {fault: standing(who.merchant) for fault, who in sellers.items()} == {
        fault: {"available": 9_940} if fault in back else {} for fault in faults
    }
    left = {fault: sandbox_bank.card(who.owner.number)["balance_fen"] for fault, who in sellers.items()}
    assert left == {fault: 100_000_00 + (0 if fault in back else 9_940) for fault in faults}
    assert not MerchantPayout.objects.filter(state="sent").exists()
    assert_nothing_open()
    assert_books_balance()
