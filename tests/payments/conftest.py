"""The real sandbox bank, once a session, and a platform connected to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import offset
from tests.payments.world import Postbox, connect_platform
from tests.sandbox_bank import SandboxBank, sandbox_bank

__all__ = ["connected", "postbox", "sandbox_bank"]


@pytest.fixture
def connected(transactional_db: None, sandbox_bank: SandboxBank, settings: Any) -> Iterator[SandboxBank]:
    """The bank, with the platform registered there and no fault left over."""
    sandbox_bank.clear_faults()
    connect_platform(sandbox_bank, settings)
    business_day.open_first_day(at=clock.now())
    yield sandbox_bank
    sandbox_bank.clear_faults()
    offset.forget()


@pytest.fixture
def postbox(transactional_db: None, sandbox_bank: SandboxBank, settings: Any) -> Iterator[Postbox]:
    """Like `connected`, with a box that the bank's notices go to."""
    box = Postbox()
    box.start()
    sandbox_bank.clear_faults()
    connect_platform(sandbox_bank, settings, notify_url=box.url)
    business_day.open_first_day(at=clock.now())
    yield box
    box.stop()
    sandbox_bank.clear_faults()
    offset.forget()
