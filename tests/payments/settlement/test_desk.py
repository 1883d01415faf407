"""Settlements at the desk: what is to approve, a day's list approved by a second person, and one page for one settlement."""

import pytest
from django.urls import reverse

from core.approvals.models import Approval
from core.clock import queries as clock
from core.work.sockets import WORK_KINDS
from payments.cashier.story import STORY
from payments.settlement.admin import SettlementFigures
from payments.settlement.models import Settlement, SettlementAdjustment
from payments.settlement.services import approving, closing, paying
from tests.desk.people import staff, verified
from tests.payments.cashier.world import shop
from tests.payments.settlement.world import end_day, sell, settled
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
LIST = reverse("admin:payments_settlement_changelist")


def test_the_page_of_a_settlement_says_what_it_is_made_of_in_both_languages() -> None:
    where = shop()
    (order,) = sell(where, 10_000)
    row = settled(where, end_day())
    client = verified(staff("mia", "finance_maker"))
    page = reverse("admin:payments_settlement_change", args=[row.pk])
    shown = client.get(page).content.decode()
    for text in (row.public_id, order.public_id, order.out_trade_no, "99.40", "0.60", "Left for later days"):
        assert text in shown, text
    chinese = client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "结转下期" in chinese
    assert row.public_id in client.get(LIST).content.decode()
    chapter = STORY.get("payments.settlement").chapter(order_id=order.pk, at=clock.now())  # type: ignore[union-attr]
    assert row.public_id in str(chapter.rows[0][0])


def test_what_waits_for_people_is_counted_and_explained() -> None:
    where, other = shop(), shop()
    sell(where, 10_000)
    (wrong,) = sell(other, 10_000)
    type(wrong).objects.filter(pk=wrong.pk).update(fee_fen=61)
    end_day()
    figures = SettlementFigures().figures(at=clock.now())
    assert [(str(one.title), one.value) for one in figures] == [("Settlements to approve", "1"), ("Settlements that are not proved", "1")]
    for kind in (closing.UNPROVED, paying.WAITING, paying.RETURNED):
        assert WORK_KINDS.get(kind) is not None


def test_the_list_takes_as_many_queries_with_many_settlements_as_with_one() -> None:
    client = verified(staff("mia", "finance_maker"))
    few, many = shop(), [shop() for _ in range(3)]
    sell(few, 10_000)
    end_day()
    first = settled(few, Settlement.objects.get().business_on).business_on
    for where in many:
        sell(where, 10_000)
    second = end_day()
    assert_queries_do_not_grow(lambda day: client.get(f"{LIST}?business_on={day}"), first, second)


def test_a_days_list_is_proposed_with_its_number_and_sum() -> None:
    where = shop()
    sell(where, 10_000)
    day = end_day()
    maker = verified(staff("mia", "finance_maker"))
    answer = maker.post(reverse("admin:payments_settlement_do_approve-day"), {"business_on": day.isoformat(), "reason": "as every day"})
    assert answer.status_code == 302
    proposal = Approval.objects.get(act=approving.DAY)
    assert proposal.payload == {"target": day.isoformat(), "number": 1, "payout_fen": 9_940}
    assert settled(where, day).state == "closed"
    assert not SettlementAdjustment.objects.exists()
