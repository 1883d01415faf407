"""What a portfolio is made of and what check-ups say, by hand and for anything."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wealth.rules import portfolio as rule
from wealth.rules.portfolio import Answer, DayFigures

DAY = date(2026, 1, 1)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(-(10**6), 10**12), max_size=9))
def test_shares_sum_to_the_whole_and_parts_to_what_there_is(amounts: dict[str, int]) -> None:
    found = rule.slices(amounts)
    held = sum(max(fen, 0) for fen in amounts.values())
    assert sum(one.fen for one in found) == held
    assert sum(one.bp for one in found) == (10_000 if held else 0)


def test_the_remainder_goes_to_the_largest_fraction() -> None:
    assert [(one.key, one.bp) for one in rule.slices({"a": 1, "b": 1, "c": 1})] == [("a", 3_334), ("b", 3_333), ("c", 3_333)]


@pytest.mark.parametrize(
    ("days", "rung"),
    [(None, "open"), (-1, "up_to_30"), (0, "up_to_30"), (30, "up_to_30"), (31, "up_to_90"), (180, "up_to_180"), (365, "up_to_365"),
     (366, "over_365")],
)  # fmt: skip
def test_the_ladder(days: int | None, rung: str) -> None:
    assert rule.rung(days) == rung
    assert rung in rule.rungs()


def day(number: int, value: int, into: int = 0, out: int = 0) -> DayFigures:
    return DayFigures(DAY + timedelta(days=number), value, into, out)


def test_returns_are_linked_over_days_whatever_came_and_went() -> None:
    days = [day(0, 1_010, into=1_000), day(1, 2_020, into=990), day(2, 0, out=2_020), day(9, 505, into=500)]
    assert rule.linked_return(days) == Decimal("3.0301")
    assert rule.linked_return([]) is None
    assert rule.linked_return([day(0, 0)]) is None


def test_the_yearly_return_is_by_days_and_unknown_on_one_day() -> None:
    through = DAY + timedelta(days=365)
    found = rule.yearly_return([day(0, 1_000, into=1_000), day(365, 1_100)], through=through)
    assert found == Decimal("10.0000")
    assert rule.yearly_return([day(0, 1_000, into=1_000)], through=DAY) is None
    assert rule.yearly_return([], through=DAY) is None


def test_emergency_money_lasts_or_not() -> None:
    found = rule.emergency(liquid_fen=299, outflow_fen=300, months=3)
    assert (found.answer, found.numbers["wanted_fen"], found.numbers["lasts_days"]) == (Answer.ATTENTION, 300, 89)
    assert rule.emergency(liquid_fen=300, outflow_fen=300, months=3).answer == Answer.OK
    assert rule.emergency(liquid_fen=300, outflow_fen=0, months=3).answer == Answer.NOT_AVAILABLE


def test_one_product_over_the_share_idle_cash_and_debts_at_their_edges() -> None:
    assert rule.concentration(largest_fen=5_000, total_fen=10_000, most_bp=5_000).answer == Answer.OK
    assert rule.concentration(largest_fen=5_001, total_fen=10_000, most_bp=5_000).answer == Answer.ATTENTION
    assert rule.idle(cash_fen=2_001, total_fen=10_000, most_bp=2_000, most_fen=2_000).answer == Answer.ATTENTION
    assert rule.idle(cash_fen=2_001, total_fen=10_000, most_bp=2_000, most_fen=2_001).answer == Answer.OK
    assert rule.debts(owed_fen=0, deposits_fen=0, most_bp=5_000).answer == Answer.OK
    assert rule.debts(owed_fen=1, deposits_fen=0, most_bp=5_000).answer == Answer.ATTENTION
    assert rule.debts(owed_fen=None, deposits_fen=9, most_bp=5_000).answer == Answer.NOT_AVAILABLE


def test_what_falls_due_together_is_the_fullest_stretch_of_days() -> None:
    due = [(DAY, 100), (DAY + timedelta(days=29), 500), (DAY + timedelta(days=30), 400), (DAY + timedelta(days=300), 200)]
    found = rule.wall(due=due, days=30, most_bp=5_000)
    assert found.answer == Answer.ATTENTION
    assert (found.numbers["due_fen"], found.numbers["share_bp"], found.numbers["due_on"]) == (900, 7_500, "2026-01-30")
    assert rule.wall(due=due[:1], days=30, most_bp=5_000).answer == Answer.NOT_AVAILABLE
    assert rule.wall(due=[due[0], due[3]], days=30, most_bp=7_000).answer == Answer.OK
