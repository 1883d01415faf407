"""The sandbox bank's control plane, as far as the platform's own development commands need it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings

from payments.channels import transport
from payments.channels.sandbox_bank.client import document

PATIENCE = transport.Patience(connect_s=1.0, total_s=5.0)


class ControlRefused(RuntimeError):
    """The control plane refused or did not answer; the message says what it said."""


def control(method: str, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """One unsigned call. Raises ControlRefused for anything but a 200 or 201."""
    body = orjson.dumps(dict(content))
    headers = {"Host": urlsplit(settings.SANDBOX_BANK_URL).netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    try:
        answer = transport.call(method, settings.SANDBOX_BANK_URL + path, headers=headers, body=body, patience=PATIENCE)
        found = document(answer)
    except (transport.NotDelivered, transport.NoAnswer) as problem:
        raise ControlRefused(f"{path}: {problem.reason}") from problem
    if answer.status not in (200, 201):
        raise ControlRefused(f"{path}: {answer.status} {found.get('message', '')}")
    return found
