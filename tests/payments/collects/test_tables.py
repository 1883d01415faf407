"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.clock import queries as clock
from payments.collects.models import Collect, CollectShare, CollectTerms
from tests.payments.collects.world import DAY, each, pay, share_of, terms
from tests.payments.wallet.world import holder, open_day
from tests.rules import newer

pytestmark = pytest.mark.django_db


def make(**changes: Any) -> Collect:
    at = clock.now()
    facts = {"customer_id": holder(verified_class=None).id, "shard": 1, "title": "x", "by_link": True, "heads": 2, "each_fen": 5}
    times = {"total_fen": 10, "created_at": at, "changed_at": at, "expires_at": at + DAY}
    return Collect.objects.create(**(facts | times | changes))


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def test_a_collect_is_whole_and_moves_as_its_table_says() -> None:
    refused("payments_collect_shard", lambda: make(shard=64))
    refused("payments_collect_heads", lambda: make(heads=101, total_fen=505))
    refused("payments_collect_amounts", lambda: make(total_fen=11))
    refused("payments_collect_amounts", lambda: make(each_fen=None))
    refused("payments_collect_amounts", lambda: make(own_fen=-1))
    refused("payments_collect_end", lambda: make(end="expired"))
    refused("payments_collect_moves", lambda: make(state="closed", end="expired"))
    rows = Collect.objects.filter(pk=make().pk)
    refused("payments_collect_end", lambda: rows.update(state="closed"))
    for promise in ({"total_fen": 15, "heads": 3}, {"expires_at": clock.now()}, {"paid_fen": -1}):
        refused("payments_collect_stays", lambda promise=promise: rows.update(**promise))
    refused("payments_collect_counts", lambda: rows.update(paid_count=2, paid_fen=10, declined_count=1))
    refused("payments_collect_counts", lambda: rows.update(paid_count=1, paid_fen=11))
    assert rows.update(state="closed", end="organiser") == 1
    refused("payments_collect_moves", lambda: rows.update(state="open", end=""))


def test_a_share_is_asked_once_of_each_paid_once_and_never_changed() -> None:
    open_day()
    ann, bob, eve = holder(), holder(1_000), holder()
    collect = each(ann, 100, bob, eve)
    rows = CollectShare.objects.filter(pk=share_of(collect, bob).pk)
    at = {"created_at": clock.now(), "changed_at": clock.now()}
    refused("payments_collectshare_one_each", lambda: rows.create(collect=collect, payer=bob, amount_fen=1, **at))
    refused("payments_collectshare_amount", lambda: rows.create(collect=collect, payer=ann, amount_fen=0, **at))
    refused("payments_collectshare_stays", lambda: rows.update(amount_fen=99))
    refused("payments_collectshare_paid", lambda: rows.update(state="paid"))
    refused("payments_collectshare_paid", lambda: rows.update(state="paid", paid_at=clock.now()))
    refused("payments_collectshare_reminders", lambda: rows.update(reminders=4, reminded_on=clock.now().date()))
    refused("payments_collectshare_reminders", lambda: rows.update(reminders=1))
    refused("payments_collectshare_kept", lambda: delete())
    pay(collect, bob)
    refused("payments_collectshare_moves", lambda: rows.update(state="asked", paid_at=None, factors=None))


def test_terms_are_within_bounds_and_stay() -> None:
    first = terms()
    refused("payments_collectterms_bounds", lambda: newer(first, people_most=101))
    refused("payments_collectterms_bounds", lambda: newer(first, reminders_most=4))
    refused("starts_at", lambda: newer(first, starts_at=first.starts_at))
    refused("payments_collectterms_stays", lambda: CollectTerms.objects.filter(pk=first.pk).update(per_day=1))


def delete() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_collectshare")
