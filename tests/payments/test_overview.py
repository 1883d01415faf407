"""What the desk's first page tells of channels and of their statements' days: how old what waits is, and when it is bad."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import queries as clock
from core.ids import new_id
from payments.channels.models import Break, ChannelRequest
from payments.channels.overview import ChannelFigures
from payments.reconciliation.admin import ReconFigures
from payments.reconciliation.models import ReconRun
from tests.desk.people import staff, verified
from tests.factories import customer

pytestmark = pytest.mark.django_db
AT = clock.wall()


def channels(title: str, after: timedelta = timedelta()) -> tuple[str, str, str]:
    (shown,) = [shown for shown in ChannelFigures().figures(at=AT + after) if shown.title == title]
    return shown.value, shown.level, str(shown.detail)


def a_break(number: str, age: timedelta, **facts: object) -> Break:
    values = {"channel_id": "sandbox_bank", "kind": "theirs_only", "source": "statement", "request_no": number, "ours": "", "theirs": "1"}
    return Break.objects.create(**values, created_at=AT - age, **facts)


def test_open_breaks_tell_the_oldest_and_are_bad_from_three_days_on() -> None:
    assert channels("Open breaks") == ("0", "ok", "")
    a_break("a", timedelta(days=2, hours=23))
    a_break("b", timedelta(hours=1))
    a_break("c", timedelta(days=9), state="closed", closed_at=AT)
    assert channels("Open breaks") == ("2", "warning", "oldest 2 d")
    assert channels("Open breaks", timedelta(hours=1)) == ("2", "bad", "oldest 3 d")


def test_breaks_are_listed_open_first_and_the_oldest_first() -> None:
    a_break("nr_old_closed", timedelta(days=9), state="closed", closed_at=AT - timedelta(days=1))
    a_break("nr_late_closed", timedelta(days=8), state="closed", closed_at=AT)
    a_break("nr_old_open", timedelta(days=2))
    a_break("nr_new_open", timedelta(hours=1))
    rows = verified(staff("mia", "finance_maker")).get(reverse("admin:payments_break_changelist")).context["cl"].result_list
    assert [row.request_no for row in rows] == ["nr_old_open", "nr_new_open", "nr_late_closed", "nr_old_closed"]


def test_a_day_that_waits_to_be_reconciled_is_bad_from_three_days_on() -> None:
    def told(after: timedelta) -> tuple[str, str, str]:
        (shown,) = ReconFigures().figures(at=AT + after)
        return shown.value, shown.level, str(shown.detail)

    assert told(timedelta()) == ("0", "ok", "")
    day = clock.local_day(AT)
    ReconRun.objects.create(channel_id="sandbox_bank", day=day, created_at=AT, changed_at=AT)
    assert told(timedelta(days=2)) == ("1", "warning", "oldest 2 d")
    assert told(timedelta(days=3)) == ("1", "bad", "oldest 3 d")


def test_requests_under_way_are_bad_when_nobody_takes_what_is_due() -> None:
    who, key = customer(verified_class=None), new_id()
    ChannelRequest.objects.create(
        request_no=str(key), channel_id="sandbox_bank", operation="pay", business="top_up", business_id=key, customer=who, shard=0,
        reference="r", amount_fen=1, created_at=AT, changed_at=AT, due_at=AT,
    )  # fmt: skip
    assert channels("Requests under way", timedelta(minutes=10)) == ("1", "ok", "")
    late = ("1", "bad", "oldest 11 min: is the outbound worker running?")
    assert channels("Requests under way", timedelta(minutes=11)) == late
    ChannelRequest.objects.update(due_at=None)
    assert channels("Requests under way", timedelta(days=1)) == ("1", "ok", "")
