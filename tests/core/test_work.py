"""Work items: one open item per question, settled once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.business_day.metrics import waiting_and_calendar
from core.work import queries, services
from core.work.metrics import waiting
from core.work.models import WorkItem
from core.work.sockets import WORK_KINDS
from tests.together import together

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
QUESTION = {"kind": "unknown_outcome", "target": "chr_1"}


@pytest.mark.django_db
def test_asking_again_refreshes_the_open_item_and_keeps_its_age() -> None:
    services.ask(**QUESTION, facts={"tries": 1}, at=AT)
    item = services.ask(**QUESTION, facts={"tries": 2}, at=AT + timedelta(hours=1))
    assert queries.waiting() == [item]
    assert (item.facts, item.asked_at, item.refreshed_at) == ({"tries": 2}, AT, AT + timedelta(hours=1))


@pytest.mark.django_db
def test_a_settled_item_waits_no_more_and_the_question_may_come_again() -> None:
    services.ask(**QUESTION, facts={}, at=AT)
    assert services.finish(**QUESTION, by="staff:li", at=AT) == 1
    assert services.finish(**QUESTION, by="staff:li", at=AT) == 0
    assert queries.waiting(kind="unknown_outcome") == []
    services.ask(**QUESTION, facts={}, at=AT)
    assert WorkItem.objects.count() == 2


@pytest.mark.django_db
def test_a_persons_word_ends_what_nothing_else_ends_and_never_what_ends_by_itself() -> None:
    by_itself = {"kind": "ledger.halted", "target": "halt:1"}
    for question in (QUESTION, by_itself):
        services.ask(**question, facts={}, at=AT)
    with pytest.raises(services.EndsByItself):
        services.settle(**by_itself, by="staff:li", at=AT)
    assert services.settle(**QUESTION, by="staff:li", at=AT) == 1
    assert [item.kind for item in queries.waiting()] == ["ledger.halted"]
    assert services.finish(**by_itself, by="system", at=AT) == 1


def test_only_what_no_program_can_see_the_end_of_ends_by_a_persons_word() -> None:
    assert {kind for kind, _ in WORK_KINDS.items() if not services.what_ends(kind)} == {
        "audit.broken",
        "current.quote_unsound",
        "insurance_payout.refused",
        "issuer_line.broken",
        "issuer_quote.changed",
        "issuer_request.contradicted",
        "merchant_notice.failed",
        "wealth_order.confirmed_otherwise",
    }


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_that_ask_open_one_item() -> None:
    results = together(lambda number: services.ask(**QUESTION, facts={"tries": number}, at=AT), 20)
    assert {type(result) for result in results} == {WorkItem}
    assert len(queries.waiting()) == 1


@pytest.mark.django_db
def test_what_waits_and_how_far_the_calendar_reaches_can_be_scraped() -> None:
    services.ask(**QUESTION, facts={}, at=AT)
    assert [(gauge.value, gauge.labels) for gauge in waiting(AT)] == [(1, {"kind": "unknown_outcome"})]
    found = {(gauge.name, gauge.labels.get("source")): gauge.value for gauge in waiting_and_calendar(datetime(2026, 11, 22, tzinfo=UTC))}
    assert found["banyan_business_days_waiting", None] == 0
    assert 0 < found["banyan_trading_calendar_days_left", "official"] < found["banyan_trading_calendar_days_left", "any"]


@pytest.mark.django_db
def test_the_database_refuses_a_second_open_item_and_one_settled_by_nobody() -> None:
    item = services.ask(**QUESTION, facts={}, at=AT)
    with pytest.raises(IntegrityError, match="core_workitem_one_open"), transaction.atomic():
        WorkItem.objects.create(**QUESTION, asked_at=AT, refreshed_at=AT)
    with pytest.raises(IntegrityError, match="core_workitem_finished"), transaction.atomic():
        WorkItem.objects.filter(pk=item.pk).update(finished_at=AT)
