"""Canaries: what must never leave the encrypted columns is sent in through the API, then looked for everywhere else."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.identity.sockets import SMS
from accounts.verification.sockets import VERIFIERS
from core.idempotency.models import IdempotencyRecord
from core.outbox.models import OutboxEvent
from tests.factories import Client, RecordingSms, RecordingVerifier, new_phone, plugged, unique_id_number

NAME = "欧阳金丝雀"
PIN, NEW_PIN = "719246", "380517"
INSTALLATION = "canary-installation-7"


@pytest.fixture(autouse=True)
def outside() -> Iterator[RecordingSms]:
    with plugged(SMS, RecordingSms()) as sms, plugged(VERIFIERS, RecordingVerifier()):
        yield sms


def code_of(sms: RecordingSms) -> str:
    return sms.sent[-1]["text"].split("验证码 ")[1][:6]


def live_through(sms: RecordingSms) -> tuple[list[bytes], list[str]]:
    """A first day over the API, good and bad requests. Returns every error body, and the canaries."""
    client, phone, number = Client(), new_phone(), unique_id_number()
    device = {"installation_id": INSTALLATION, "name": "Phone", "platform": "ios"}
    client.post("/v1/accounts/sessions/codes", {"phone": phone, "device": device})
    code = code_of(sms)
    errors = [client.post("/v1/accounts/sessions", {"phone": phone, "code": "x" + code, "device": device})]
    login = client.post("/v1/accounts/sessions", {"phone": phone, "code": code, "device": device}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {login['access_token']}")
    for kind in ("service_agreement", "privacy_policy"):
        assert client.post("/v1/accounts/consents", {"kind": kind, "version": 1}).status_code == 201
    errors.append(client.post("/v1/accounts/verification", {"name": NAME, "id_number": number[:-1] + "x" * 5}))
    errors.append(client.post("/v1/accounts/verification", {"name": NAME + "1", "id_number": number}))
    assert client.post("/v1/accounts/verification", {"name": NAME, "id_number": number}).json()["state"] == "matched"
    errors.append(client.post("/v1/accounts/verification", {"name": NAME, "id_number": number}))
    first = {"purpose": "set_pin", "amount": 0, "nonce": "first"}
    assert client.post("/v1/accounts/step-up/codes", first).status_code == 202
    proof = client.post("/v1/accounts/step-up/proofs", first | {"method": "sms", "secret": code_of(sms)}).json()["proof"]
    assert client.post("/v1/accounts/pin", {"pin": PIN, "proof": proof, "nonce": "first"}).status_code == 201
    errors.append(client.post("/v1/accounts/pin/change", {"old_pin": NEW_PIN, "pin": PIN}))
    act = {"purpose": "transfer", "amount": 1, "payee": "x", "nonce": "n", "method": "pin"}
    assert client.post("/v1/accounts/step-up/proofs", act | {"secret": PIN}).status_code == 201
    client.post("/v1/accounts/pin/reset/codes")
    reset = code_of(sms)
    errors.append(client.post("/v1/accounts/pin/reset", {"code": reset, "name": NAME, "id_number": "x", "pin": NEW_PIN}))
    tokens = [login["access_token"], login["refresh_token"]]
    refreshed = client.post("/v1/accounts/sessions/refresh", {"refresh_token": tokens[1]}).json()
    errors.append(client.post("/v1/accounts/sessions/refresh", {"refresh_token": tokens[1]}))
    tokens += [refreshed["access_token"], refreshed["refresh_token"]]
    assert all(answer.status_code >= 400 for answer in errors)
    return [answer.content for answer in errors], [phone, phone[3:], number, NAME, PIN, NEW_PIN, code, reset, INSTALLATION, *tokens]


def dump() -> dict[str, str]:
    """Every table of every floor as text, as a thief of the database would read it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), %s) FROM "{table}" t', [""])
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_no_canary_is_found_in_the_database_the_events_the_errors_or_the_logs(
    outside: RecordingSms, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    errors, canaries = live_through(outside)
    logs = "".join(capfd.readouterr()) + caplog.text
    assert "request_finished" in logs, "the log was looked at"
    payloads = [json.dumps(row, ensure_ascii=False) for row in OutboxEvent.objects.values_list("payload", flat=True)]
    assert payloads
    assert IdempotencyRecord.objects.exists()
    tables = dump()
    found = []
    for canary in canaries:
        six_digits = len(canary) == 6
        places = {table: text for table, text in tables.items() if not six_digits or table == "core_idempotencyrecord"}
        found += [(canary, table) for table, text in places.items() if canary in text]
        found += [(canary, "outbox") for payload in payloads if canary in payload and not six_digits]
        found += [(canary, "error") for body in errors if canary.encode() in body]
        found += [(canary, "log") for line in logs.splitlines() if canary in line and not (six_digits and f".{canary}" in line)]
    assert found == []
