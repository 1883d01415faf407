"""The real sandbox issuer, once a session, and a platform connected to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import offset
from tests.ledger_proof import assert_books_balance
from tests.sandbox_issuer import SandboxIssuer, sandbox_issuer
from tests.wealth.issuers.world import Listener, Taker, connect_platform, listening, open_books

__all__ = ["sandbox_issuer"]


@pytest.fixture
def heard() -> Iterator[tuple[Listener, Taker]]:
    with listening() as both:
        yield both


@pytest.fixture
def listener(heard: tuple[Listener, Taker]) -> Listener:
    """The room that hears what became of requests."""
    return heard[0]


@pytest.fixture
def taker(heard: tuple[Listener, Taker]) -> Taker:
    """Who takes quotes."""
    return heard[1]


@pytest.fixture
def connected(
    transactional_db: None, sandbox_issuer: SandboxIssuer, settings: Any, heard: tuple[Listener, Taker]
) -> Iterator[SandboxIssuer]:
    """The issuer, with the platform registered there and no switch left over; afterwards the books balance."""
    sandbox_issuer.switches_off()
    open_books()
    connect_platform(sandbox_issuer, settings)
    business_day.open_first_day(at=clock.now())
    yield sandbox_issuer
    assert_books_balance()
    sandbox_issuer.switches_off()
    offset.forget()
