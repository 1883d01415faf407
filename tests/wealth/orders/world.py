"""Savers with a profile, a money fund on sale, and every job of an order run to the end."""

import uuid
from typing import Any

from django.test import Client

from accounts.identity.models import Customer
from tests.factories import login

FEN = 5_000_000


def api(who: Customer, method: str, path: str, data: Any = None, key: str = "") -> Any:
    """A request to /v1/wealth/ as the app sends it."""
    headers = {"Authorization": f"Bearer {login(who)}", "Idempotency-Key": key or uuid.uuid4().hex}
    return getattr(Client(), method)(f"/v1/wealth/{path}", data, content_type="application/json", headers=headers)
