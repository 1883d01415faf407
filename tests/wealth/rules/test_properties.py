"""What holds for every amount: nothing is lost or made by rounding, carrying or dividing."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Rounding
from wealth.rules import advisor, crowdfunding, current, fixed, insurance, performance, suitability, transfer
from wealth.rules.calendar import BeyondCalendar, Sessions, redemption, subscription
from wealth.rules.rounding import places, whole

FEN = st.integers(0, 10**12)
RATES = st.integers(-50_000, 50_000)
WEEKDAYS = Sessions([day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)) if day.weekday() < 5])


@given(FEN, st.lists(RATES, max_size=40))
def test_income_and_what_is_carried_are_exactly_what_was_earned(units: int, rates: list[int]) -> None:
    carried = 0
    for rate in rates:
        day = current.income(units_fen=units, rate_e4=rate, residual_e8=carried)
        assert day.income_fen * current.E8 + day.residual_e8 == units * rate + carried
        assert 0 <= day.residual_e8 < current.E8
        units, carried = max(units + day.income_fen, 0), day.residual_e8


@given(st.dictionaries(st.text(min_size=1, max_size=3), FEN, min_size=1, max_size=8), RATES)
def test_a_pool_is_divided_without_a_rest(holders: dict[str, int], rate: int) -> None:
    shares = current.distributed(holders=holders, rate_e4=rate)
    assert sum(shares.values()) == whole(Fraction(sum(holders.values()) * rate, current.E8))
    assert all(abs(shares[name] - Fraction(units * rate, current.E8)) < 1 for name, units in holders.items())


@given(st.fractions(-1_000, 1_000), st.sampled_from(list(Rounding)))
def test_rounding_a_fraction_is_rounding_its_decimal(value: Fraction, how: Rounding) -> None:
    exact = Fraction(value.numerator, 8)
    assert whole(exact, how) == how.whole(Decimal(exact.numerator) / Decimal(exact.denominator))


def test_a_fraction_is_rounded_once() -> None:
    assert places(Fraction("0.4999999999999999999999999999999999999999999"), 0) == 0
    assert [whole(Fraction(-5, 2), how) for how in (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.HALF_DOWN)] == [-3, -2, -2]


@pytest.mark.parametrize("text", ["1.12345", "-10000.0001"])
def test_a_rate_of_five_decimals_or_beyond_total_loss_is_refused(text: str) -> None:
    with pytest.raises(current.BadRate):
        current.rate_e4(Decimal(text))


def test_yields_need_seven_days_and_monthly_carry_is_simple() -> None:
    assert current.seven_day_monthly([Decimal("1.0000")] * 7) == Decimal("3.650")
    assert current.seven_day_daily([Decimal("-0.5")] * 7) < 0
    with pytest.raises(ValueError, match="seven days"):
        current.seven_day_daily([Decimal(1)] * 6)


@given(st.dates(date(2026, 1, 1), date(2026, 11, 30)), st.times(), st.integers(1, 5), st.integers(0, 5))
def test_an_order_moves_forward_through_open_days(day: date, at: time, confirm: int, cash: int) -> None:
    asked = datetime.combine(day, at)
    bought = subscription(asked, WEEKDAYS, confirm_days=confirm)
    sold = redemption(asked, WEEKDAYS, confirm_days=confirm, cash_days=cash)
    assert asked.date() <= bought.trade_on < bought.confirmed_on == bought.earns_from
    assert sold.last_income_on + timedelta(days=1) == sold.confirmed_on <= sold.cash_on
    assert (bought.trade_on, bought.confirmed_on) == (sold.trade_on, sold.confirmed_on)
    assert {bought.trade_on, bought.confirmed_on, sold.cash_on} <= set(WEEKDAYS.days)


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1), date(2025, 12, 31)])
def test_beyond_the_calendar_is_an_error_that_names_its_end(day: date) -> None:
    with pytest.raises(BeyondCalendar, match="2026-12-31"):
        subscription(datetime.combine(day, time(15)), WEEKDAYS)


@given(FEN.filter(bool), st.data())
def test_leaving_early_parts_the_principal(principal: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(1, principal))
    left = fixed.early_exit(
        principal_fen=principal, withdrawn_fen=part, contract_rate_bp=450, demand_rate_bp=35, term_days=90, held_days=30
    )
    assert left.rest_fen == principal - part
    assert left.withdrawn_interest_fen <= fixed.interest_fen(principal_fen=part, rate_bp=450, days=90)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [fixed.Tier(0, 5, 1)],
        [fixed.Tier(0, 5, 1), fixed.Tier(6, None, 2)],
        [fixed.Tier(0, 5, 1), fixed.Tier(4, None, 2)],
        [fixed.Tier(5, 5, 1), fixed.Tier(5, None, 2)],
    ],
)
def test_tiers_with_a_gap_an_overlap_or_an_end_are_refused(tiers: list[fixed.Tier]) -> None:
    with pytest.raises(fixed.BadTiers):
        fixed.rate_for(tiers, 5)


def test_tiers_are_half_open() -> None:
    tiers = [fixed.Tier(100, 500_000, 200), fixed.Tier(500_000, None, 300)]
    assert [fixed.rate_for(tiers, value) for value in (100, 499_999, 500_000)] == [200, 200, 300]
    with pytest.raises(fixed.NoTier):
        fixed.rate_for(tiers, 99)


def test_months_of_thirty_days_and_short_months() -> None:
    assert fixed.days_between(date(2025, 1, 31), date(2025, 3, 31), fixed.DayCount.THIRTY_E_360) == 60
    assert fixed.months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert insurance.schedule(starts_on=date(2025, 10, 31), payments=3, every_months=2)[1] == date(2025, 12, 31)


@given(st.integers(1, 10**10), st.integers(0, 500), st.integers(0, 10**6))
def test_a_sale_is_price_less_fee_and_the_fee_is_within_the_price(price: int, rate: int, least: int) -> None:
    sale = transfer.sale(price_fen=price, rate_bp=rate, least_fen=least)
    assert sale.net_fen + sale.fee_fen == sale.price_fen == price
    assert 0 <= sale.fee_fen <= price


@given(st.integers(10_000, 10**9), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_dearest_premium_is_fair_and_neither_cap_nor_maturity_is_passed(principal: int, accrued: int, rest: int) -> None:
    maturity = principal + accrued + rest
    premium = transfer.dearest_premium_bp(principal_fen=principal, accrued_fen=accrued, maturity_fen=maturity, most_premium_bp=10**9)
    price = transfer.clean_price_fen(principal_fen=principal, premium_bp=premium) + accrued
    transfer.require_fair(premium_bp=premium, most_premium_bp=10**9, price_fen=price, maturity_fen=maturity)
    with pytest.raises(transfer.PriceRefused):
        transfer.require_fair(premium_bp=premium, most_premium_bp=premium - 1, price_fen=price, maturity_fen=maturity)
    with pytest.raises(transfer.PriceRefused):
        transfer.require_fair(premium_bp=premium, most_premium_bp=10**9, price_fen=maturity + 1, maturity_fen=maturity)


@given(st.integers(0, 10**10), st.integers(1, 31), st.data())
def test_a_period_s_interest_is_split_without_a_rest(fen: int, days: int, data: st.DataObject) -> None:
    held = data.draw(st.integers(0, days))
    start = date(2026, 3, 1)
    parts = transfer.split_by_days(
        starts_on=start, ends_on=start + timedelta(days=days), sold_on=start + timedelta(days=held), interest_fen=fen
    )
    assert (parts.seller_fen + parts.buyer_fen, parts.seller_days + parts.buyer_days) == (fen, days)


def test_what_cannot_be_said_is_none() -> None:
    assert performance.time_weighted([performance.DayValue(0, 0, 0)]) is None
    assert performance.money_weighted([]) is None
    assert (
        performance.money_weighted([performance.Flow(date(2026, 1, 1), Decimal(-1)), performance.Flow(date(2026, 2, 1), Decimal(-1))])
        is None
    )
    assert performance.modified_dietz(begin=Decimal(0), end=Decimal(1), flows=[]) is None


def test_days_are_linked_whatever_came_in() -> None:
    days = [performance.DayValue(0, 100, 110), performance.DayValue(110, 890, 1_100), performance.DayValue(1_100, -550, 550)]
    assert performance.time_weighted(days) == Fraction("0.21")


AMOUNTS = st.integers(0, 10**9)


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(1, 10**5))
def test_a_plan_spends_no_more_than_there_is(a: int, b: int, c: int, cash: int, minimum: int) -> None:
    held = {"a": a, "b": b, "c": c}
    if not sum(held.values()) + cash:
        return
    found = advisor.plan(targets_bp={"a": 5_000, "b": 3_000, "c": 2_000}, holdings_fen=held, cash_fen=cash, minimum_fen=minimum)
    assert found.cash_left_fen == cash - sum(found.trades_fen.values()) >= 0
    assert all(held[name] + trade >= 0 for name, trade in found.trades_fen.items())
    assert all(trade == 0 or abs(trade) >= minimum for trade in found.trades_fen.values())


def test_new_cash_comes_first_and_a_drift_of_three_per_cent_sells() -> None:
    targets = {"a": 5_000, "b": 5_000}
    assert advisor.plan(targets_bp=targets, holdings_fen={"a": 520, "b": 480}, cash_fen=40).trades_fen == {"a": 0, "b": 40}
    assert advisor.plan(targets_bp=targets, holdings_fen={"a": 530, "b": 470}, cash_fen=0).trades_fen == {"a": -30, "b": 30}
    assert advisor.plan(targets_bp=targets, holdings_fen={"a": 529, "b": 471}, cash_fen=0).trades_fen == {"a": 0, "b": 0}
    assert advisor.plan(targets_bp={"a": 10_000}, holdings_fen={"z": 50}, cash_fen=0).trades_fen == {"z": -50, "a": 50}
    with pytest.raises(advisor.BadWeights):
        advisor.plan(targets_bp={"a": 9_999}, holdings_fen={}, cash_fen=1)


def test_a_mix_that_needs_a_short_sale_or_cannot_be_told_apart_is_refused() -> None:
    half = Fraction(1, 2)
    with pytest.raises(advisor.NoMix):
        advisor.mix(exposures=[[Fraction(9, 10), Fraction(1, 10)], [half, half]], amounts=[Fraction(1), Fraction(99)])
    with pytest.raises(advisor.NoMix):
        advisor.mix(exposures=[[half, half], [half, half]], amounts=[Fraction(1), Fraction(1)])


def test_a_projection_widens_around_its_middle() -> None:
    band = advisor.projected(now_fen=100_000, monthly_fen=0, months=12, mean_bp=500, deviation_bp=1_000)
    assert band.low_fen < band.middle_fen == 105_000 - (band.middle_fen < 105_000) < band.high_fen
    still = advisor.projected(now_fen=100_000, monthly_fen=10, months=0, mean_bp=500, deviation_bp=1_000)
    assert (still.low_fen, still.middle_fen, still.high_fen) == (100_000,) * 3


@given(st.integers(0, 10**10), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_milestones_pay_all_of_it(net: int, weights: list[int]) -> None:
    assert sum(crowdfunding.milestones_fen(net_fen=net, weights=weights)) == net


def test_flexible_campaigns_fail_only_without_a_pledge_and_stretch_goals_count_upward() -> None:
    assert crowdfunding.flexible(expired=True, pending=False, paid_fen=1) is crowdfunding.Closing.SUCCESSFUL
    assert crowdfunding.flexible(expired=True, pending=False, paid_fen=0) is crowdfunding.Closing.FAILED
    assert crowdfunding.stretch_reached(paid_fen=250, goals_fen=[100, 200, 300]) == 2
    assert crowdfunding.progress_bp(paid_fen=12_000, goal_fen=10_000) == 12_000


def test_what_the_insurer_keeps_goes_up_in_steps() -> None:
    kept = [(30, 2_000), (90, 5_000)]
    assert [insurance.short_rate_fen(premium_fen=10_001, elapsed_days=day, kept=kept) for day in (30, 31, 91)] == [8_000, 5_000, 0]
    assert [insurance.cash_value_fen(premium_fen=10_000, years=year, shares=[(1, 1_000), (5, 6_000)]) for year in (0, 1, 5)] == [
        0,
        1_000,
        6_000,
    ]
    assert insurance.pro_rata_fen(premium_fen=1_000, days=1, term_days=3) == 333
    with pytest.raises(insurance.BadTable):
        insurance.cash_value_fen(premium_fen=1, years=1, shares=[(2, 5), (1, 6)])


def test_levels_follow_their_bands_and_bands_must_be_five() -> None:
    bands = [(0, "C1"), (20, "C2"), (37, "C3"), (54, "C4"), (83, "C5")]
    assert [suitability.level(score=score, bands=bands) for score in (-5, 0, 19, 20, 83, 400)] == ["C1", "C1", "C1", "C2", "C5", "C5"]
    assert suitability.score(points={"q": {"a": 1, "b": 4}}, chosen={"q": ["a", "b"]}) == 4
    with pytest.raises(suitability.BadQuestionnaire):
        suitability.level(score=1, bands=bands[:4])
