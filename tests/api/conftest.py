"""The real sandbox bank for the tests of the whole surface."""

from tests.payments.conftest import connected
from tests.sandbox_bank import sandbox_bank

__all__ = ["connected", "sandbox_bank"]
