"""Closing the books: by the end of day beyond the back-dating window, and sooner by two people."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.ledger import periods, queries
from accounts.ledger.models import BackDating, PeriodClose
from accounts.ledger.refusals import DayClosed
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded, applying
from core.business_day import queries as business_day
from core.business_day.end_of_day import catch_up
from tests.desk.people import staff, verified
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_days import TODAY, ago, end_the_day
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def close(through_on: date) -> PeriodClose:
    with applying("ledger.close_period", maker="staff:max", checker="staff:cara"):
        return periods.close(through_on=through_on, at=AT)


def window(days: int, starts_on: date = TODAY) -> None:
    BackDating.objects.create(starts_on=starts_on, days=days, note="a test")


def live_through(day: date) -> None:
    """Every end of day as it runs by itself, until `day` is over."""
    done = catch_up(at=datetime.combine(day + timedelta(days=1), AT.timetz()))
    assert done.failed == []
    assert business_day.is_closed(day)


def test_a_closed_period_refuses_effective_dates_and_an_open_one_takes_them() -> None:
    account = user()
    with pytest.raises(periods.PeriodNotOver):
        close(TODAY)
    end_the_day()
    with pytest.raises(ApprovalNeeded):
        periods.close(through_on=TODAY, at=AT)
    close(TODAY)
    for day in (TODAY, ago(30)):
        with pytest.raises(DayClosed):
            move(world(), account, 1, effective_on=day)
    assert queries.balance(account).posted == 0
    move(world(), account, 1, effective_on=TODAY + timedelta(days=1))
    with pytest.raises(periods.PeriodClosedAlready):
        close(TODAY)
    assert_books_balance()


def test_a_day_whose_own_end_of_day_is_not_done_closes_for_nobody() -> None:
    end_the_day(close=False)
    end_the_day()
    with pytest.raises(periods.PeriodNotOver):
        close(TODAY)
    window(1)
    assert periods.close_old(day=TODAY + timedelta(days=2), at=AT) == 0
    assert not PeriodClose.objects.exists()


def test_the_end_of_day_closes_what_lies_beyond_the_window_and_the_platform_refuses_it_from_then_on() -> None:
    account = user()
    window(3)
    move(world(), account, 10, effective_on=ago(3))
    live_through(TODAY)
    assert periods.closed_through() == ago(3)
    with pytest.raises(DayClosed):
        move(world(), account, 10, effective_on=ago(3))
    move(world(), account, 10, effective_on=ago(2))
    live_through(TODAY + timedelta(days=2))
    assert periods.closed_through() == ago(1)
    with pytest.raises(DayClosed):
        move(world(), account, 10, effective_on=ago(1))
    move(world(), account, 10, effective_on=TODAY)
    assert [queries.balance(account, ago(back)).posted for back in (4, 3, 2, 1, 0)] == [0, 10, 20, 20, 30]
    assert set(PeriodClose.objects.values_list("proposed_by", "actor")) == {("end of day", "end of day")}
    assert periods.close_old(day=TODAY + timedelta(days=2), at=AT) == 0
    assert_books_balance()


def test_the_window_is_the_row_in_force_on_the_day_and_a_longer_one_reopens_nothing() -> None:
    assert periods.window_days(TODAY) == 31
    window(1)
    window(5, starts_on=TODAY + timedelta(days=1))
    live_through(TODAY)
    assert periods.closed_through() == ago(1)
    live_through(TODAY + timedelta(days=1))
    assert periods.closed_through() == ago(1)
    with pytest.raises(IntegrityError, match="ledger_backdating_days"), transaction.atomic():
        window(0, starts_on=ago(9))


def test_two_people_close_the_books_at_the_desk_and_everybody_sees_the_periods() -> None:
    end_the_day()
    maker, checker = staff("max", "finance_maker"), staff("cara", "finance_checker")
    page = verified(maker)
    act = reverse("admin:accounts_periodclose_do_close")
    refused = page.post(act, {"through_on": (TODAY + timedelta(days=1)).isoformat(), "reason": "month end"})
    assert "cannot close through" in refused.content.decode()
    assert not Approval.objects.exists()
    assert page.post(act, {"through_on": TODAY.isoformat(), "reason": "month end"}).status_code == 302
    assert not PeriodClose.objects.exists()
    approvals.approve(approval_id=Approval.objects.get().pk, checker=checker, at=AT)
    assert list(PeriodClose.objects.values_list("through_on", "proposed_by", "actor")) == [(TODAY, "staff:max", "staff:cara")]
    with pytest.raises(DayClosed):
        move(world(), user(), 1, effective_on=TODAY)
    shown = verified(staff("ada", "auditor")).get(reverse("admin:accounts_periodclose_changelist")).content.decode()
    assert "staff:cara" in shown
