"""Two money funds on sale, and what customers have of them told."""

from collections.abc import Iterator

import pytest

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.advisor.world import MoneyFunds
from tests.wealth.catalog.products import on_sale
from tests.wealth.orders.conftest import opened
from wealth.catalog.models import Product
from wealth.catalog.sockets import HOLDINGS

__all__ = ["connected", "opened", "sandbox_bank"]


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    if HOLDINGS.get("current") is not None:
        yield
        return
    HOLDINGS.plug("current", MoneyFunds())
    yield
    HOLDINGS.unplug("current")


@pytest.fixture
def funds(opened: None) -> tuple[Product, Product]:
    """Of the first 10,000 a day are paid out at once, of the second nothing is."""
    return on_sale(minimum_fen=100), on_sale(minimum_fen=100, t0_cap_fen=0)
