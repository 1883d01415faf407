"""The business day and the calendar that orders need."""

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank
from tests.wealth.orders.conftest import opened

__all__ = ["connected", "opened", "sandbox_bank"]
