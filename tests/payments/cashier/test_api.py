"""The cashier over HTTP: the payer's methods, quote, pay and attempt; the merchant's orders; and what others see of them (nothing)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from payments.cards.models import Card
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.channels.models import Channel
from tests.factories import api, proof
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import decide
from tests.payments.cashier.world import BALANCE, assert_settled, begin, card_holder, holder, new_order, settle_cashier, shop
from tests.payments.merchants.world import ROOT, Program, answer_is_signed, program, suspend
from tests.payments.wallet.bank_world import Holder
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow
from tests.sandbox_bank import SandboxBank

ORDERS = "/v1/payments/cashier/orders"
BY_BALANCE = {"methods": [{"method": "balance"}]}


def url(order: PaymentOrder, what: str = "") -> str:
    return f"{ORDERS}/{order.public_id}" + (f"/{what}" if what else "")


@pytest.mark.django_db
def test_the_payer_sees_what_is_to_be_paid_to_whom() -> None:
    open_day()
    order = new_order(shop(), 10_000)
    shown = api(holder()).get(url(order)).json()
    assert (shown["id"], shown["merchant"], shown["subject"], shown["amount"], shown["status"]) == (
        order.public_id,
        "Hangzhou Tea",
        "A pot of tea",
        10_000,
        "payable",
    )


@pytest.mark.django_db
def test_an_order_another_customer_pays_is_not_found_whatever_is_asked() -> None:
    open_day()
    order, ann = new_order(shop(), 5_000), holder(10_000)
    mine = api(ann)
    paid = mine.post(url(order, "pay"), BY_BALANCE)
    assert (paid.status_code, paid.json()["result"]) == (201, "paid")
    other = api(holder(10_000))
    unknown = PaymentOrder(id=uuid.uuid4())
    asked = {
        "order": lambda row: other.get(url(row)),
        "methods": lambda row: other.get(url(row, "methods")),
        "quote": lambda row: other.post(url(row, "quote"), BY_BALANCE),
        "pay": lambda row: other.post(url(row, "pay"), BY_BALANCE),
    }
    for name, ask in asked.items():
        answers = [ask(row) for row in (order, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404], name
        assert len({answer.json()["detail"] for answer in answers}) == 1
    assert other.get(f"/v1/payments/cashier/attempts/{paid.json()['id']}").status_code == 404
    assert mine.get(f"/v1/payments/cashier/attempts/{paid.json()['id']}").json()["result"] == "paid"


def test_every_method_is_shown_with_its_limit_its_fee_and_why_it_cannot_be_used(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = new_order(where, 10_000)
        client = api(who.customer)
        shown = client.get(url(order, "methods")).json()
        Channel.objects.update(enabled=False)
        Card.objects.update(nickname="mine")
        shut = client.get(url(order, "methods")).json()
    rows = [(row["kind"], row["method"], row["limit"], row["fee"], row["proposed"], row["available"]) for row in shown["items"]]
    assert rows == [
        ("discount", "coupon", 1_000, 0, 1_000, True),
        ("discount", "coupon", 500, 0, 0, True),
        ("discount", "coupon", 1_000, 0, 0, False),
        ("funding", "balance", 3_000, 0, 3_000, True),
        ("funding", "line", 2_000, 12, 2_000, True),
        ("funding", "card", 5_000_000, 0, 4_000, True),
    ]
    assert (shown["missing"], shown["items"][2]["code"], shown["items"][2]["message"]) == (0, "test_coupon_used", "This coupon is used.")
    closed = shut["items"][-1]
    assert (closed["available"], closed["code"], closed["limit"], shut["missing"]) == (False, "channel_off", 0, 4_000)
    assert closed["message"].startswith("This bank channel is switched off")


@pytest.mark.django_db
def test_reasons_and_titles_come_in_chinese_too() -> None:
    open_day()
    order = new_order(shop(), 10_000)
    client = api(holder())
    row = client.get(url(order, "methods"), headers={"Accept-Language": "zh-Hans"}).json()["items"][0]
    assert (row["title"], row["code"], row["message"]) == ("余额", "balance_empty", "余额为零,请先充值或选择其他支付方式。")


def test_a_quote_says_the_amount_of_each_leg_and_what_is_to_be_approved_and_paying_does_just_that(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = new_order(where, 50_000)
        client = api(who.customer)
        choice: dict[str, Any] = {
            "discounts": [{"method": "coupon", "ref": "c-10"}],
            "methods": [{"method": "card", "ref": who.card.public_id}, {"method": "balance", "amount": 1_000}, {"method": "line"}],
        }
        quote = client.post(url(order, "quote"), choice).json()
        assert [(leg["method"], leg["amount"]) for leg in quote["legs"]] == [
            ("coupon", 1_000),
            ("balance", 1_000),
            ("line", 2_000),
            ("card", 46_000),
        ]
        assert (quote["to_pay"], quote["discount"], quote["fee"]) == (49_000, 1_000, 12)
        assert quote["step_up"] == {
            "needed": True,
            "factors": 1,
            "purpose": "payment",
            "amount": 49_000,
            "payee": order.public_id,
        }
        key = uuid.uuid4().hex
        needed = client.post(url(order, "pay"), choice, key=key)
        assert (needed.status_code, needed.json()["code"], needed.json()["amount"]) == (403, "step_up_needed", 49_000)
        given = proof(who.customer, client.session, purpose="payment", amount_fen=49_000, payee=order.public_id, nonce=key)
        paid = client.post(url(order, "pay"), choice | {"proof": given}, key=key)
        assert (paid.status_code, paid.json()["result"], paid.json()["amount"]) == (201, "paid", 49_000)
        assert [(leg["method"], leg["amount"], leg["state"]) for leg in paid.json()["legs"]] == [
            (leg["method"], leg["amount"], "committed") for leg in quote["legs"]
        ]
        again = client.post(url(order, "pay"), choice | {"proof": given}, key=key)
        assert (again.content, again["Idempotent-Replayed"]) == (paid.content, "true")
        fresh = client.post(url(order, "pay"), choice | {"proof": given})
        assert (fresh.status_code, fresh.json()["code"]) == (409, "order_paid")
    assert_settled(expected={who.customer: 2_000})


def test_a_refusal_by_the_bank_says_why_and_what_to_do_and_is_replayed_as_it_was(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order, client = new_order(where, 10_000), api(who.customer)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    body = {"methods": [{"method": "card", "ref": who.card.public_id}]}
    first, again = (client.post(url(order, "pay"), body, key="one") for _ in range(2))
    assert (first.status_code, first.json()["result"], first.json()["code"]) == (201, "refused", "INSUFFICIENT_FUNDS")
    assert first.json()["message"] == "The card has not enough money. Use another card."
    assert again.content == first.content
    assert client.get(url(order)).json()["status"] == "payable"
    assert_settled(expected={who.customer: 0})


def test_a_pending_payment_is_polled_until_it_is_paid(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order, client = new_order(where, 10_000), api(who.customer)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    pending = client.post(url(order, "pay"), {"methods": [{"method": "card", "ref": who.card.public_id}]}).json()
    assert (pending["result"], pending["legs"][0]["state"], client.get(url(order)).json()["status"]) == ("pending", "unknown", "processing")
    finish(connected, PaymentAttempt.objects.get())
    polled = client.get(f"/v1/payments/cashier/attempts/{pending['id']}").json()
    assert (polled["result"], polled["legs"][0]["state"]) == ("paid", "committed")


def finish(bank: SandboxBank, attempt: PaymentAttempt) -> None:
    decide(bank, attempt)
    settle_cashier(clock.now() + timedelta(seconds=10))


@pytest.mark.django_db
def test_what_cannot_be_chosen_is_refused_with_a_code() -> None:
    open_day()
    order, client = new_order(shop(), 10_000), api(holder(3_000))
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "funding_nothing_chosen"),
        ({"methods": [{"method": "gold"}]}, "funding_method_unknown"),
        ({"methods": [{"method": "card", "ref": "crd_x"}]}, "funding_method_unknown"),
        (BY_BALANCE, "funding_not_covered"),
        ({"methods": [{"method": "balance", "amount": 3_001}]}, "funding_method_limit"),
        ({"methods": [{"method": "balance"}, {"method": "balance"}]}, "funding_chosen_twice"),
    ]
    for body, code in cases:
        for what in ("quote", "pay"):
            answer = client.post(url(order, what), body)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.post(url(order, "pay"), {"methods": [{"method": "balance", "amount": 0}]}).status_code == 422
    assert not PaymentAttempt.objects.exists()


@pytest.fixture
def caller() -> Program:
    open_day()
    return program(number=0)


def wanted(**changes: Any) -> dict[str, Any]:
    return {"out_trade_no": "T-1", "amount": 10_000, "subject": "A pot of tea", "attach": "table 7"} | changes


@pytest.mark.django_db
def test_a_merchant_makes_an_order_reads_it_and_asks_for_it_again(caller: Program) -> None:
    made = caller.post(f"{ROOT}/orders", wanted())
    assert (made.status_code, answer_is_signed(made)) == (201, True)
    order = made.json()
    assert (order["state"], order["amount"], order["attach"], order["scene"]) == ("created", 10_000, "table 7", "in_app")
    again = caller.post(f"{ROOT}/orders", wanted())
    assert (again.json(), PaymentOrder.objects.count()) == (order, 1)
    for change in (
        {"amount": 10_001},
        {"subject": "Two pots"},
        {"attach": ""},
        {"expires_in": 60},
        {"notify_url": "https://shop.example/n"},
    ):
        other = caller.post(f"{ROOT}/orders", wanted(**change))
        assert (other.status_code, other.json()["code"]) == (409, "out_trade_no_used")
    for path in (order["id"], "out-trade-no/T-1"):
        assert caller.get(f"{ROOT}/orders/{path}").json() == order
    stranger = program(number=1)
    for path in (order["id"], "out-trade-no/T-1"):
        assert stranger.get(f"{ROOT}/orders/{path}").status_code == 404
    assert stranger.post(f"{ROOT}/orders/{order['id']}/close").status_code == 404
    assert stranger.post(f"{ROOT}/orders", wanted()).json()["id"] != order["id"]


@pytest.mark.django_db
def test_an_order_is_refused_where_something_is_wrong(caller: Program) -> None:
    bad: list[dict[str, Any]] = [
        {"out_trade_no": "no spaces"},
        {"amount": 0},
        {"currency": "USD"},
        {"subject": ""},
        {"subject": "4111111111111111"},
        {"expires_in": 59},
        {"expires_in": 604_801},
        {"notify_url": "http://shop.example/n"},
    ]
    for change in bad:
        assert caller.post(f"{ROOT}/orders", wanted(**change)).status_code == 422, change
    assert caller.post(f"{ROOT}/orders", wanted(store_id="sto_x")).status_code == 404
    suspend(caller.merchant)
    assert caller.post(f"{ROOT}/orders", wanted()).status_code == 403
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
def test_a_merchant_closes_an_order_and_not_one_that_is_paid(caller: Program) -> None:
    order = caller.post(f"{ROOT}/orders", wanted()).json()
    closed = caller.post(f"{ROOT}/orders/{order['id']}/close")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert caller.post(f"{ROOT}/orders/{order['id']}/close").json()["state"] == "closed"
    paid = caller.post(f"{ROOT}/orders", wanted(out_trade_no="T-2")).json()
    ann = holder(10_000)
    assert api(ann).post(f"{ORDERS}/{paid['id']}/pay", BY_BALANCE).json()["result"] == "paid"
    refused = caller.post(f"{ROOT}/orders/{paid['id']}/close")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_paid")
    shown = caller.get(f"{ROOT}/orders/{paid['id']}").json()
    assert (shown["state"], shown["fee"], shown["paid_at"] is not None) == ("paid", 60, True)
    assert "payer" not in shown


def test_the_methods_cost_as_many_queries_for_ten_cards_as_for_one(connected: SandboxBank) -> None:
    where = shop()
    one, many = card_holder(connected, fen=1_000), card_holder(connected, fen=1_000)
    more_cards(many, 9)
    orders = {one.customer: new_order(where, 10_000), many.customer: new_order(where, 10_000)}
    clients = {who: api(who) for who in orders}
    assert_queries_do_not_grow(lambda who: clients[who].get(url(orders[who], "methods")), one.customer, many.customer, at_most=19)


def more_cards(who: Holder, number: int) -> None:
    """Copies of the card, each another one to us."""
    for place in range(number):
        row = Card.objects.get(pk=who.card.pk)
        row.pk, row.is_default, row.position = uuid.uuid4(), False, place + 1
        row.fingerprint, row.token_index = uuid.uuid4().bytes * 2, uuid.uuid4().bytes * 2
        row.save(force_insert=True)


def test_paying_costs_as_many_queries_whatever_the_history(connected: SandboxBank) -> None:
    where, new, old = shop(), card_holder(connected, fen=10_000), card_holder(connected, fen=10_000)
    for _ in range(5):
        begin(old.customer, new_order(where, 10), BALANCE)
    clients = {who.customer: api(who.customer) for who in (new, old)}

    def act(who: Any) -> None:
        assert clients[who].post(url(new_order(where, 10), "pay"), BY_BALANCE).status_code == 201

    assert_queries_do_not_grow(act, new.customer, old.customer, at_most=40)
