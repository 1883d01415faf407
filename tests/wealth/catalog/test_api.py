"""The catalogue as an app reads it."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.business_day.models import TradingDay
from core.business_day.queries import BeyondCalendar
from core.clock import queries as clock
from core.clock.queries import SHANGHAI
from core.ids import new_id, public_id
from tests import factories
from tests.query_counts import assert_queries_do_not_grow, queries_of
from tests.wealth.catalog import products
from wealth.catalog.api import shapes
from wealth.catalog.dates import ordered_at
from wealth.catalog.services import quotas, reviewing, yields

pytestmark = pytest.mark.django_db
AT = clock.wall()


@pytest.fixture(autouse=True)
def _kinds() -> Any:
    with products.plain(), products.plain("fixed_term"):
        yield


@pytest.fixture
def app() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {factories.login(factories.customer())}")
    return client


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [item["code"] for item in answer.json()["items"]]


def term(code: str, days: int, rate_bp: int, **more: Any) -> Any:
    fixed = {"yield_kind": "fixed", "yield_low_bp": rate_bp, "yield_high_bp": rate_bp, "carry": "", "t0_cap_fen": 0, "term_days": days}
    return products.on_sale(kind="fixed_term", code=code, locked=True, **(fixed | more))


def test_a_product_page_answers_what_is_asked_before_buying(app: APIClient) -> None:
    product = products.on_sale(code="DEW", total_quota_fen=1_000, minimum_fen=100, buy_fee_bp=15)
    yields.record(
        product_id=product.pk, as_of=date(2026, 3, 2), seven_day_percent=Decimal("1.872"), income_per_10k=Decimal("0.5103"), at=AT
    )
    quotas.take(
        product_id=product.pk, version=product.current, customer_id=factories.customer().id, order_id=new_id(), amount_fen=400,
        on=date(2026, 3, 2), at=AT,
    )  # fmt: skip
    page = app.get(f"/v1/wealth/products/{product.public_id}").json()
    assert page["elements"]["safety"]["words"] == "R1: hardly any risk, principal not protected"
    assert page["elements"]["yield"]["words"] == "seven-day yield 1.872 % as of 2026-03-02; income is added daily"
    assert page["elements"]["liquidity"]["words"] == "10,000.00 yuan a day at once, above it money on T+1"
    assert page["elements"]["term"] == {"days": None, "words": "open: as long as you like"}
    assert (page["left"], page["left_today"], page["way_out"]) == (600, None, "At any time.")
    assert page["disclosure"]["risk_text_sha256"] == product.current.risk_sha256
    assert page["dates"]["trade_on"] <= page["dates"]["confirmed_on"] == page["dates"]["earns_from"]
    assert page["would_have"]["amount"] == 100
    chinese = app.get(f"/v1/wealth/products/{product.public_id}", headers={"Accept-Language": "zh-hans"}).json()
    assert (chinese["name"], chinese["elements"]["term"]["words"]) == ("晨露货币", "无固定期限")


def test_lists_are_filtered_and_sorted_by_the_four_elements(app: APIClient) -> None:
    products.on_sale(code="DEW", name_en="Dew")
    term("SHORT", 30, 250, risk="R2")
    term("LONG", 365, 400, risk="R3", transferable=True, principal_protected=True)
    low, high = {"yield_low_bp": 100, "yield_high_bp": 900}, {"yield_kind": "range", "carry": "", "t0_cap_fen": 0}
    products.on_sale(code="RANGE", name_en="Wave", risk="R4", minimum_fen=10_000, **low, **high)
    listed = {
        "sort=safety": ["DEW", "SHORT", "LONG", "RANGE"],
        "sort=yield": ["RANGE", "LONG", "SHORT", "DEW"],
        "sort=term": ["SHORT", "LONG"],
        "risk_most=R2": ["SHORT", "DEW"],
        "kind=fixed_term": ["LONG", "SHORT"],
        "fast=true": ["DEW"],
        "transferable=true": ["LONG"],
        "principal_protected=true": ["LONG"],
        "term_least=31": ["LONG"],
        "yield_least_bp=400&sort=yield": ["RANGE", "LONG"],
        "minimum_most=100&sort=safety": ["DEW", "SHORT", "LONG"],
        "q=sho": ["SHORT"],
        "q=dew&kind=current": ["DEW"],
    }
    found = {query: codes(app.get(f"/v1/wealth/products?{query}")) for query in listed}
    assert {query: got[:2] if query == "sort=term" else got for query, got in found.items()} == listed


@pytest.mark.parametrize("sort", ["safety", "yield", "liquidity", "term", "newest"])
def test_pages_of_every_order_hold_each_product_once(app: APIClient, sort: str) -> None:
    made = {products.on_sale(code=f"P{number}", risk=f"R{1 + number % 3}").code for number in range(7)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = app.get("/v1/wealth/products", {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen, cursor = seen + codes(answer), answer.json()["next"]
    assert sorted(seen) == sorted(made)


def test_a_list_and_a_comparison_take_as_many_queries_for_many_products_as_for_few(app: APIClient) -> None:
    made = [products.on_sale(code=f"A{number}") for number in range(12)]
    assert_queries_do_not_grow(lambda limit: app.get(f"/v1/wealth/products?limit={limit}"), 1, 12)
    few, many = (",".join(product.public_id for product in made[:number]) for number in (2, 4))
    # The trading days are looked up for each product side by side, since each has an exchange and a T+n of its own.
    app.get(f"/v1/wealth/products/compare?ids={few}")
    assert (
        len(queries_of(lambda: app.get(f"/v1/wealth/products/compare?ids={many}")))
        <= len(queries_of(lambda: app.get(f"/v1/wealth/products/compare?ids={few}"))) + 2
    )


def test_what_is_suspended_is_shown_and_what_is_drafted_closed_or_sold_out_is_not(app: APIClient) -> None:
    paused, ended, gone = (products.on_sale(code=code, total_quota_fen=100) for code in ("PAUSED", "ENDED", "GONE"))
    products.draft(code="DRAFT")
    reviewing.suspend(product_id=paused.pk, reason="the issuer asked", at=AT)
    reviewing.close(product_id=ended.pk, reason="no longer made", at=AT)
    quotas.take(
        product_id=gone.pk, version=gone.current, customer_id=factories.customer().id, order_id=new_id(), amount_fen=100,
        on=date(2026, 3, 2), at=AT,
    )  # fmt: skip
    assert codes(app.get("/v1/wealth/products")) == ["PAUSED"]
    assert app.get(f"/v1/wealth/products/{ended.public_id}").status_code == 404
    assert app.get(f"/v1/wealth/products/{gone.public_id}").json()["left"] == 0
    assert app.get(f"/v1/wealth/products/{public_id('prd', new_id())}").status_code == 404


def test_two_to_four_products_are_compared_in_the_order_asked_for(app: APIClient) -> None:
    made = {code: products.on_sale(code=code).public_id for code in ("A", "B", "C", "D", "E")}

    def compared(letters: str) -> Any:
        return app.get("/v1/wealth/products/compare", {"ids": ",".join(made.get(letter, "prd_x") for letter in letters)})

    assert codes(compared("CAB")) == ["C", "A", "B"]
    for wrong in ("A", "ABCDE", "AA"):
        assert (compared(wrong).status_code, compared(wrong).json()["code"]) == (422, "invalid")
    assert compared("AZ").status_code == 404
    assert app.get("/v1/wealth/products/compare").status_code == 422


def test_the_calculator_uses_the_kind_s_rule_and_the_product_s_amounts(app: APIClient) -> None:
    product = products.on_sale(minimum_fen=1_000, step_fen=100, buy_fee_bp=100)
    answer = app.get(f"/v1/wealth/products/{product.public_id}/calculator?amount=1000000&days=365").json()
    assert {name: answer["outcome"][name] for name in ("income", "fee", "end")} == {"income": 29_700, "fee": 10_000, "end": 1_019_700}
    small = app.get(f"/v1/wealth/products/{product.public_id}/calculator?amount=1")
    assert (small.status_code, small.json()["code"], small.json()["minimum_fen"]) == (422, "product_amount_too_small", 1_000)
    off = app.get(f"/v1/wealth/products/{product.public_id}/calculator?amount=1150").json()
    assert (off["code"], off["below_fen"]) == ("product_amount_off_step", 1_100)


@pytest.mark.parametrize(
    "query",
    ["sort=x", "kind=x", "risk_most=R9", "q=%00", "term_least=-1", "minimum_most=x", "cursor=x", "yield_least_bp=9999999999999"],
)
def test_what_cannot_be_meant_is_refused_by_name(app: APIClient, query: str) -> None:
    answer = app.get(f"/v1/wealth/products?{query}")
    assert answer.status_code in (400, 422), answer.content


def test_beyond_the_trading_calendar_an_order_has_no_dates_and_the_error_says_what_is_known() -> None:
    version = products.on_sale().current
    last = TradingDay.objects.latest("day").day
    with pytest.raises(BeyondCalendar, match=last.isoformat()):
        ordered_at(version, datetime.combine(last, time(12), tzinfo=SHANGHAI))
    assert shapes.dates_shown(version, datetime.combine(last, time(12), tzinfo=SHANGHAI)) is None


@pytest.mark.parametrize(
    ("asked", "trade_on", "confirmed_on", "cash_on"),
    [
        ("2026-02-13T14:59:59", "2026-02-13", "2026-02-24", "2026-02-24"),
        ("2026-02-13T15:00:00", "2026-02-24", "2026-02-25", "2026-02-25"),
        ("2026-02-14T10:00:00", "2026-02-24", "2026-02-25", "2026-02-25"),
        ("2024-02-08T15:00:01", "2024-02-19", "2024-02-20", "2024-02-20"),
    ],
)
def test_an_order_has_the_dates_of_the_operators_trading_table(asked: str, trade_on: str, confirmed_on: str, cash_on: str) -> None:
    dates = ordered_at(products.on_sale().current, datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI))
    assert [str(day) for day in (dates.trade_on, dates.confirmed_on, dates.cash_on_if_redeemed_then)] == [trade_on, confirmed_on, cash_on]
    assert str(dates.earns_from) == confirmed_on


def test_a_disclosure_says_who_keeps_the_money_and_what_may_go_wrong(app: APIClient) -> None:
    product = products.on_sale(manage_fee_bp=25, fees_text_en="A quarter of a percent.")
    told = app.get(f"/v1/wealth/products/{product.public_id}/disclosure").json()
    assert (told["issuer"], told["issuer_name"]) == ("sandbox_issuer", "Banyan Sandbox Fund Management")
    assert (told["custodian"], told["licence"], told["version"]) == ("Sandbox Bank", "SBX-0001", 1)
    assert told["fees"] == {"buy_bp": 0, "redeem_bp": 0, "manage_bp": 25, "words": "A quarter of a percent."}
