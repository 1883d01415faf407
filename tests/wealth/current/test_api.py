"""What customers read of their money funds."""

import pytest

from core.business_day import queries as business_days
from core.ids import new_id, public_id
from tests.factories import api
from tests.wealth.current.world import bought, end_day, fund, held, holder, quoted, revised

HOLDINGS = "/v1/wealth/current/holdings"
pytestmark = pytest.mark.django_db


def test_a_holding_shows_its_units_its_income_and_the_fraction_it_carries() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    for _ in range(2):
        quoted(product, "0.5123")
        end_day()
    row = held(product, ann)

    got = api(ann).get(f"{HOLDINGS}/{row.public_id}").json()

    assert got | {"product_name": "", "product_code": ""} == {
        "id": row.public_id,
        "product_id": product.public_id,
        "product_code": "",
        "product_name": "",
        "units": 1_000_102,
        "free_units": 1_000_102,
        "frozen_units": 0,
        "owed": 0,
        "currency": "CNY",
        "residual_e8": row.residual_e8,
        "earned_through": row.booked_through.isoformat() if row.booked_through else None,
        "income_yesterday": 51,
        "income_total": 102,
        "seven_day_percent": None,
        "income_per_10k": "0.5123",
    }
    assert api(ann).get(HOLDINGS).json()["items"] == [got]


def test_days_are_listed_newest_first_with_what_was_taken_back_and_booked_anew() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 1_000_000)
    for _ in range(2):
        quoted(product, "1.0000")
        end_day()
    revised(product, "2.0000", first)
    where = f"{HOLDINGS}/{held(product, ann).public_id}/income"

    page = api(ann).get(f"{where}?limit=4").json()
    rest = api(ann).get(f"{where}?limit=4&cursor={page['next']}").json()

    days = [(one["booking"], one["reversal"], one["income"], one["income_per_10k"]) for one in page["items"] + rest["items"]]
    assert days == [
        (1, False, 100, "1.0000"),
        (0, True, -100, "-1.0000"),
        (0, False, 100, "1.0000"),
        (1, False, 200, "2.0000"),
        (0, True, -100, "-1.0000"),
        (0, False, 100, "1.0000"),
    ]


def test_anothers_holding_is_nobodys() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 100)
    stranger = api(holder())

    for path in ("", "/income"):
        theirs = stranger.get(f"{HOLDINGS}/{held(product, ann).public_id}{path}")
        nobodys = stranger.get(f"{HOLDINGS}/{public_id('chd', new_id())}{path}")
        assert (theirs.status_code, theirs.json()["code"]) == (nobodys.status_code, nobodys.json()["code"]) == (404, "not_found")
    assert stranger.get(HOLDINGS).json()["items"] == []
