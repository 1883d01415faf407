"""What the database itself refuses, whoever asks."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.clock.queries import local_day
from payments.cashier.models import PaymentOrder
from payments.disputes.models import Dispute, DisputeFile, DisputeTerms
from tests.payments.cashier.test_tables import refused
from tests.payments.cashier.world import holder, shop
from tests.payments.refunds.world import by_balance
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> PaymentOrder:
    open_day()
    return by_balance(shop(), holder(1_000), 1_000)


def dispute_of(order: PaymentOrder, **changes: Any) -> Dispute:
    at = clock.now()
    facts = {"order": order, "merchant_id": order.merchant_id, "app_id": order.app_id, "payer_id": order.payer_id, "shard": 1,
             "opened_by": "channel", "opener": "staff:x", "kind": "other", "words": "x", "amount_fen": 100, "wanted_fen": 99,
             "from_pending_fen": 90, "short_fen": 9, "answer_due_at": at + timedelta(days=1), "asked_at": at, "created_at": at,
             "changed_at": at}  # fmt: skip
    return Dispute.objects.create(**(facts | changes))


def test_a_dispute_adds_up_is_the_only_open_one_and_says_who_opened_it(order: PaymentOrder) -> None:
    refused("payments_dispute_frozen", lambda: dispute_of(order, short_fen=8))
    refused("payments_dispute_frozen", lambda: dispute_of(order, wanted_fen=101, short_fen=11))
    refused("payments_dispute_amount", lambda: dispute_of(order, amount_fen=0, wanted_fen=0, from_pending_fen=0, short_fen=0))
    refused("payments_dispute_kind", lambda: dispute_of(order, kind="angry"))
    refused("payments_dispute_opened_by", lambda: dispute_of(order, opener=""))
    refused("payments_dispute_bank", lambda: dispute_of(order, taken_by_bank=True))
    refused("payments_dispute_bank", lambda: dispute_of(order, taken_by_bank=True, bank_reference="CB", opened_by="payer"))
    refused("payments_dispute_due", lambda: dispute_of(order, answer_due_at=clock.now() - timedelta(days=1)))
    refused("payments_dispute_moves", lambda: dispute_of(order, state="evidence"))
    refused("payments_dispute_shard", lambda: dispute_of(order, shard=64))
    dispute_of(order)
    refused("payments_dispute_one_open", lambda: dispute_of(order))


def test_a_dispute_ends_once_with_its_verdict_and_a_lost_one_with_its_refund(order: PaymentOrder) -> None:
    at = clock.now()
    rows = Dispute.objects.filter(pk=dispute_of(order).pk)
    refused("payments_dispute_over", lambda: rows.update(decided_at=at))
    refused("payments_dispute_over", lambda: rows.update(state="won", verdict="x"))
    refused("payments_dispute_verdict", lambda: rows.update(state="won", decided_at=at))
    refused("payments_dispute_lost", lambda: rows.update(state="lost", decided_at=at, verdict="x"))
    assert rows.update(state="won", decided_at=at, verdict="x") == 1
    refused("payments_dispute_moves", lambda: rows.update(state="opened", decided_at=None))
    dispute_of(order)


def test_files_are_few_small_and_of_known_kinds_and_terms_in_force_stay(order: PaymentOrder) -> None:
    facts: dict[str, Any] = {"dispute": dispute_of(order), "shard": 1, "number": 1, "name": "a", "content_type": "image/png",
                             "sha256": "x", "size": 1, "content": b"x", "created_at": clock.now()}  # fmt: skip
    refused("payments_disputefile_most", lambda: DisputeFile.objects.create(**facts | {"number": 6}))
    refused("payments_disputefile_size", lambda: DisputeFile.objects.create(**facts | {"size": 2_000_001}))
    refused("payments_disputefile_type", lambda: DisputeFile.objects.create(**facts | {"content_type": "text/html"}))
    DisputeFile.objects.create(**facts)
    refused("payments_disputefile_number", lambda: DisputeFile.objects.create(**facts))
    today = local_day(clock.now())
    refused("payments_disputeterms_stays", lambda: DisputeTerms.objects.update(answer_days=8))
    refused("payments_disputeterms_days", lambda: DisputeTerms.objects.create(effective_on=today, open_days=0, answer_days=1))
