"""Routing: the rules, which channel comes first, and why one takes no calls."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from payments.channels import routing
from payments.channels.breaker import ChannelResting
from payments.channels.models import Breaker, Channel, ChannelCall, ChannelCredential, MaintenanceWindow
from payments.channels.routing import AmountNotServed, Candidate, Cards, ranked
from payments.channels.services import ChannelOff, ChannelUnderMaintenance
from tests.payments.second_bank import SECOND, rule, second_channel
from tests.payments.world import AT

ICBC = Cards("ICBC", "debit")


def order_of(amount_fen: int = 10_000, **terms: Any) -> list[tuple[str, int]]:
    found = routing.choose(operation="pay", cards=terms.pop("cards", ICBC), amount_fen=amount_fen, at=AT, **terms)
    return [(one.channel, one.cost_fen) for one in found]


def test_the_cheapest_open_channel_comes_first_then_the_one_that_fares_best() -> None:
    shut = Candidate("a", 1, refusal=ChannelOff())
    found = [Candidate("b", 20, 9_000), Candidate("c", 20, 9_900), shut, Candidate("d", 30), Candidate("e", 20, 9_900)]
    assert [one.channel for one in ranked(found)] == ["c", "e", "b", "d", "a"]


@pytest.mark.django_db
def test_cost_is_a_share_of_the_amount_and_a_sum_by_the_rule_that_says_most_of_the_cards() -> None:
    second_channel()
    Channel.objects.update(enabled=True)
    assert order_of() == [(SECOND, 10), ("sandbox_bank", 20)]
    rule(bank_code="ICBC", cost_bp=0, cost_fen=500)
    rule(kind="debit", cost_bp=1)
    assert order_of() == [("sandbox_bank", 20), (SECOND, 500)]
    assert order_of(1_000_000) == [(SECOND, 500), ("sandbox_bank", 2_000)]
    assert order_of(cards=Cards("CCB", "debit")) == [(SECOND, 1), ("sandbox_bank", 20)]
    rule(bank_code="ICBC", offered=False, effective_on=date(2026, 3, 2))
    assert order_of() == [("sandbox_bank", 20)]
    assert order_of(cards=Cards("CCB", "credit"), among=[SECOND]) == [(SECOND, 10)]
    assert order_of(among=["alipay"]) == []


@pytest.mark.django_db
def test_what_is_shut_comes_last_with_the_reason_a_customer_reads(django_assert_num_queries: Any) -> None:
    second_channel(most_fen=10_000)

    def reason(amount_fen: int = 10_000) -> object:
        found = routing.choose(operation="pay", cards=ICBC, amount_fen=amount_fen, at=AT, among=[SECOND])
        return type(found[0].refusal)

    assert reason() is ChannelOff
    Channel.objects.update(enabled=True)
    words: dict[str, Any] = {"words_en": "w", "words_zh": "w", "created_at": AT}
    window = MaintenanceWindow.objects.create(channel_id=SECOND, bank_code="ICBC", starts_at=AT, ends_at=AT + timedelta(hours=1), **words)
    assert reason() is ChannelUnderMaintenance
    window.delete()
    from_another = {"merchant": "m", "private_key_pem": "k", "bank_public_key_pem": "", "bank_key_id": "", "created_at": AT}
    ChannelCredential.objects.create(channel_id=SECOND, **from_another)
    assert reason() is type(None)
    assert reason(10_001) is AmountNotServed
    later = AT + timedelta(seconds=9)
    Breaker.objects.create(channel_id=SECOND, changed_at=AT)
    Breaker.objects.filter(channel_id=SECOND).update(state="open", retry_at=later, opened_at=AT)
    assert reason() is ChannelResting
    with django_assert_num_queries(5):
        reason()


@pytest.mark.django_db
def test_of_two_that_cost_the_same_the_one_whose_calls_went_well_is_taken() -> None:
    second_channel(cost_bp=20)
    Channel.objects.update(enabled=True)
    for channel, bad in (("sandbox_bank", False), (SECOND, True), ("sandbox_bank", True), (SECOND, True)):
        ChannelCall.objects.create(channel_id=channel, operation="pay", question=False, bad=bad, took_ms=1, at=AT)
    assert [channel for channel, _ in order_of()] == ["sandbox_bank", SECOND]
    assert routing.shares([SECOND], AT + timedelta(minutes=16)) == {}


@pytest.mark.django_db
def test_the_database_keeps_one_route_a_day_and_its_bounds() -> None:
    second_channel()
    refusals = {
        "payments_route_dated": {"cost_bp": 3},
        "payments_route_cost": {"cost_bp": -1, "kind": "debit"},
        "payments_route_operation": {"operation": "refund"},
        "payments_route_kind": {"kind": "gold"},
        "payments_route_bounds": {"least_fen": -1, "kind": "credit"},
    }
    for name, changes in refusals.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rule(**changes)
