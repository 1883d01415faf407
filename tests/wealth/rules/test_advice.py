"""Orders of a plan, goals and the dates of regular investing hold for every amount and day."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wealth.rules import advisor, investing


def tradable(**facts: Any) -> advisor.Tradable:
    return advisor.Tradable(**({"minimum_fen": 100, "step_fen": 10} | facts))


def test_what_can_be_ordered_of_a_plan_sells_no_more_than_may_be_and_buys_with_money_that_is_there() -> None:
    products = {"a": tradable(sellable_fen=700, fast_fen=700), "b": tradable(sellable_fen=500), "c": tradable()}
    found = advisor.orderable({"a": -700, "b": -600, "c": 1_407}, products=products, cash_fen=107, minimum_fen=1)
    assert (found.sells_fen, found.fast) == ({"a": 700, "b": 500}, {"a"})
    assert (found.buys_fen, found.left_fen) == ({"c": 800}, 500)
    slow = advisor.orderable({"c": 300}, products=products, cash_fen=0, coming_fen=300, minimum_fen=1)
    assert (slow.sells_fen, slow.buys_fen, slow.left_fen) == ({}, {}, 300)
    closed = {"c": tradable(bought=False)}
    assert advisor.orderable({"c": 300}, products=closed, cash_fen=300, minimum_fen=1).buys_fen == {}
    small = advisor.orderable({"a": -50, "c": 50}, products=products, cash_fen=0, minimum_fen=60)
    assert (small.sells_fen, small.buys_fen, small.left_fen) == ({}, {}, 0)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(-5_000, 5_000)), st.integers(0, 5_000), st.integers(0, 5_000), st.data())
def test_orders_of_a_plan_never_cost_more_than_is_there_and_keep_steps_and_minimums(
    trades: dict[str, int], cash: int, coming: int, data: st.DataObject
) -> None:
    numbers = st.integers(0, 3_000)
    products = {name: tradable(sellable_fen=data.draw(numbers), fast_fen=data.draw(numbers)) for name in trades}
    found = advisor.orderable(trades, products=products, cash_fen=cash, coming_fen=coming, minimum_fen=120)
    there = cash + sum(fen for name, fen in found.sells_fen.items() if name in found.fast)
    assert sum(found.buys_fen.values()) <= there
    assert sum(found.buys_fen.values()) + found.left_fen <= cash + coming + sum(found.sells_fen.values())
    assert all(120 <= fen <= min(products[name].sellable_fen, -trades[name]) for name, fen in found.sells_fen.items())
    assert all(fen >= 120 and (fen - 100) % 10 == 0 and fen <= trades[name] for name, fen in found.buys_fen.items())


@given(st.lists(st.integers(1, 1_000), max_size=5), st.integers(0, 4_000))
def test_what_is_invested_fills_goals_in_their_order_and_none_beyond_its_amount(amounts: list[int], have: int) -> None:
    found = advisor.filled(amounts, have)
    assert sum(found) == min(have, sum(amounts))
    assert all(part == amount or not any(found[place + 1 :]) for place, (part, amount) in enumerate(zip(found, amounts, strict=True)))


def test_whole_months_count_the_day_of_the_month() -> None:
    cases = {
        ("2026-01-31", "2026-02-28"): 0,
        ("2026-01-15", "2026-02-15"): 1,
        ("2026-11-23", "2027-11-22"): 11,
        ("2026-05-02", "2026-05-01"): 0,
    }
    for (start, end), months in cases.items():
        assert advisor.whole_months(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(
    st.sampled_from(["week", "month", "pay_day"]),
    st.integers(1, 28) | st.just(investing.LAST),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_the_next_date_is_the_first_of_its_kind_after_a_day(every: str, day: int, after: date) -> None:
    day = (day - 1) % 7 + 1 if every == "week" else day
    found = investing.next_on(every=every, day=day, after=after)

    def matches(one: date) -> bool:
        if every == "week":
            return one.isoweekday() == day
        one -= timedelta(days=1 if every == "pay_day" else 0)
        return one.day == day or (day == investing.LAST and (one + timedelta(days=1)).day == 1)

    between = [after + timedelta(days=number) for number in range(1, (found - after).days)]
    assert found > after
    assert matches(found)
    assert not any(matches(one) for one in between)


def test_dates_on_no_trading_day_are_taken_together_on_the_next_one() -> None:
    open_days = [date(2026, 10, 9), date(2026, 10, 14), date(2026, 10, 21)]

    def trading(on: date) -> date | None:
        return next((one for one in open_days if one >= on), None)

    found = investing.dates(every="week", day=3, first=date(2026, 9, 30), trading=trading)
    assert [next(found) for _ in range(4)] == [
        (date(2026, 9, 30), date(2026, 10, 9)),
        (date(2026, 10, 14), date(2026, 10, 14)),
        (date(2026, 10, 21), date(2026, 10, 21)),
        (date(2026, 10, 28), None),
    ]
    cases = (("week", 7), ("week", 8), ("month", 28), ("month", 30), ("month", investing.LAST))
    assert [investing.is_day(every=every, day=day) for every, day in cases] == [True, False, True, False, True]


@given(
    balance=st.integers(0, 100_000),
    keep=st.integers(0, 50_000),
    most=st.integers(1, 80_000),
    minimum=st.integers(1, 20_000),
    step=st.integers(1, 5_000),
)
def test_of_idle_money_the_most_is_bought_that_leaves_what_is_to_stay(balance: int, keep: int, most: int, minimum: int, step: int) -> None:
    found = investing.idle_fen(balance_fen=balance, keep_fen=keep, most_fen=most, minimum_fen=minimum, step_fen=step)
    may = min(balance - keep, most)
    assert found == max((fen for fen in range(minimum, may + 1, step)), default=0)
