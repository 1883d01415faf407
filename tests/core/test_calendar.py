"""The trading calendar: right against a second source, editable, and loud before it ends."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from core.business_day import queries, trading_days
from core.business_day.calendar import Fact, facts, official_years
from core.business_day.models import TradingDay
from core.work import queries as work
from tests.query_counts import assert_queries_do_not_grow, queries_of

pytestmark = pytest.mark.django_db


def put(day: date, **values: object) -> None:
    TradingDay.objects.filter(exchange="XSHG", day=day).update(**values)


def test_every_official_day_since_2010_agrees_with_the_second_source() -> None:
    years = [year for year in official_years() if year >= 2010]
    closed = holidays.financial_holidays("XSHG", years=years)
    ours = {fact.day: fact.is_open for fact in facts() if fact.day.year in years}
    theirs = {day: day.weekday() < 5 and day not in closed for day in ours}
    assert len(ours) >= 17 * 365
    assert {day: is_open for day, is_open in ours.items() if theirs[day] != is_open} == {}


def test_a_provisional_year_is_closed_on_every_statutory_day_the_second_source_expects() -> None:
    years = {fact.day.year for fact in facts() if fact.source == "provisional"}
    expected = {day for day in holidays.financial_holidays("XSHG", years=years) if day.weekday() < 5}
    closed = {fact.day for fact in facts() if fact.source == "provisional" and not fact.is_open}
    assert years
    assert expected - closed == set()


def test_the_exchange_was_closed_on_new_years_eve_of_2024_though_it_was_a_working_day() -> None:
    assert queries.is_trading_day(date(2024, 2, 8))
    assert not queries.is_trading_day(date(2024, 2, 9))
    assert "closed" in TradingDay.objects.get(day=date(2024, 2, 9)).note


def test_a_weekend_made_a_working_day_is_no_trading_day() -> None:
    assert not queries.is_trading_day(date(2026, 2, 14))


@pytest.mark.parametrize(
    ("start", "count", "answer"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 2, date(2026, 10, 9)),
        (date(2026, 10, 4), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 4), -1, date(2026, 9, 30)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 24)),
    ],
)
def test_trading_days_are_counted_over_holidays_in_one_query(start: date, count: int, answer: date) -> None:
    found: list[date] = []
    statements = queries_of(lambda: found.append(queries.add_trading_days(start, count)))
    assert (found, len(statements)) == ([answer], 1)
    step = queries.next_trading_day if count > 0 else queries.previous_trading_day
    if abs(count) == 1:
        assert step(start) == answer


def test_counting_far_takes_no_more_queries_than_counting_near() -> None:
    assert_queries_do_not_grow(lambda count: queries.add_trading_days(date(2024, 1, 2), count), 1, 400, at_most=1)


def test_counting_zero_trading_days_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="forward"):
        queries.add_trading_days(date(2026, 1, 5), 0)


def test_trading_days_between_two_days_leave_out_the_first_and_count_the_last() -> None:
    assert queries.trading_days_between(date(2026, 9, 30), date(2026, 10, 9)) == 2
    assert queries.trading_days_between(date(2026, 9, 30), date(2026, 9, 30)) == 0


def test_days_outside_the_table_are_refused_by_name() -> None:
    end = queries.calendar_end()
    assert end.last is not None
    for asked in (
        lambda: queries.is_trading_day(end.last + timedelta(days=1)),
        lambda: queries.next_trading_day(end.last),
        lambda: queries.add_trading_days(date(2026, 1, 5), 5000),
        lambda: queries.add_trading_days(date(1999, 1, 5), 1),
        lambda: queries.trading_days_between(date(2026, 1, 5), end.last + timedelta(days=1)),
        lambda: queries.is_trading_day(date(2026, 1, 5), exchange="XHKG"),
    ):
        with pytest.raises(queries.BeyondCalendar) as refusal:
            asked()
        assert refusal.value.code == "beyond_trading_calendar"
    with pytest.raises(queries.BeyondCalendar, match=f"knows 2004-01-01 to {end.last}; it cannot answer for 2026-01-05 [+]5000"):
        queries.add_trading_days(date(2026, 1, 5), 5000)


def test_loading_again_changes_nothing() -> None:
    assert trading_days.load() == 0


def test_a_provisional_year_becomes_official_when_it_is_announced_and_never_goes_back() -> None:
    day = next(fact.day for fact in facts() if fact.source == "provisional")
    assert trading_days.load([Fact("XSHG", day, True, "official")]) == 1
    assert TradingDay.objects.get(day=day).source == "official"
    assert trading_days.load() == 0


def test_what_an_operator_edited_stays() -> None:
    put(date(2026, 11, 23), is_open=False, source="operator", note="closed for a storm")
    assert trading_days.load() == 0
    assert queries.next_trading_day(date(2026, 11, 20)) == date(2026, 11, 24)


def test_provisional_years_that_leave_a_gap_are_refused() -> None:
    year = official_years()[-1] + 2
    with pytest.raises(ValueError, match="without a gap"):
        facts({"provisional": [{"year": year, "closed": []}]})


def test_the_operators_are_warned_once_from_sixty_days_before_the_certain_days_end() -> None:
    end = queries.calendar_end().official
    assert end == date(official_years()[-1], 12, 31)
    early = datetime(end.year, end.month, end.day, 4, tzinfo=UTC) - timedelta(days=61)
    assert not trading_days.watch_end(at=early)
    assert work.waiting() == []
    assert trading_days.watch_end(at=early + timedelta(days=1))
    assert trading_days.watch_end(at=early + timedelta(days=2))
    (item,) = work.waiting(kind="trading_calendar_ends")
    assert (item.target, item.facts["official_days_left"], item.asked_at) == ("XSHG", 59, early + timedelta(days=1))


def test_the_warning_goes_away_when_the_next_year_is_announced() -> None:
    end = queries.calendar_end().official
    assert end is not None
    at = datetime(end.year, end.month, end.day, 4, tzinfo=UTC) - timedelta(days=5)
    assert trading_days.watch_end(at=at)
    TradingDay.objects.filter(source="provisional").update(source="official")
    assert not trading_days.watch_end(at=at)
    assert work.waiting() == []


def test_the_database_refuses_a_second_row_of_a_day_an_unknown_source_and_a_deletion() -> None:
    day = date(2026, 11, 23)
    with pytest.raises(IntegrityError, match="core_tradingday_once"), transaction.atomic():
        TradingDay.objects.create(exchange="XSHG", day=day, is_open=True)
    with pytest.raises(IntegrityError, match="core_tradingday_source"), transaction.atomic():
        put(day, source="rumour")
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        TradingDay.objects.filter(day=day).delete()
    assert queries.is_trading_day(day)
