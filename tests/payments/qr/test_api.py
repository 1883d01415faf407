"""Codes over HTTP: the phone, the terminal, the owner, and lists of orders; and what others see of them (nothing)."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from core.clock import queries as clock
from core.clock.queries import local_day
from core.idempotency.models import IdempotencyRecord
from payments.cashier.models import PaymentOrder
from payments.merchants import queries as merchants
from payments.qr.models import PayerCode, QrCode
from tests.factories import Client, api, proof
from tests.payments.cashier.world import BALANCE, Shop, assert_settled, begin, holder, new_order, shop
from tests.payments.merchants.world import ROOT, Program, answer_is_signed, program
from tests.payments.qr.world import print_code, store_of
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
CODES = "/v1/payments/qr/payer-codes"
MINE = "/v1/payments/cashier/orders"


@pytest.fixture
def till() -> Program:
    open_day()
    return program(number=0)


def asked(code: str, **changes: Any) -> dict[str, Any]:
    return {"auth_code": code, "out_trade_no": "T-1", "amount": 1_800, "subject": "Two coffees"} | changes


def shown(client: Client) -> dict[str, Any]:
    answer = client.post(CODES)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def test_a_till_charges_the_code_on_a_phone_and_both_read_that_it_is_paid(till: Program) -> None:
    client = api(holder(5_000))
    code = shown(client)
    assert client.get(f"{CODES}/{code['id']}").json()["result"] == "waiting"
    paid = till.post(f"{ROOT}/codepay", asked(code["auth_code"]), key="one")
    body = paid.json()
    assert (paid.status_code, body["result"], body["code"], answer_is_signed(paid)) == (201, "paid", "", True)
    order = body["order"]
    assert (order["state"], order["scene"], order["fee"], order["out_trade_no"]) == ("paid", "qr_payer", 11, "T-1")
    assert "payer" not in order
    again, same = till.post(f"{ROOT}/codepay", asked(code["auth_code"]), key="one"), till.post(f"{ROOT}/codepay", asked(code["auth_code"]))
    assert (again.content, again["Idempotent-Replayed"], same.json()) == (paid.content, "true", body)
    assert till.get(f"{ROOT}/codepay/T-1").json() == body
    assert client.get(f"{CODES}/{code['id']}").json() | {"expires_at": ""} == {
        "id": code["id"], "result": "paid", "order_id": order["id"], "expires_at": "",
    }  # fmt: skip
    used = till.post(f"{ROOT}/codepay", asked(code["auth_code"], out_trade_no="T-2"))
    assert (used.status_code, used.json()["code"]) == (409, "payer_code_invalid")
    assert_settled()


def test_the_digits_are_kept_nowhere(till: Program) -> None:
    client = api(holder(5_000))
    code = shown(client)["auth_code"]
    till.post(f"{ROOT}/codepay", asked(code))
    row = PayerCode.objects.get()
    assert code not in str([getattr(row, field.attname) for field in row._meta.concrete_fields])
    assert not IdempotencyRecord.objects.filter(body__contains=code).exists()


def test_the_payer_confirms_in_the_app_while_the_till_asks_again(till: Program) -> None:
    ann = holder(50_000, pin=True)
    client = api(ann)
    code = shown(client)
    waiting = till.post(f"{ROOT}/codepay", asked(code["auth_code"], amount=30_000)).json()
    assert (waiting["result"], waiting["order"]["state"]) == ("user_confirming", "created")
    told = client.get(f"{CODES}/{code['id']}").json()
    assert (told["result"], told["order_id"]) == ("confirm", waiting["order"]["id"])
    assert [row["id"] for row in client.get(f"{MINE}?status=payable").json()["items"]] == [told["order_id"]]
    stranger = api(holder())
    assert (stranger.get(f"{CODES}/{code['id']}").status_code, stranger.get(f"{MINE}/{told['order_id']}").status_code) == (404, 404)
    pay = f"{MINE}/{told['order_id']}/pay"
    given = proof(ann, client.session, purpose="payment", amount_fen=30_000, payee=told["order_id"], nonce="k")
    assert client.post(pay, {"methods": [{"method": "balance"}], "proof": given}, key="k").json()["result"] == "paid"
    assert till.get(f"{ROOT}/codepay/T-1").json()["result"] == "paid"
    assert_settled(expected={ann: 20_000})


def test_a_refusal_says_what_the_till_needs_in_its_language_and_no_more(till: Program) -> None:
    code = shown(api(holder(1_000)))
    refused = till.post(f"{ROOT}/codepay", asked(code["auth_code"])).json()
    assert (refused["result"], refused["code"], refused["order"]["state"]) == ("refused", "payer_short", "closed")
    assert refused["message"].startswith("The payer's ways to pay do not cover it.")
    assert "800" not in refused["message"]
    for body in (asked("12"), asked("621"), asked(code["auth_code"], amount=0), asked(code["auth_code"], subject="")):
        assert till.post(f"{ROOT}/codepay", body).status_code == 422


def test_another_merchants_till_finds_nothing_of_it(till: Program) -> None:
    till.post(f"{ROOT}/codepay", asked(shown(api(holder(5_000)))["auth_code"]))
    other = program(number=1)
    for path in ("codepay/T-1", "codepay/T-9", "codepay/no spaces"):
        assert other.get(f"{ROOT}/{path}".replace(" ", "%20")).status_code == 404
    assert other.post(f"{ROOT}/codepay/T-1/reverse").status_code == 404


def test_a_till_that_cannot_wait_reverses(till: Program) -> None:
    client = api(holder(50_000))
    till.post(f"{ROOT}/codepay", asked(shown(client)["auth_code"], amount=30_000))
    closed = till.post(f"{ROOT}/codepay/T-1/reverse")
    assert (closed.status_code, closed.json()["result"], closed.json()["code"]) == (200, "closed", "reversed")
    assert till.post(f"{ROOT}/codepay/T-1/reverse").json() == closed.json()


def test_an_order_is_drawn_as_a_code_scanned_and_paid(till: Program) -> None:
    made = till.post(f"{ROOT}/qr/orders", {"out_trade_no": "D-1", "amount": 1_800, "subject": "Two coffees"}).json()
    assert (made["order"]["scene"], made["code_url"]) == ("qr_dynamic", f"banyan://qr/{made['order']['id']}")
    client, other = api(holder(5_000)), api(holder(5_000))
    found = client.get(f"/v1/payments/qr/{made['order']['id']}").json()
    assert (found["kind"], found["static"], found["order"]["amount"], found["order"]["merchant"]) == ("order", None, 1_800, "Hangzhou Tea")
    assert client.get(f"/v1/payments/qr/{quote(made['code_url'], safe='')}").json() == found
    assert client.post(f"{MINE}/{made['order']['id']}/pay", {"methods": [{"method": "balance"}]}).json()["result"] == "paid"
    assert other.get(f"/v1/payments/qr/{made['order']['id']}").status_code == 404
    assert other.get("/v1/payments/qr/621234567890123456").json() == {"kind": "payer_code", "order": None, "static": None}


def test_an_owner_prints_a_code_and_whoever_scans_it_pays(till: Program) -> None:
    where = Shop(till.merchant, merchants.app(till.app.id))
    owner = api(till.merchant.owner)
    codes = f"/v1/payments/merchants/{till.merchant.public_id}/qr-codes"
    body = {"store_id": store_of(where).public_id, "app_id": till.app.public_id, "title": "Till 2"}
    code = owner.post(codes, body).json()
    assert (code["state"], code["amount"], code["code_url"]) == ("active", None, f"banyan://qr/{code['id']}")
    assert [row["id"] for row in owner.get(codes).json()["items"]] == [code["id"]]
    client = api(holder(5_000))
    found = client.get(f"/v1/payments/qr/{code['id']}").json()["static"]
    assert (found["merchant"], found["store"], found["left_today"], found["active"]) == ("Hangzhou Tea", "Riverside shop", 50_000, True)
    order = client.post("/v1/payments/qr/orders", {"qr_code": code["code_url"], "amount": 1_800}).json()
    assert (order["status"], order["amount"], order["subject"]) == ("payable", 1_800, "Till 2")
    assert client.post(f"{MINE}/{order['id']}/pay", {"methods": [{"method": "balance"}]}).json()["result"] == "paid"
    assert client.get(f"/v1/payments/qr/{code['id']}").json()["static"]["left_today"] == 50_000 - 1_800
    for who in (api(holder()), client):
        assert who.post(f"{codes}/{code['id']}/revoke").status_code == 404
    assert owner.post(f"{codes}/{code['id']}/revoke").json()["state"] == "revoked"
    gone = client.post("/v1/payments/qr/orders", {"qr_code": code["id"], "amount": 1})
    assert (gone.status_code, gone.json()["code"], QrCode.objects.get().state) == (409, "qr_code_revoked", "revoked")


def test_a_merchant_lists_its_orders_of_a_day_and_a_state_page_by_page_and_a_payer_their_own(till: Program) -> None:
    where, ann = Shop(till.merchant, merchants.app(till.app.id)), holder(5_000)
    made = [new_order(where, 100) for _ in range(3)]
    begin(ann, made[0], BALANCE)
    new_order(shop(), 100)
    first = till.get(f"{ROOT}/orders?limit=2").json()
    rest = till.get(f"{ROOT}/orders?limit=2&cursor={first['next']}").json()
    assert [row["id"] for row in first["items"] + rest["items"]] == [row.public_id for row in reversed(made)]
    assert rest["next"] is None
    today = local_day(clock.now())
    counts = [
        len(till.get(f"{ROOT}/orders?{query}").json()["items"])
        for query in (f"date={today}", f"date={today - timedelta(days=1)}", "state=paid", f"state=created&date={today}")
    ]
    assert counts == [3, 0, 1, 2]
    assert till.get(f"{ROOT}/orders?date=x").status_code == 422
    assert till.get(f"{ROOT}/orders?state=x").status_code == 422
    mine, others = api(ann).get(MINE).json()["items"], api(holder()).get(MINE).json()["items"]
    assert ([row["id"] for row in mine], others) == ([made[0].public_id], [])


def test_an_order_of_methods_is_kept_and_read(till: Program) -> None:
    client = api(holder())
    url = "/v1/payments/cashier/method-order"
    assert client.get(url).json() == {"methods": []}
    wanted = {"methods": [{"method": "balance", "ref": ""}]}
    assert client.post(url, wanted).json() == wanted
    assert client.get(url).json() == wanted
    for methods, code in (
        ([{"method": "gold"}], "funding_method_unknown"),
        ([{"method": "card", "ref": "crd_x"}], "funding_method_unknown"),
        ([{"method": "balance", "ref": "x"}], "funding_method_unknown"),
        ([{"method": "balance"}] * 2, "method_order_twice"),
    ):
        refused = client.post(url, {"methods": methods})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert client.get(url).json() == wanted


def test_charging_scanning_and_lists_cost_as_many_queries_whatever_the_history(till: Program) -> None:
    where, new, old = Shop(till.merchant, merchants.app(till.app.id)), holder(50_000), holder(50_000)
    for _ in range(8):
        begin(old, new_order(where, 10), BALANCE)
    begin(new, new_order(where, 10), BALANCE)
    clients = {who: api(who) for who in (new, old)}
    code = print_code(where)

    def charge(who: Any) -> None:
        digits = shown(clients[who])["auth_code"]
        number = f"Q{PaymentOrder.objects.count()}"
        assert till.post(f"{ROOT}/codepay", asked(digits, amount=10, out_trade_no=number)).json()["result"] in ("paid", "user_confirming")

    assert_queries_do_not_grow(charge, new, new, at_most=90)
    assert_queries_do_not_grow(lambda who: clients[who].get(MINE), new, old, at_most=8)
    assert_queries_do_not_grow(lambda who: clients[who].get(f"/v1/payments/qr/{code.public_id}"), new, old, at_most=9)
    few, many = shop(), where
    new_order(few, 10)
    tills = {id(few): program(few.merchant, number=1), id(many): till}
    assert_queries_do_not_grow(lambda place: tills[id(place)].get(f"{ROOT}/orders"), few, many, at_most=10)
