"""Suitability as an app uses it."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.ids import new_id, public_id
from tests import factories
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.catalog import products
from tests.wealth.suitability.people import answers, insisted, profiled

pytestmark = pytest.mark.django_db
BASE = "/v1/wealth/suitability"


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with products.plugged():
        yield


@pytest.fixture
def who() -> Customer:
    return factories.customer()


@pytest.fixture
def app(who: Customer) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {factories.login(who)}")
    return client


def post(app: APIClient, path: str, body: dict[str, Any], key: str = "") -> Any:
    return app.post(f"{BASE}/{path}", body, format="json", headers={"Idempotency-Key": key or str(new_id())})


def answered(app: APIClient, level: str, key: str = "", **more: Any) -> Any:
    asked = app.get(f"{BASE}/questionnaire").json()
    return post(app, "profiles", {"questionnaire_id": asked["id"], "answers": answers(level, clock.now()) | more}, key)


def test_a_customer_answers_and_reads_what_it_came_to(app: APIClient) -> None:
    assert app.get(f"{BASE}/profile").json() == {"state": "missing", "profile": None}
    asked = app.get(f"{BASE}/questionnaire", headers={"Accept-Language": "zh-hans"}).json()
    assert (len(asked["questions"]), asked["questions"][0]["text"]) == (10, "您的主要收入来源是?")
    assert "points" not in str(asked)
    made = answered(app, "C3")
    assert (made.status_code, made.json()["level"]) == (201, "C3")
    assert app.get(f"{BASE}/profile").json() == {"state": "valid", "profile": made.json()}
    assert app.get(f"{BASE}/profiles").json()["items"] == [made.json()]


def test_the_same_request_again_answers_the_same_and_makes_nothing(app: APIClient) -> None:
    first, again = answered(app, "C3", "k1"), answered(app, "C3", "k1")
    assert (first.content, again.headers["Idempotent-Replayed"]) == (again.content, "true")
    assert len(app.get(f"{BASE}/profiles").json()["items"]) == 1
    assert answered(app, "C2", "k1").status_code == 422


def test_a_question_that_is_not_answered_is_named(app: APIClient) -> None:
    wrong = answered(app, "C3", loss=["nothing"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
    assert "answers.loss" in str(wrong.json())
    for body in ({}, {"questionnaire_id": "x", "answers": {}}, {"questionnaire_id": "x", "answers": {"loss": "ten"}}):
        assert post(app, "profiles", body).status_code in (404, 422)


def test_a_product_above_the_level_is_confirmed_by_the_text_that_was_shown(app: APIClient) -> None:
    product, low = products.on_sale(risk="R4"), products.on_sale(risk="R1")
    missing = app.get(f"{BASE}/products/{product.public_id}").json()
    assert (missing["ruling"], missing["code"], missing["level"]) == ("reject", "suitability_profile_missing", "")
    answered(app, "C2")
    fit = app.get(f"{BASE}/products/{product.public_id}").json()
    assert (fit["ruling"], fit["code"], fit["risk"], fit["level"]) == ("warn_and_confirm", "suitability_risk_too_high", "R4", "C2")
    assert "C2" in fit["warning"]["text"]
    assert app.get(f"{BASE}/products/{low.public_id}").json()["code"] == ""
    body = {"product_id": product.public_id, "text_sha256": fit["warning"]["sha256"]}
    made = post(app, "warnings", body)
    assert (made.status_code, made.json()["used"], made.json()["product_id"]) == (201, False, product.public_id)
    assert app.get(f"{BASE}/warnings").json()["items"] == [made.json()]
    assert post(app, "warnings", body | {"text_sha256": "0" * 64}).json()["code"] == "risk_warning_changed"
    assert post(app, "warnings", body | {"product_id": low.public_id}).json()["code"] == "risk_warning_not_needed"
    assert post(app, "warnings", body | {"product_id": public_id("prd", new_id())}).status_code == 404


def test_nobody_sees_what_another_answered_or_confirmed(app: APIClient) -> None:
    other, product = factories.customer(), products.on_sale(risk="R4")
    profiled(other, "C2")
    insisted(other, product)
    assert app.get(f"{BASE}/profiles").json()["items"] == app.get(f"{BASE}/warnings").json()["items"] == []
    assert app.get(f"{BASE}/profile").json()["state"] == "missing"


def test_lists_take_as_many_queries_for_many_rows_as_for_few(app: APIClient, who: Customer) -> None:
    product = products.on_sale(risk="R4")
    for _ in range(3):
        profiled(who, "C2")
        insisted(who, product)
    for page in ("profiles", "warnings"):
        assert_queries_do_not_grow(lambda limit, page=page: app.get(f"{BASE}/{page}?limit={limit}"), 1, 3)
