"""A card number is refused by every text an operation takes, or the text is named here with the reason why it may pass."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers

from accounts.security.models import StepUpProof
from core.idempotency.models import IdempotencyRecord
from core.idempotency.services import KeyMalformed, checked_key
from tests.factories import api, customer

CARDS = ("4111111111111111", "9901 1000 0000 0000 017")
FOUND = "names something that is there; what is not found is not kept"
KEYED = "kept as a keyed hash or encrypted, after its own form is checked"
MERCHANTS = "a merchant's own number, often all digits: one in ten of such numbers passes a card's check by chance"
OPEN = {
    "account": FOUND,
    "agreement_id": FOUND,
    "answers": "ids of options of the questionnaire, anything else is refused",
    "app_id": FOUND,
    "bill_no": FOUND,
    "biller_id": FOUND,
    "card_id": FOUND,
    "card_ids": FOUND,
    "card_number": "the one place for it: it goes to the channel and is kept as a keyed hash",
    "contact_phone": KEYED,
    "content": "a file in base64, refused unless it is a PDF or a picture",
    "customer_id": FOUND,
    "fixed_holding_id": FOUND,
    "holding_id": FOUND,
    "id_number": KEYED,
    "installation_id": KEYED,
    "insured_id_number": KEYED,
    "kind": FOUND,
    "licence_number": KEYED,
    "method": FOUND,
    "milestone_id": FOUND,
    "mobile": "kept masked, after its own form is checked",
    "name": "compared with the real name of somebody, and kept encrypted or not at all",
    "offer_id": FOUND,
    "order_id": FOUND,
    "out_agreement_no": MERCHANTS,
    "out_refund_no": MERCHANTS,
    "out_return_no": MERCHANTS,
    "out_split_no": MERCHANTS,
    "out_trade_no": MERCHANTS,
    "party": "of the form of another house's ids, which no card number has, or refused before anything is kept",
    "phone": KEYED,
    "policy_id": FOUND,
    "product_id": FOUND,
    "proof": FOUND,
    "public_key": "an RSA key or refused",
    "qr_code": FOUND,
    "questionnaire_id": FOUND,
    "quote_id": FOUND,
    "quote_sha256": "a hash of what was shown, anything else is refused",
    "receiver_id": FOUND,
    "ref": FOUND,
    "refresh_token": FOUND,
    "store_id": FOUND,
    "token": FOUND,
    "warning_id": FOUND,
}


def views(resolver: URLResolver | None = None) -> Iterator[Any]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "view_class"):
            yield pattern.callback.view_class


def texts(shape: serializers.BaseSerializer[Any], path: str) -> Iterator[tuple[str, serializers.Field[Any, Any, Any, Any]]]:
    """Every text that is taken in, by its name in the body."""
    for name, field in shape.fields.items():  # type: ignore[attr-defined]
        yield from within(field, f"{path}.{name}")


def within(field: Any, path: str) -> Iterator[tuple[str, Any]]:
    if field.read_only:
        return
    if isinstance(field, serializers.ListSerializer):
        yield from texts(field.child, path)
    elif isinstance(field, serializers.BaseSerializer):
        yield from texts(field, path)
    elif isinstance(field, (serializers.ListField, serializers.DictField)):
        yield from within(field.child, path)
    elif isinstance(field, (serializers.CharField, serializers.JSONField)) or type(field) is serializers.Field:
        yield path, field


def takes_one(field: Any) -> bool:
    for number in CARDS:
        try:
            field.run_validation(number)
        except serializers.ValidationError:
            continue
        return True
    return False


def open_texts() -> dict[str, set[str]]:
    """The texts that take a card number, by the last part of their name, with where they are."""
    shapes = {view.input_class for view in views() if getattr(view, "input_class", None) is not None}
    found: dict[str, set[str]] = {}
    for shape in shapes:
        for path, field in texts(shape(), shape.__name__):
            if takes_one(field):
                found.setdefault(path.rsplit(".", 1)[1], set()).add(path)
    return found


def test_every_text_refuses_a_card_number_or_is_named_with_its_reason() -> None:
    found = open_texts()
    assert {name: places for name, places in found.items() if name not in OPEN} == {}
    assert set(OPEN) - set(found) == set(), "they refuse one by now: take them out of the list"


def test_only_names_that_are_looked_up_pass() -> None:
    assert open_texts()["name"] == {"PinResetInput.name", "RealNameInput.name", "ReceiverIn.name"}
    assert open_texts()["kind"] == {"ConsentInput.kind"}


@pytest.mark.parametrize("number", [*CARDS, "4111-1111-1111-1111", "4222222222222"])
def test_an_idempotency_key_that_is_a_card_number_is_refused_and_not_kept(number: str) -> None:
    with pytest.raises(KeyMalformed):
        checked_key(number)


@pytest.mark.parametrize("key", ["4111111111111112", "x4111111111111111", "17320-22101-00016", "0195e3a4-4111-7111-8111-111111111111"])
def test_keys_made_of_times_and_random_digits_pass(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.django_db
def test_a_nonce_that_is_a_card_number_is_refused_and_nothing_is_written() -> None:
    client = api(customer(verified_class=1))
    body = {"purpose": "transfer", "amount": 100, "nonce": CARDS[0], "method": "pin", "secret": "719246"}
    answer = client.post("/v1/accounts/step-up/proofs", body)
    assert (answer.status_code, [(error["field"], error["code"]) for error in answer.json()["errors"]]) == (
        422,
        [("nonce", "card_number_refused")],
    )
    assert (StepUpProof.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
