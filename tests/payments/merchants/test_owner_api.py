"""A customer's own merchants over HTTP: applying, stores, apps, keys, the terms, and that nothing of it is anybody else's."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.ids import parse_public_id
from payments.merchants import queries, signing
from payments.merchants.models import AppKey, Merchant, MerchantRate
from payments.merchants.services import keys, reviewing
from tests.factories import Client, api, proof
from tests.payments.merchants.world import Program, opened, private_pem, program, reviewer, suspend
from tests.payments.wallet.world import freeze, holder, open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/merchants"
APPLICATION = {
    "kind": "company",
    "name": "Hangzhou Tea Company Limited",
    "short_name": "Hangzhou Tea",
    "category": "5499",
    "contact_phone": "19900000001",
    "licence_number": "91350100M000100Y43",
}


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def proven_post(client: Client, owner: Any, path: str, body: dict[str, Any], *, purpose: str, payee: str) -> Any:
    """A POST with a PIN proof for it, as an app on a phone sends it."""
    assert client.session is not None
    key = f"key-{len(path)}-{clock.wall().timestamp()}"
    token = proof(owner, client.session, purpose=purpose, amount_fen=0, payee=payee, nonce=key)
    return client.post(path, body | {"proof": token}, key=key)


def test_an_application_comes_back_masked_and_says_how_far_it_is() -> None:
    client = api(holder())
    made = client.post(ROOT, APPLICATION)
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["licence_number"], body["contact_phone"]) == ("applied", "**************0Y43", "+86 199****0001")
    assert body["category"] == {"code": "5499", "name": "Convenience and food shops"}
    assert client.get(f"{ROOT}/{body['id']}").json() == body
    assert client.get(ROOT).json()["items"] == [body]
    reviewing.take_up(merchant_id=Merchant.objects.get().id, reviewer=reviewer(), at=clock.now())
    reviewing.refuse(merchant_id=Merchant.objects.get().id, reason="The licence is another's.", at=clock.now())
    assert client.get(f"{ROOT}/{body['id']}").json()["reason"] == "The licence is another's."
    again = client.post(f"{ROOT}/{body['id']}/applications", APPLICATION | {"short_name": "Tea"}).json()
    assert (again["state"], again["short_name"], again["reason"]) == ("applied", "Tea", "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "club"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "4111111111111111"}, "name"),
        ({"short_name": "x" * 21}, "short_name"),
        ({"category": "54"}, "category"),
        ({"category": "0001"}, "category"),
        ({"licence_number": "91350100M000100Y44"}, "licence_number"),
        ({"contact_phone": "12"}, "contact_phone"),
    ],
)
def test_a_field_that_cannot_be_is_named(change: dict[str, object], field: str) -> None:
    answer = api(holder()).post(ROOT, APPLICATION | change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert Merchant.objects.count() == 0


def test_categories_are_in_the_callers_language_and_closed_ones_are_left_out() -> None:
    client = api(holder())
    found = {row["code"]: row["name"] for row in client.get(f"{ROOT}/categories").json()["items"]}
    assert found["5812"] == "Restaurants"
    assert "7995" not in found
    chinese = client.get(f"{ROOT}/categories", headers={"Accept-Language": "zh"}).json()["items"]
    assert {"code": "5812", "name": "餐馆"} in chinese


def test_from_an_app_to_its_first_signed_request() -> None:
    merchant = opened()
    owner = merchant.owner
    client = api(owner)
    root = f"{ROOT}/{merchant.public_id}/apps"
    app = client.post(root, {"name": "Web shop", "notify_url": "https://shop.example/n"}).json()
    assert client.post(root, {"name": "Web shop", "notify_url": "http://shop.example/n"}).json()["errors"][0]["field"] == "notify_url"
    body = {"public_key": signing.public_half(private_pem())}
    without = client.post(f"{root}/{app['id']}/keys", body)
    assert (without.status_code, without.json()["code"]) == (403, "step_up_needed")
    assert [without.json()[name] for name in ("purpose", "amount", "payee")] == [keys.PURPOSE, 0, app["id"]]
    key = proven_post(client, owner, f"{root}/{app['id']}/keys", body, purpose=keys.PURPOSE, payee=app["id"]).json()
    caller = Program(queries.app(parse_public_id("app", app["id"])), AppKey.objects.get(serial_no=key["serial_no"]), private_pem())
    assert caller.get("/v1/payments/merchant/self").json()["app"]["id"] == app["id"]
    assert client.get(f"{root}/{app['id']}/keys").json()["items"][0]["last_used_on"] == clock.local_day(clock.now()).isoformat()
    assert client.post(f"{root}/{app['id']}/stop").json()["state"] == "stopped"
    assert caller.get("/v1/payments/merchant/self").status_code == 401
    assert client.post(f"{root}/{app['id']}/start").json()["state"] == "active"
    assert client.post(f"{root}/{app['id']}/keys/{key['id']}/revoke").json()["state"] == "revoked"
    assert caller.get("/v1/payments/merchant/self").status_code == 401
    changed = client.post(f"{root}/{app['id']}", {"name": "Shop", "notify_url": ""}).json()
    assert (changed["name"], changed["notify_url"]) == ("Shop", "")


def test_a_part_is_found_under_its_own_merchant_alone() -> None:
    caller = program(number=0)
    owner = caller.merchant.owner
    second = opened(owner)
    client, stranger = api(owner), api(holder())
    app, key = caller.app.public_id, caller.key.public_id
    assert client.get(f"{ROOT}/{caller.merchant.public_id}/apps/{app}").status_code == 200
    for who, merchant in ((client, second), (stranger, caller.merchant)):
        root = f"{ROOT}/{merchant.public_id}/apps/{app}"
        assert who.get(root).status_code == 404
        assert who.get(f"{root}/keys").status_code == 404
        assert who.post(f"{root}/stop").status_code == 404
        assert who.post(f"{root}/keys/{key}/revoke").status_code == 404
    assert caller.get("/v1/payments/merchant/self").status_code == 200


def test_terms_show_what_applies_today_in_each_scene() -> None:
    merchant = opened()
    today = clock.local_day(clock.now())
    MerchantRate.objects.create(merchant=merchant, scene="bill", rate_ppm=1000, effective_on=today)
    MerchantRate.objects.create(merchant=None, scene="", rate_ppm=9000, effective_on=today + timedelta(days=1))
    told = api(merchant.owner).get(f"{ROOT}/{merchant.public_id}/terms").json()
    assert {row["scene"]: (row["rate_ppm"], row["cap"]) for row in told["rates"]}["bill"] == (1000, None)
    assert {row["scene"]: (row["rate_ppm"], row["cap"]) for row in told["rates"]}["in_app"] == (6000, 3500)
    assert (told["settlement_delay_days"], told["refund_days"], told["refunds_most"], told["currency"]) == (1, 365, 50, "CNY")


def test_an_owner_closes_over_http_with_a_proof_and_reads_a_suspension() -> None:
    merchant = suspend(opened())
    client = api(merchant.owner)
    path = f"{ROOT}/{merchant.public_id}"
    assert client.get(path).json()["reason"] == "many complaints"
    assert client.post(f"{path}/close", {}).json()["code"] == "step_up_needed"
    closed = proven_post(client, merchant.owner, f"{path}/close", {}, purpose="merchant_close", payee=merchant.public_id)
    assert (closed.status_code, closed.json()["state"]) == (201, "closed")
    assert client.post(f"{path}/apps", {"name": "x"}).json()["code"] == "merchant_not_open"


def test_the_frozen_read_and_do_nothing() -> None:
    merchant = opened()
    client = api(merchant.owner)
    freeze(merchant.owner)
    assert client.get(f"{ROOT}/{merchant.public_id}/balances").status_code == 200
    assert client.post(ROOT, APPLICATION).json()["code"] == "account_frozen"


def test_a_list_costs_the_same_for_one_merchant_and_for_many() -> None:
    few, many = opened().owner, holder(pin=True)
    for _ in range(4):
        opened(many)
    clients = {owner.id: api(owner) for owner in (few, many)}
    assert_queries_do_not_grow(lambda owner: clients[owner.id].get(ROOT), few, many, at_most=6)
