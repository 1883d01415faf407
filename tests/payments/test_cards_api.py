"""Cards over the API, at the real sandbox bank."""

import pytest

from accounts.privacy.sockets import EXPORTERS
from core.card_numbers import contains_card_number
from payments.cards.models import Card, CardBinding
from payments.channels.models import ChannelRequest
from tests.factories import api, customer
from tests.payments.settle import assert_nothing_open
from tests.payments.world import WORKS, bind, payer, start
from tests.sandbox_bank import SandboxBank


def test_a_customer_binds_names_arranges_and_unbinds_cards(connected: SandboxBank) -> None:
    who = payer(connected)
    client = api(who.customer)
    started = client.post("/v1/payments/cards/bindings", {"card_number": f"{WORKS[:4]} {WORKS[4:]}", "mobile": who.mobile})
    assert (started.status_code, started.json()["state"], started.json()["tries_left"]) == (201, "sms_sent", 3)
    binding = started.json()["id"]
    code = connected.last_code(who.mobile)
    wrong = "000000" if code != "000000" else "111111"
    refused = client.post(f"/v1/payments/cards/bindings/{binding}/confirm", {"code": wrong}).json()
    assert (refused["state"], refused["tries_left"], refused["code"], refused["words"]) == (
        "sms_sent",
        2,
        "WRONG_CODE",
        "The code is wrong. Check the message and try again.",
    )
    bound = client.post(f"/v1/payments/cards/bindings/{binding}/confirm", {"code": code}).json()
    assert (bound["state"], bound["card"]["is_default"], bound["card"]["last4"]) == ("bound", True, "0017")
    first = bound["card"]["id"]
    second = bind(connected, who).public_id
    assert [row["id"] for row in client.get("/v1/payments/cards").json()["items"]] == [first, second]
    arranged = client.post("/v1/payments/cards/order", {"card_ids": [second, first]}).json()
    assert [row["id"] for row in arranged["items"]] == [second, first]
    assert client.post(f"/v1/payments/cards/{second}/default").json()["is_default"] is True
    assert client.post(f"/v1/payments/cards/{second}/nickname", {"nickname": "工资卡"}).json()["nickname"] == "工资卡"
    gone = client.post(f"/v1/payments/cards/{second}/unbind")
    assert (gone.status_code, gone.json()["state"], gone.json()["unbound_by"]) == (201, "unbound", "customer")
    left = client.get("/v1/payments/cards").json()["items"]
    assert [(row["id"], row["is_default"]) for row in left] == [(first, True)]
    token = Card.objects.get(state="unbound").token
    assert connected.control("GET", f"agreements/{token}")["cancelled_by"] == "merchant"
    assert_nothing_open()


def test_a_card_number_is_refused_in_a_nickname_and_nothing_is_written(connected: SandboxBank) -> None:
    who = payer(connected)
    card = bind(connected, who)
    answer = api(who.customer).post(f"/v1/payments/cards/{card.public_id}/nickname", {"nickname": WORKS})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "card_number_refused")
    assert Card.objects.get().nickname == ""


def test_a_repeated_start_with_its_key_answers_again_and_starts_nothing(connected: SandboxBank) -> None:
    who = payer(connected)
    client = api(who.customer)
    body = {"card_number": WORKS, "mobile": who.mobile}
    first = client.post("/v1/payments/cards/bindings", body, key="k1")
    again = client.post("/v1/payments/cards/bindings", body, key="k1")
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert (CardBinding.objects.count(), ChannelRequest.objects.count()) == (1, 1)


def test_a_code_is_sent_again_after_a_minute_and_not_before(connected: SandboxBank) -> None:
    who = payer(connected)
    client = api(who.customer)
    binding = client.post("/v1/payments/cards/bindings", {"card_number": WORKS, "mobile": who.mobile}).json()["id"]
    early = client.post(f"/v1/payments/cards/bindings/{binding}/codes")
    assert (early.status_code, early.json()["code"]) == (429, "binding_too_often")
    assert 30 <= int(early["Retry-After"]) <= 61


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"card_number": "9901100000000000018", "mobile": "19900000001"}, 422, "invalid"),
        ({"card_number": "990110000000000", "mobile": "19900000001"}, 422, "invalid"),
        ({"card_number": "9901100000000000017", "mobile": "12345"}, 422, "invalid"),
        ({"card_number": "9913100000000000152", "mobile": "19900000001"}, 422, "card_unsupported"),
        ({"card_number": "4111111111111111", "mobile": "19900000001"}, 422, "card_unsupported"),
        ({"mobile": "19900000001"}, 422, "validation_failed"),
    ],
)
@pytest.mark.django_db
def test_a_binding_that_cannot_be_is_refused_before_anything_is_written(body: dict[str, str], status: int, code: str) -> None:
    answer = api(customer(verified_class=None)).post("/v1/payments/cards/bindings", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["field"] in ("card_number", "mobile")
    assert CardBinding.objects.count() == 0
    assert ChannelRequest.objects.count() == 0


@pytest.mark.django_db
def test_a_customer_without_a_verified_name_binds_no_card() -> None:
    answer = api(customer(verified_class=None)).post("/v1/payments/cards/bindings", {"card_number": WORKS, "mobile": "19900000001"})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_not_verified")


@pytest.mark.django_db
def test_a_channel_that_is_off_takes_no_binding() -> None:
    answer = api(customer(verified_class=1)).post("/v1/payments/cards/bindings", {"card_number": WORKS, "mobile": "19900000001"})
    assert (answer.status_code, answer.json()["code"]) == (409, "channel_off")
    assert CardBinding.objects.count() == 0


@pytest.mark.django_db
def test_the_banks_are_listed_with_their_limits() -> None:
    items = api(customer(verified_class=None)).get("/v1/payments/banks").json()["items"]
    assert [row["code"] for row in items][:3] == ["ICBC", "ABC", "BOC"]
    assert len(items) == 12
    debit, credit = items[0]["kinds"]
    assert debit["limits"][1] == {"scene": "top_up", "single_fen": 50_000_00, "day_fen": 200_000_00, "month_fen": 1_000_000_00}
    assert [row["scene"] for row in credit["limits"]] == ["pay"]


def test_an_export_names_unbound_cards_and_every_try_to_bind_one(connected: SandboxBank) -> None:
    who = payer(connected)
    gone = bind(connected, who)
    api(who.customer).post(f"/v1/payments/cards/{gone.public_id}/nickname", {"nickname": "工资卡"})
    api(who.customer).post(f"/v1/payments/cards/{gone.public_id}/unbind")
    waiting = start(who, WORKS)
    ((card,), tries) = (dict(EXPORTERS.items())[name].export(customer_id=who.customer.id) for name in ("cards", "card_bindings"))
    assert (card["id"], card["state"], card["nickname"], card["unbound_by"]) == (gone.public_id, "unbound", "工资卡", "customer")
    assert (card["bin"], card["last4"]) == (gone.bin, gone.last4)
    assert [(row["id"], row["state"]) for row in tries][-1] == (waiting.public_id, "sms_sent")
    assert [row["state"] for row in tries] == ["bound", "sms_sent"]
    assert {row["mobile"] for row in tries} == {waiting.mobile_masked}
    assert not contains_card_number(str((card, tries)))
    assert gone.token not in str((card, tries))
    other = payer(connected)
    assert [dict(EXPORTERS.items())[name].export(customer_id=other.customer.id) for name in ("cards", "card_bindings")] == [[], []]
