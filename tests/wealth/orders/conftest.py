"""Money funds on sale, and the issuer that makes them."""

from collections.abc import Iterator

import pytest

from core.business_day import services as business_day
from core.clock import queries as clock
from core.clock.queries import offset
from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.catalog.products import on_sale
from tests.wealth.orders.world import an_issuer
from wealth.catalog.models import Product

__all__ = ["connected", "sandbox_bank"]


@pytest.fixture
def opened(transactional_db: None) -> Iterator[None]:
    offset.forget()
    business_day.open_first_day(at=clock.now())
    an_issuer()
    yield
    offset.forget()


@pytest.fixture
def money_fund(opened: None) -> Product:
    return on_sale(minimum_fen=100, person_cap_fen=10_000_000)


@pytest.fixture
def small_cap(opened: None) -> Product:
    """Of which 30.00 a day are paid out at once."""
    return on_sale(minimum_fen=100, t0_cap_fen=3_000)
