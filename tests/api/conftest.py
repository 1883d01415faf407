"""The real sandbox bank for the tests of the whole surface."""

from collections.abc import Iterator

import pytest

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.catalog import products

__all__ = ["connected", "sandbox_bank"]


@pytest.fixture(autouse=True)
def _sold() -> Iterator[None]:
    """A kind of product to sell, where the platform plugged none."""
    with products.plugged():
        yield
