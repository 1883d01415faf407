"""The proof finds what somebody changed behind the database's back."""

import pytest

from core.business_day import queries as business_days
from core.clock import queries as clock
from core.ids import new_id
from tests.ledger_proof import behind_its_back, found_of
from tests.wealth.current.world import bought, end_day, fund, held, holder, quoted, revised
from wealth.catalog.models import Product
from wealth.current.models import CurrentRun
from wealth.current.services import moving

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    """One holder, two days, one of them booked anew, and units set aside: nothing to find."""
    made, ann = fund(), holder()
    day = business_days.current()
    bought(made, ann, 1_000_000)
    for _ in range(2):
        quoted(made, "0.7777")
        end_day()
    revised(made, "0.5555", day)
    moving.freeze(order_id=new_id(), customer_id=ann.pk, product_id=made.pk, units_fen=1_000, at=clock.now())
    assert found_of("current") == []
    made.ann = ann  # type: ignore[attr-defined]
    return made


DAMAGE = [
    ("UPDATE wealth_currentholding SET residual_e8 = residual_e8 + 1", {"current.identity"}),
    (
        "UPDATE wealth_currentincome SET carried_e8 = carried_e8 + 1, residual_e8 = residual_e8 + 1 WHERE booking = 0 AND NOT reversal",
        {"current.identity"},
    ),
    ("UPDATE wealth_currentrun SET holdings = 2 WHERE booking = 0 AND NOT reversal", {"current.run"}),
    ("UPDATE wealth_currentrun SET income_fen = income_fen + 1 WHERE booking = 1 AND NOT reversal", {"current.run", "current.entry"}),
    ("DELETE FROM wealth_currentincome WHERE booking = 1 AND NOT reversal", {"current.run", "current.units", "current.identity"}),
    ("UPDATE wealth_currentholding SET frozen_fen = frozen_fen - 1", {"current.frozen"}),
    ("UPDATE wealth_currentfreeze SET units_fen = units_fen + 1", {"current.frozen"}),
    ("UPDATE wealth_currentholding SET units_fen = units_fen + 1", {"current.units", "current.control"}),
    ("UPDATE wealth_currentmove SET units_fen = units_fen + 1", {"current.units"}),
    ("UPDATE wealth_currentbook SET booked_through = booked_through + 1", {"current.gap", "current.behind"}),
    ("UPDATE wealth_currentholding SET booked_through = booked_through - 1", {"current.behind"}),
    (
        "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE wealth_currentholding DROP CONSTRAINT wealth_currentholding_units; UPDATE wealth_currentholding SET frozen_fen = 10000000",
        {"current.frozen"},
    ),
    (
        "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE wealth_currentincome DROP CONSTRAINT wealth_currentincome_identity; "
        "UPDATE wealth_currentincome SET rate_e4 = rate_e4 + 1 WHERE booking = 0 AND NOT reversal",
        {"current.identity"},
    ),
]


@pytest.mark.parametrize(("sql", "expected"), DAMAGE)
def test_damage_is_found(sql: str, expected: set[str], product: Product) -> None:
    behind_its_back(sql)

    assert {check for check, _ in found_of("current")} == expected


def test_a_run_without_its_journal_is_found(product: Product) -> None:
    behind_its_back("UPDATE wealth_currentrun SET journal_id = %s WHERE booking = 1 AND NOT reversal", new_id())

    assert {check for check, _ in found_of("current_run")} == {"current_run.unbooked", "current_run.unnamed"}


def test_a_day_that_is_missing_in_the_middle_is_found(product: Product) -> None:
    first = CurrentRun.objects.order_by("day").values_list("day", flat=True)[0]
    quoted(product, "0.1")
    end_day()
    assert found_of("current") == []

    behind_its_back("DELETE FROM wealth_currentrun WHERE day = %s", first + (held(product, product.ann).booked_through - first) / 2)  # type: ignore[attr-defined]

    assert "current.gap" in {check for check, _ in found_of("current")}
