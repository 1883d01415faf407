"""The schema names every address of the API, and every operation is written out for the people who call it."""

import re

from tests.api.operations import operations, routes, schema

EXEMPT = {
    "/v1/schema": "the schema itself",
    "/v1/docs": "Swagger",
    "/v1/redoc": "Redoc",
    "/v1/payments/notices/{channel}": "called by outside parties; documented with each channel's contract",
}


def api_routes() -> set[str]:
    return {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for route in routes() if route.startswith("/v1/")}


def test_every_route_of_the_api_is_in_the_schema_or_exempt_for_a_reason() -> None:
    assert api_routes() - set(schema()["paths"]) - set(EXEMPT) == set()


def test_the_schema_names_no_address_that_is_not_there() -> None:
    assert set(schema()["paths"]) - api_routes() == set()


def test_operation_ids_are_unique() -> None:
    names = [operation.name for operation in operations()]
    assert sorted(names) == sorted(set(names))


def test_every_operation_says_what_it_does_and_gives_an_example_of_each_body() -> None:
    lacking = []
    for operation in operations():
        if not operation.spec.get("description") and not operation.spec.get("summary"):
            lacking.append(f"{operation}: no description")
        if operation.takes_body and operation.example() is None:
            lacking.append(f"{operation}: no request example")
        for status, response in operation.spec["responses"].items():
            content = response.get("content", {})
            if status != "204" and content and not any(media.get("examples") for media in content.values()):
                lacking.append(f"{operation}: no example of its {status}")
    assert lacking == []


def test_every_post_with_an_effect_takes_an_idempotency_key_or_is_exempt_for_a_reason() -> None:
    keyless = {str(operation) for operation in operations() if operation.method == "post" and not operation.takes_key}
    assert keyless - set(KEYLESS) == set()
    assert set(KEYLESS) - keyless == set()


KEYLESS: dict[str, str] = {
    "POST /v1/accounts/sessions/codes": "a resend is held off by time, and whoever asks is nobody yet",
    "POST /v1/accounts/sessions": "a code is good for one use, and answers with tokens are not kept",
    "POST /v1/accounts/sessions/refresh": "a refresh token is good for one use, and answers with tokens are not kept",
    "POST /v1/payments/bills/look": "it reads what an account owes; account numbers stay out of addresses",
    "POST /v1/payments/collects/links/look": "reads what a link leads to; its secret stays out of addresses",
    "POST /v1/payments/red-packets/links/look": "reads what a link leads to; its secret stays out of addresses",
    "POST /v1/payments/cashier/orders/{order_id}/quote": "it computes and changes nothing; a choice is too much for an address",
    "POST /v1/payments/qr/payer-codes": "a code not used charges nothing, and answers with codes are not kept",
    "POST /v1/payments/merchant/trial/payer-codes": "a code not used charges nothing, and answers with codes are not kept",
    "POST /v1/wealth/orders/preview": "it computes and changes nothing; it takes the body of the order",
    "POST /v1/wealth/transfers/offers/preview": "it computes and changes nothing; it takes the body of the offer",
    "POST /v1/wealth/redemptions/preview": "it computes and changes nothing; it takes the body of the redemption",
    "POST /v1/payments/wallet/payees": "it looks a payee up and changes nothing; a POST keeps the phone number out of the address",
}
