"""What an attacker tries with units of a money fund."""

import pytest

from core.clock import queries as clock
from core.ids import new_id
from tests.wealth.current.world import bought, end_day, fund, held, holder, quoted
from wealth.current.services import moving
from wealth.current.services.moving import UnitsNotFree

pytestmark = pytest.mark.django_db(transaction=True)


def test_units_that_are_owed_are_not_redeemed() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 10_000_000)
    order = new_id()
    moving.freeze(order_id=order, customer_id=ann.pk, product_id=product.pk, units_fen=10_000_000, at=clock.now())
    quoted(product, "-5.0000")
    end_day()
    moving.unfreeze(order_id=order, at=clock.now())
    found = held(product, ann)
    assert (found.units_fen, found.frozen_fen, found.owed_fen) == (10_000_000, 0, 5_000)
    with pytest.raises(UnitsNotFree):
        moving.freeze(order_id=new_id(), customer_id=ann.pk, product_id=product.pk, units_fen=10_000_000, at=clock.now())
    assert found.free_fen == 9_995_000
    moving.freeze(order_id=new_id(), customer_id=ann.pk, product_id=product.pk, units_fen=9_995_000, at=clock.now())
    assert held(product, ann).free_fen == 0
