"""Portfolios at the desk: a customer's page, what customers have together, and who sees it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from core.ids import new_id
from tests.desk.people import staff, verified
from tests.desk.test_charts import says
from tests.payments.wallet.world import fund as funded
from tests.wealth.current.world import bought, fund, holder, sold
from tests.wealth.portfolio.world import over
from wealth.catalog.sockets import MATURING, Due
from wealth.portfolio.charts import Days, income
from wealth.portfolio.models import Portfolio

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def test_a_customers_page_shows_what_they_have_and_names_nobody() -> None:
    product, ann = fund(), holder()
    funded(ann, 500_000)
    bought(product, ann, 1_000_000)
    over(product, "1.0000")
    client = verified(staff("sue", "support"))

    page = client.get(reverse("admin:wealth_portfolio_change", args=[ann.pk]), headers=ENGLISH).content.decode()
    for words in ("15,001.00", product.code, "66.67%", "Worth a look", "10,001.00", Portfolio.objects.get(pk=ann.pk).public_id):
        assert words in page
    found = client.get(reverse("admin:wealth_portfolio_changelist") + f"?q={ann.public_id}", headers=ENGLISH).content.decode()
    assert Portfolio.objects.get(pk=ann.pk).public_id in found
    theirs = client.get(reverse("admin:accounts_customer_change", args=[ann.pk]), headers=ENGLISH).content.decode()
    assert "Net worth and the rest are on its page." in theirs
    assert verified(staff("kim", "marketing")).get(reverse("admin:wealth_portfolio_change", args=[ann.pk])).status_code == 403


def test_a_page_of_portfolios_costs_the_same_for_one_and_for_many() -> None:
    product = fund()
    for _ in range(3):
        bought(product, holder(), 1_000)
    over(product, "1.0000")
    rows = verified(staff("sue", "support")).get(reverse("admin:wealth_portfolio_changelist"), headers=ENGLISH).content.decode()
    assert rows.count("pfo_") >= 3


class Lots:
    def ahead(self, *, since: date, through: date) -> list[Due]:
        return [Due(since, new_id(), 2, 100_000), Due(since + timedelta(days=7), new_id(), 1, 50_000)]


def test_the_dashboard_shows_what_falls_due_by_the_week() -> None:
    MATURING.plug("test", Lots())
    try:
        text = verified(staff("eve", "auditor")).get(reverse("admin:charts") + "?days=7", headers=ENGLISH).content.decode()
    finally:
        MATURING.unplug("test")
    assert says(text, "maturities") == "1,500.00 yuan fall due in the next 13 weeks."
    assert "1,000.00" in text


def test_the_dashboard_shows_what_customers_have_what_moved_and_what_they_earned() -> None:
    product, other, ann, ben = fund(), fund(), holder(), holder()
    bought(product, ann, 1_000_000)
    bought(other, ben, 3_000_000)
    sold(product, ann, 200_000)
    over(product, "1.0000")

    client = verified(staff("eve", "auditor"))
    text = client.get(reverse("admin:charts") + "?days=7", headers=ENGLISH).content.decode()

    assert says(text, "flows") == "40,000.00 yuan came in and 2,000.00 yuan went out."
    assert says(text, "incomes") == "Customers earned 0.80 yuan."
    assert says(text, "assets").startswith("Customers have 38,000.80 yuan of products at the end of ")
    assert says(text, "products") == "Products that customers have: 2."
    assert "78.95%" in text
    assert says(text, "coverage") == "Nothing is paid out early."


def test_insurance_is_no_income_on_the_charts() -> None:
    day = date(2026, 11, 20)
    days = Days([day], {(day, "current"): {"income_fen": 80}, (day, "insurance"): {"income_fen": -900}}, day)
    with override("en"):
        drawn = income(days, days.total("income_fen", kinds=days.earning()))
    assert str(drawn.statement) == "Customers earned 0.80 yuan."
    assert [series.values for series in drawn.series] == [[80]]
