"""What borrowing would cost: by the published prices of such products, and as an app reads it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.clock import queries as clock
from credit.products import quoting
from credit.products.models import PriceCap
from credit.products.refusals import PriceAboveCap
from credit.products.services import reviewing
from tests import factories
from tests.credit.products.world import CASH, PAY_LATER, cash, draft, on_offer
from tests.credit.products.world import terms as changed
from tests.query_counts import assert_queries_do_not_grow
from tests.rules import newer

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)
CAP = 240_000


@pytest.fixture
def app() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {factories.login(factories.customer())}")
    return client


@pytest.mark.parametrize(
    ("periods", "fee_fen", "yearly"), [(3, 2_500, "0.1494"), (6, 4_500, "0.1527"), (9, 6_500, "0.1534"), (12, 8_800, "0.1586")]
)
def test_fees_in_all_cost_what_such_products_publish(periods: int, fee_fen: int, yearly: str) -> None:
    """Huabei's tariff of 2.5, 4.5, 6.5 and 8.8 %."""
    found = quoting.quote(draft(), amount_fen=100_000, periods=periods, grade="", starts_on=DAY, most_ppm=CAP)
    assert (found.fee_fen, found.interest_fen, len(found.payments)) == (fee_fen, 0, periods)
    assert abs(found.price.yearly - Decimal(yearly)) <= Decimal("0.0005")
    assert sum(one.principal_fen for one in found.payments) == 100_000
    assert found.total_fen - 100_000 == found.cost_fen == fee_fen


def test_interest_by_grade_is_in_equal_payments_with_the_rest_in_the_last() -> None:
    version = draft(kind="cash", terms=CASH)
    found = quoting.quote(version, amount_fen=1_200_000, periods=12, grade="A", starts_on=DAY, most_ppm=CAP)
    amounts = [one.amount_fen for one in found.payments]
    assert (amounts[:11], abs(amounts[11] - amounts[0]) < 12) == ([103_943] * 11, True), amounts
    days = [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    assert (found.price.percent, [one.due_on for one in found.payments[:3]]) == ("7.20", days)
    dearest = quoting.quote(version, amount_fen=1_200_000, periods=12, grade="", starts_on=DAY, most_ppm=CAP)
    assert (dearest.price.percent, dearest.cost_fen > found.cost_fen) == ("18.00", True)


def test_nothing_that_costs_nothing_has_a_price() -> None:
    version = draft(terms=changed(PAY_LATER, instalments=[{"periods": 3}]))
    found = quoting.quote(version, amount_fen=100_000, periods=3, grade="", starts_on=DAY, most_ppm=CAP)
    assert (found.cost_fen, found.price.yearly, found.price.effective) == (0, 0, 0)


def test_an_offer_above_the_cap_is_refused_even_where_its_version_was_published_before() -> None:
    version = on_offer().current
    assert version is not None
    with pytest.raises(PriceAboveCap) as refused:
        quoting.quote(version, amount_fen=100_000, periods=12, grade="", starts_on=DAY, most_ppm=158_000)
    assert (refused.value.members["yearly_percent"], refused.value.members["most_percent"]) == ("15.86", "15.80")
    assert quoting.quote(version, amount_fen=100_000, periods=12, grade="", starts_on=DAY, most_ppm=158_600).price.percent == "15.86"


def test_an_app_reads_each_payment_and_the_price_a_year(app: APIClient) -> None:
    product = on_offer(code="PAY")
    where = f"/v1/credit/products/{product.public_id}"
    listed = app.get("/v1/credit/products").json()["items"]
    assert [(one["code"], one["price_words"]) for one in listed] == [("PAY", "14.94 to 15.86 % a year, everything included")]
    page = app.get(where).json()
    assert (page["periods"], page["cap_percent"], page["late"]["daily_percent"]) == ([3, 6, 9, 12], "24.00", "0.05")
    assert page["cycle"] == {"mode": "statement", "statement_day": 1, "due_after": 9}
    assert (page["example"]["amount"], page["example"]["periods"]) == (5_000_000, 3)
    quotes = app.get(f"{where}/quotes", {"amount": 100_000}).json()["items"]
    assert [(one["periods"], one["fee"]) for one in quotes] == [(3, 2_500), (6, 4_500), (9, 6_500), (12, 8_800)]
    assert next(iter(quotes[0])) == "price", "the price a year comes before everything that looks smaller"
    one = app.get(f"{where}/quotes", {"amount": 100_000, "periods": 6}).json()["items"]
    assert one == [quotes[1]]
    chinese = app.get(where, headers={"accept-language": "zh-CN"}).json()
    assert (chinese["name"], "宽限期 3 天" in chinese["late"]["words"]) == ("榕树花呗", True)


def test_what_is_not_offered_is_refused_with_what_is(app: APIClient) -> None:
    where = f"/v1/credit/products/{cash(step_fen=10_000).public_id}/quotes"

    def code(**query: Any) -> tuple[int, str]:
        answer = app.get(where, query)
        return answer.status_code, answer.json().get("code", "")

    assert code(amount=9_999) == (422, "credit_amount_not_offered")
    assert code(amount=15_000) == (422, "credit_amount_not_offered")
    assert code(amount=20_000, periods=7) == (422, "credit_periods_not_offered")
    assert code(amount=20_000, periods=6, grade="Z") == (422, "credit_grade_not_priced")
    assert code(amount=-1)[0] == code()[0] == code(amount=20_000, periods=999)[0] == 422
    assert code(amount=20_000, periods=6, grade="B") == (200, "")


def test_a_suspended_product_is_shown_and_lends_nothing_and_a_draft_is_not_there(app: APIClient) -> None:
    product, at = on_offer(), clock.now()
    reviewing.suspend(product_id=product.pk, reason="no funds left", at=at)
    where = f"/v1/credit/products/{product.public_id}"
    assert app.get(where).json()["state"] == "suspended"
    assert app.get(f"{where}/quotes", {"amount": 100_000}).json()["code"] == "credit_product_not_offered"
    reviewing.close(product_id=product.pk, reason="never again", at=at)
    drafted = draft().product
    for one in (product.public_id, drafted.public_id, "crp_00000000000000000000000000"):
        assert app.get(f"/v1/credit/products/{one}").status_code == 404


def test_a_cap_that_came_down_is_shown_and_what_costs_more_is_refused(app: APIClient) -> None:
    product = on_offer()
    newer(PriceCap.objects.get(), most_ppm=150_000)
    where = f"/v1/credit/products/{product.public_id}"
    assert app.get(f"{where}/quotes", {"amount": 100_000, "periods": 3}).status_code == 200
    refused = app.get(f"{where}/quotes", {"amount": 100_000, "periods": 12})
    assert (refused.status_code, refused.json()["code"]) == (422, "credit_price_above_cap")
    assert [one["periods"] for one in app.get(f"{where}/quotes", {"amount": 100_000}).json()["items"]] == [3]


def test_a_list_reads_as_many_rows_as_it_likes_in_as_many_queries(app: APIClient) -> None:
    for _ in range(5):
        on_offer()
    assert_queries_do_not_grow(lambda limit: app.get(f"/v1/credit/products?limit={limit}"), 1, 5)
