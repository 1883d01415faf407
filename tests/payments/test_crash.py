"""kill -9 on the way to a bank or biller and back: deductions, bills and late money end once all the same."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.clock import queries as clock
from payments.agreements.models import Deduction
from payments.bills import outbound as billers
from payments.bills import queries as bills
from payments.cashier.models import PaymentAttempt
from payments.cashier.services import late
from payments.channels.models import ChannelRequest
from tests import processes
from tests.payments.agreements.world import ask, signed
from tests.payments.bills.world import a_biller, an_account, begun, go_on, paid, sandbox_billers
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import late_success
from tests.payments.cashier.world import assert_settled, card_holder, holder, pending, settle_cashier, shop
from tests.payments.refunds.world import read
from tests.payments.test_every_fault import follow_deductions
from tests.sandbox_bank import SandboxBank

FULL = 100_000_00
WHERE = pytest.mark.parametrize("where_killed", ["before", "after"])


def killed(what: str, where: str, row: UUID, bank: SandboxBank, folder: Path) -> None:
    reached = folder / "reached"
    process = processes.start("tests/payments/crash_process.py", what, where, str(row), str(reached), bank.base_url)
    try:
        processes.wait_until(reached.exists, "the process never came so far")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def later(**more: Any) -> datetime:
    return clock.now() + timedelta(**({"seconds": 61} | more))


@WHERE
def test_a_deduction_whose_process_was_killed_is_taken_once(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    where, who = shop(), card_holder(connected)
    row = ask(where, signed(where, who.customer, (("card", who.card.public_id),)), 5_000)
    killed("deduction", where_killed, row.id, connected, tmp_path)
    row.refresh_from_db()
    assert (row.state, ChannelRequest.objects.get(operation="pay").state) == ("debiting", "sent")
    assert connected.card(who.number)["balance_fen"] == FULL - (5_000 if where_killed == "after" else 0)
    follow_deductions(settle_cashier(later(hours=3)))
    assert (Deduction.objects.get().state, PaymentAttempt.objects.count(), pending(where)) == ("paid", 1, 4_970)
    assert connected.card(who.number)["balance_fen"] == FULL - 5_000
    assert_settled()


@WHERE
def test_a_bill_whose_process_was_killed_is_paid_at_its_biller_once(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    with sandbox_billers():
        who, number, water = holder(100_000, pin=True), an_account(), a_biller(code="water")
        bill = paid(who, begun(who, water, number))
        killed("bill", where_killed, bill.id, connected, tmp_path)
        bill.refresh_from_db()
        owed = list(billers.owed(biller=water, account_no=number))
        assert (bill.state, bool(owed)) == ("paid", where_killed == "before")
        go_on(later())
        assert (bills.payment(bill.id).state, list(billers.owed(biller=water, account_no=number))) == ("settled", [])
    assert_settled(expected={who: 100_000 - bill.amount_fen})


@WHERE
def test_late_money_whose_process_was_killed_goes_back_once(where_killed: str, connected: SandboxBank, tmp_path: Path) -> None:
    who = card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, shop())
        request = late.place_refund(order_id=order.id, at=clock.now())
        assert request is not None
        killed("refund", where_killed, request.id, connected, tmp_path)
        request.refresh_from_db()
        assert (request.state, read(order).state) == ("sent", "refunding")
        settle_cashier(order.expires_at + timedelta(minutes=2))
    assert (read(order).state, connected.card(who.number)["balance_fen"]) == ("late_refunded", FULL)
    assert_settled(expected={who.customer: 3_000})
