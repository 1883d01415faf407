"""The tent, plugged in, and the sandbox bank where it is asked for."""

from collections.abc import Iterator

import pytest

from payments.cashier.sockets import PAYEES
from tests.payments.cashier.plugs import also_plugged
from tests.payments.payees.world import Tent


@pytest.fixture
def tent() -> Iterator[Tent]:
    made = Tent()
    with also_plugged(PAYEES, "tent", made):
        yield made
