"""What upper floors plug in beside products: debts count against what there is, and what is not known makes the sum unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from core.business_day import queries as business_days
from tests.payments.wallet.world import fund as funded
from tests.wealth.current.world import assert_sound, bought, end_day, fund, holder
from tests.wealth.portfolio.world import got, over
from wealth.catalog.sockets import Told
from wealth.portfolio.models import PortfolioDay
from wealth.portfolio.sockets import BESIDE, Amount

pytestmark = pytest.mark.django_db
LABEL = Told("Card debt", "信用负债")
DAY_SQL = """
SELECT id AS customer_id, shard, {fen}::bigint AS value_fen, CASE WHEN %(day)s = '{day}' THEN {fen} ELSE 0 END::bigint AS paid_in_fen,
    0::bigint AS paid_out_fen FROM accounts_customer WHERE id = '{customer}' AND shard >= %(low)s AND shard < %(high)s
"""


@dataclass
class Owed:
    """A debt of one customer from the open day on; `fen` None: nobody can tell."""

    customer: UUID
    day: str
    fen: int | None
    sign: int = -1
    deposit: bool = False
    label: Told = LABEL

    def amount(self, *, customer_id: UUID, at: datetime) -> Amount | None:
        return None if self.fen is None else Amount(self.fen, 0)

    def day_sql(self) -> str:
        return DAY_SQL.format(fen=self.fen or 0, day=self.day, customer=self.customer)


@pytest.fixture
def _unplugged() -> Iterator[None]:
    yield
    BESIDE.unplug("credit")


@pytest.mark.usefixtures("_unplugged")
def test_a_debt_counts_against_what_there_is_and_has_its_days() -> None:
    product, ann = fund(), holder()
    funded(ann, 100_000)
    bought(product, ann, 1_000_000)
    BESIDE.plug("credit", Owed(ann.pk, business_days.current().isoformat(), 700_000))
    over(product, "1.0000", "1.0000")

    seen = got(ann)
    assert seen["net_worth"]["value"] == 1_000_200 + 100_000 - 700_000
    assert [(one["kind"], one["owed"], one["amount"]) for one in seen["beside"]] == [("wallet", False, 100_000), ("credit", True, 700_000)]
    assert {one["key"] for one in seen["allocation"]["kind"]} == {"wallet", "current"}
    assert [one["beside"] for one in got(ann, "/history")["items"]] == [-600_000, -600_000]
    days = PortfolioDay.objects.filter(customer=ann, kind="credit").order_by("day")
    assert list(days.values_list("value_fen", "paid_in_fen", "paid_out_fen")) == [(-700_000, 0, 700_000), (-700_000, 0, 0)]
    checkup = {one["name"]: one for one in got(ann, "/checkups")["items"]}["debts"]
    assert (checkup["answer"], checkup["numbers"]["share_bp"]) == ("attention", 6_362)
    assert_sound(product)


@pytest.mark.usefixtures("_unplugged")
def test_a_debt_nobody_can_tell_makes_the_net_worth_unknown() -> None:
    _product, ann = fund(), holder()
    BESIDE.plug("credit", Owed(ann.pk, business_days.current().isoformat(), None))
    end_day()

    seen = got(ann)
    assert seen["net_worth"]["value"] is None
    assert seen["net_worth"]["reason"]
    assert seen["beside"][-1]["amount"] is None
    assert {one["name"]: one["answer"] for one in got(ann, "/checkups")["items"]}["debts"] == "not_available"
