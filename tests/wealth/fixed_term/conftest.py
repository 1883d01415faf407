"""A fixed term on sale, and the issuer that makes it."""

from collections.abc import Iterator

import pytest

from accounts.ledger.sockets import CHECKS
from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.current.conftest import ABOVE
from tests.wealth.fixed_term.world import deposits
from tests.wealth.orders.conftest import opened
from wealth.catalog.models import Product

__all__ = ["connected", "opened", "sandbox_bank"]


@pytest.fixture
def steady(opened: None) -> Product:
    return deposits()


@pytest.fixture
def _without_orders() -> Iterator[None]:
    """Lots by themselves: brought by orders that nobody made, which the room of orders would rightly report."""
    taken = {name: CHECKS.plugs.pop(name) for name in ABOVE}
    yield
    CHECKS.plugs.update(taken)
