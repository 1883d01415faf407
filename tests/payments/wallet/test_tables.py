"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.ids import new_id
from payments.wallet.models import Transfer
from tests.payments.wallet.world import holder, open_day, terms
from tests.rules import newer

pytestmark = pytest.mark.django_db


def make(**changes: Any) -> Transfer:
    ann, bob = holder(verified_class=None), holder(verified_class=None)
    facts = {"customer_id": ann.id, "payee_id": bob.id, "shard": 1, "amount_fen": 5, "state": "succeeded", "factors": 0}
    return Transfer.objects.create(**(facts | {"created_at": clock.now(), "changed_at": clock.now()} | changes))


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def test_a_transfer_has_a_positive_amount_a_shard_and_two_people() -> None:
    open_day()
    refused("payments_transfer_amount", lambda: make(amount_fen=0))
    refused("payments_transfer_shard", lambda: make(shard=64))
    refused("payments_transfer_factors", lambda: make(factors=3))
    ann = holder(verified_class=None)
    refused("payments_transfer_two", lambda: make(customer_id=ann.id, payee_id=ann.id))


def test_a_transfer_is_born_and_moves_as_its_table_says() -> None:
    open_day()
    refused("payments_transfer_moves", lambda: make(state="accepted"))
    refused("payments_transfer_booked", lambda: make(state="in_transit"))
    waiting = make(state="in_transit", expires_at=clock.now() + timedelta(days=1))
    rows = Transfer.objects.filter(pk=waiting.pk)
    refused("payments_transfer_moves", lambda: rows.update(state="succeeded", expires_at=None))
    refused("payments_transfer_booked", lambda: rows.update(state="accepted"))
    assert rows.update(state="accepted", closing_journal_id=new_id()) == 1
    refused("payments_transfer_moves", lambda: rows.update(state="declined"))


def test_terms_are_whole_and_one_at_a_time() -> None:
    first = terms()
    refused("payments_walletterms_fee", lambda: newer(first, fee_min_fen=first.fee_cap_fen + 1))
    refused("payments_walletterms_hours", lambda: newer(first, acceptance_hours=0))
    refused("starts_at", lambda: newer(first, starts_at=first.starts_at))
