"""The real sandbox bank, which also answers for people's names; workers; and what the guide's examples read from the environment."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.verification.sockets import VERIFIERS
from core.clock import queries as clock
from payments.channels.sandbox_bank.connect import NOTICE_PATH
from payments.channels.sandbox_bank.sidelines import BankVerifier
from payments.notices import sending
from tests.factories import plugged
from tests.payments.merchants.world import program
from tests.payments.settle import once
from tests.payments.settlement.world import seller
from tests.payments.world import connect_platform
from tests.sandbox_bank import SandboxBank


@pytest.fixture
def bank(connected: SandboxBank) -> Iterator[SandboxBank]:
    with plugged(VERIFIERS, BankVerifier()):
        yield connected


@pytest.fixture
def workers(bank: SandboxBank, live_server: Any, settings: Any) -> Iterator[None]:
    """Every job of channels, cashier and notices, again and again, as workers do it."""
    connect_platform(bank, settings, notify_url=live_server.url + NOTICE_PATH)
    over = threading.Event()

    def work() -> None:
        try:
            while not over.wait(0.3):
                once(clock.now())
                sending.deliver_due(now=clock.now, most_s=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        yield
        over.set()
        working.result()


@pytest.fixture
def environment(bank: SandboxBank, live_server: Any, tmp_path: Path) -> dict[str, str]:
    caller = program(seller(bank).merchant)
    (tmp_path / "key.pem").write_text(caller.private)
    mine = {"BANYAN_APP_ID": caller.app.public_id, "BANYAN_SERIAL": caller.key.serial_no, "BANYAN_KEY": str(tmp_path / "key.pem")}
    return os.environ | mine | {"BANYAN_URL": live_server.url, "BANYAN_BANK": bank.base_url}
