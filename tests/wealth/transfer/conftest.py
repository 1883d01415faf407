"""A fixed term whose holdings may be sold, and the issuer that makes it."""

import pytest

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.fixed_term.world import deposits
from tests.wealth.orders.conftest import opened
from wealth.catalog.models import Product

__all__ = ["connected", "opened", "sandbox_bank"]


@pytest.fixture
def steady(opened: None) -> Product:
    return deposits(transferable=True)
