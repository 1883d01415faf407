"""What the database itself refuses, whoever asks."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from payments.cashier.models import MethodOrder
from payments.qr.models import PayerCode, QrCode, QrTerms
from tests.payments.cashier.world import holder, new_order, shop
from tests.payments.qr.world import print_code, terms
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def make(**changes: Any) -> PayerCode:
    facts = {"shard": 1, "code_index": uuid.uuid4().bytes * 2, "session_id": uuid.uuid4(), "created_at": AT}
    made = facts | {"expires_at": AT + timedelta(seconds=60)} | changes
    return PayerCode.objects.create(**({"customer_id": holder(verified_class=None).id} | made))


def test_a_shown_code_is_one_used_once_in_its_time_and_moves_as_its_table_says() -> None:
    open_day()
    order = new_order(shop(), 100)
    used = {"state": "taken", "order_id": order.id, "used_at": AT + timedelta(seconds=1)}
    refused("payments_payercode_shard", lambda: make(shard=64))
    refused("payments_payercode_life", lambda: make(expires_at=AT))
    refused("payments_payercode_moves", lambda: make(**used))
    first, second = make(), make()
    refused("payments_payercode_once", lambda: make(code_index=first.code_index))
    rows, others = PayerCode.objects.filter(pk=first.pk), PayerCode.objects.filter(pk=second.pk)
    refused("payments_payercode_used", lambda: rows.update(state="taken"))
    refused("payments_payercode_used", lambda: rows.update(order_id=order.id))
    refused("payments_payercode_used", lambda: rows.update(**used | {"used_at": AT + timedelta(seconds=60)}))
    refused("payments_payercode_refused", lambda: rows.update(**used | {"state": "refused"}))
    assert rows.update(**used) == 1
    refused("payments_payercode_one_order", lambda: others.update(**used))
    refused("payments_payercode_moves", lambda: rows.update(state="shown", order=None, used_at=None))
    refused("payments_payercode_moves", lambda: rows.update(state="refused", code="x"))


def test_a_printed_code_is_revoked_for_good() -> None:
    open_day()
    rows = QrCode.objects.filter(pk=print_code(shop()).pk)
    refused("payments_qrcode_amount", lambda: rows.update(amount_fen=0))
    refused("payments_qrcode_titled", lambda: rows.update(title=""))
    assert rows.update(state="revoked") == 1
    refused("payments_qrcode_moves", lambda: rows.update(state="active"))


def test_terms_are_within_bounds_and_stay_once_in_force() -> None:
    refused("payments_qrterms_codes", lambda: terms(code_seconds=5))
    refused("payments_qrterms_paying", lambda: terms(confirm_minutes=0))
    refused("payments_qrterms_paying", lambda: terms(static_fen_per_day=-1))
    refused("payments_qrterms_stays", lambda: QrTerms.objects.update(static_fen_per_day=100_000))


def test_an_order_of_methods_is_of_bounded_length() -> None:
    refused(
        "payments_methodorder_number",
        lambda: MethodOrder.objects.create(customer=holder(verified_class=None), methods=["balance"] * 21, changed_at=AT),
    )
