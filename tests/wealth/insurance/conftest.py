"""Insurance on sale, and the issuer that makes it."""

import pytest

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.insurance.world import insurance
from tests.wealth.orders.conftest import opened
from wealth.catalog.models import Product

__all__ = ["connected", "opened", "sandbox_bank"]


@pytest.fixture
def term_life(opened: None) -> Product:
    return insurance()
