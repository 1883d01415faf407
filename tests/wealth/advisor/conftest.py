"""Two money funds on sale."""

import pytest

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.catalog.products import on_sale
from tests.wealth.orders.conftest import opened
from wealth.catalog.models import Product

__all__ = ["connected", "opened", "sandbox_bank"]


@pytest.fixture
def funds(opened: None) -> tuple[Product, Product]:
    """Of the first 10,000 a day are paid out at once, of the second nothing is."""
    return on_sale(minimum_fen=100), on_sale(minimum_fen=100, t0_cap_fen=0)
