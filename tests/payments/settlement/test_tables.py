"""What the database itself refuses of settlements, their lines, payouts, corrections and terms."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.ids import new_id
from payments.cards.models import Card
from payments.settlement.models import MerchantPayout, Settlement, SettlementAdjustment, SettlementLine, SettlementTerms
from payments.settlement.states import PAYOUT_MOVES, SETTLEMENT_MOVES, PayoutState, SettlementState
from tests.payments.cashier.world import shop
from tests.payments.settlement.world import adjust, end_day, sell, settled

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def refused(name: str, act: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


@pytest.fixture
def row() -> Settlement:
    where = shop()
    sell(where, 10_000)
    return settled(where, end_day())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("payments_settlement_net", {"fees_fen": 61}),
        ("payments_settlement_left", {"left_fen": 1}),
        ("payments_settlement_payout", {"payout_fen": 1}),
        ("payments_settlement_payout", {"paid_fen": 9_941}),
        ("payments_settlement_counts", {"orders": -1}),
        ("payments_settlement_reserve", {"reserved_fen": 9_941, "spare_fen": 1, "payout_fen": 0}),
        ("payments_settlement_reserve", {"reserve_left_fen": 1}),
        ("payments_settlement_moved", {"journal_id": None}),
        ("payments_settlement_approved", {"state": "approved", "pay_at": AT}),
        ("payments_settlement_tried", {"state": "approved", "approved_by": "staff:carl"}),
        ("payments_settlement_paid", {"paid_at": AT}),
        ("payments_settlement_shard", {"shard": 64}),
        ("payments_settlement_moves", {"state": "paid"}),
        ("payments_settlement_moves", {"state": "open"}),
    ],
)
def test_a_settlement_that_does_not_add_up_is_refused(row: Settlement, name: str, change: dict[str, Any]) -> None:
    refused(name, lambda: Settlement.objects.filter(pk=row.pk).update(**change))


def test_a_merchants_day_is_settled_once_and_only_one_is_its_last(row: Settlement) -> None:
    facts = {"merchant_id": row.merchant_id, "shard": row.shard, "due_on": row.due_on, "created_at": clock.now(), "changed_at": clock.now()}
    refused("payments_settlement_once", lambda: Settlement.objects.create(business_on=row.business_on, **facts))
    other = Settlement.objects.create(business_on=row.business_on + timedelta(days=1), **facts)
    refused("payments_settlement_one_last", lambda: Settlement.objects.filter(pk=other.pk).update(state="closed", last=True))
    refused("payments_settlement_moves", lambda: Settlement.objects.create(business_on=row.business_on, state="closed", **facts))


def test_a_journal_is_one_line_of_a_settlement_and_adds_up(row: Settlement) -> None:
    line = SettlementLine.objects.get(settlement=row)
    line.id = new_id()
    refused("payments_settlementline_once", lambda: line.save(force_insert=True))
    mine = SettlementLine.objects.filter(settlement=row)
    refused("payments_settlementline_net", lambda: mine.update(net_fen=1))
    refused("payments_settlementline_signs", lambda: mine.update(kind="refund"))
    refused("payments_settlementline_signs", lambda: mine.update(kind="dispute"))


def test_a_settlement_has_one_payout_that_is_on_its_way_or_paid(row: Settlement) -> None:
    facts: dict[str, Any] = {
        "settlement": row, "merchant_id": row.merchant_id, "shard": row.shard, "amount_fen": 1, "request_id": new_id(),
        "sent_journal_id": new_id(), "created_at": clock.now(), "changed_at": clock.now(), "card_id": Card(id=new_id()).id,
    }  # fmt: skip
    MerchantPayout.objects.create(number=1, **facts)
    refused("payments_payout_once", lambda: MerchantPayout.objects.create(number=2, **facts))
    first = MerchantPayout.objects.filter(number=1)
    refused("payments_payout_state", lambda: first.update(state="paid"))
    refused("payments_payout_moves", lambda: first.update(state="returned", paid_journal_id=new_id(), back_journal_id=new_id()))
    first.update(state="failed", back_journal_id=new_id())
    refused("payments_payout_number", lambda: MerchantPayout.objects.create(number=1, **facts))
    refused("payments_payout_amount", lambda: MerchantPayout.objects.create(number=2, **(facts | {"amount_fen": 0})))
    first.delete()


def test_a_correction_is_two_peoples_and_of_something() -> None:
    where = shop()
    sell(where, 10_000)
    made = SettlementAdjustment.objects.filter(pk=adjust(where, 5).pk)
    refused("payments_adjustment_amount", lambda: made.update(amount_fen=0))
    refused("payments_adjustment_two", lambda: made.update(approved_by="staff:mary"))
    refused("payments_adjustment_two", lambda: made.update(reason=""))


def test_terms_keep_their_bounds_and_one_a_day() -> None:
    first = SettlementTerms.objects.get(merchant=None)
    facts = {"effective_on": first.effective_on, "reserve_days": 90}
    refused("payments_settlementterms_dated", lambda: SettlementTerms.objects.create(**facts))
    later = {"effective_on": clock.now().date() + timedelta(days=9)}
    refused("payments_settlementterms_bounds", lambda: SettlementTerms.objects.create(reserve_days=0, **later))
    refused("payments_settlementterms_bounds", lambda: SettlementTerms.objects.create(approved_up_to_fen=-1, **later))
    refused("payments_settlementterms_stays", lambda: SettlementTerms.objects.filter(pk=first.pk).update(reserve_days=1))


def test_the_states_that_end_are_the_ones_meant() -> None:
    assert SETTLEMENT_MOVES.final() == {SettlementState.CARRIED}
    assert PAYOUT_MOVES.final() == {PayoutState.FAILED, PayoutState.RETURNED}
