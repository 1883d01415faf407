"""Savers with a profile, a money fund on sale, and every job of an order run to the end."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.outbox import services as outbox
from payments.cashier import queries as cashier
from tests.factories import login
from tests.payments.cashier.world import BALANCE, assert_settled, pay, settle_cashier
from tests.payments.wallet.world import holder
from wealth.catalog import accounts
from wealth.orders import queries, sweeps
from wealth.orders.models import WealthOrder
from wealth.orders.services import buying

FEN = 5_000_000


def api(who: Customer, method: str, path: str, data: Any = None, key: str = "") -> Any:
    """A request to /v1/wealth/ as the app sends it."""
    headers = {"Authorization": f"Bearer {login(who)}", "Idempotency-Key": key or uuid.uuid4().hex}
    return getattr(Client(), method)(f"/v1/wealth/{path}", data, content_type="application/json", headers=headers)
