"""The small rules: days, lateness, what is late costs, minimum, coupons, shares, plans for hardship."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.engine import coupons, delinquency, minimum, replan, split
from credit.engine.accrue import LateTerms, Owed, PenaltyBase, accrued_interest, late_charge, penalty_over
from credit.engine.day_count import DayCount, Every, Unit, days_between, months_later, periods_of, whole_months, year_fraction
from credit.engine.delinquency import Pause, Scheme, Tier
from credit.engine.money import BadAmount, BadDay, BadRate, BadTerm, EngineError, total
from credit.engine.schedule import schedule, simple
from credit.engine.terms import Disbursement, Fees, Loan, Method, RateChange, Row, Terms, total_interest
from tests.credit.engine.strategies import DAYS, loans, money

JANUARY = date(2024, 1, 31)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def due_days(every: Every, start: date, periods: int) -> list[str]:
    return [f"{every.after(start, number):%m-%d}" for number in range(1, periods + 1)]


def test_due_days_keep_their_day_of_the_month_through_shorter_ones() -> None:
    assert due_days(Every(), JANUARY, 4) == ["02-29", "03-31", "04-30", "05-31"]
    assert due_days(Every(2), JANUARY, 3) == ["03-31", "05-31", "07-31"]
    assert due_days(Every(2, Unit.WEEK), JANUARY, 3) == ["02-14", "02-28", "03-13"]
    assert due_days(Every(30, Unit.DAY), JANUARY, 2) == ["03-01", "03-31"]


def test_the_day_a_year_turns_belongs_to_the_old_one_or_the_new_one() -> None:
    start, end = date(2023, 12, 12), date(2024, 1, 12)
    assert year_fraction(start, end, DayCount.ACT_ACT) == Fraction(19, 365) + Fraction(12, 366)
    assert year_fraction(start, end, DayCount.ACT_ACT_ISDA) == Fraction(20, 365) + Fraction(11, 366)


@given(DAYS, st.integers(0, 900), st.integers(0, 900), st.sampled_from(DayCount))
def test_actual_days_and_years_add_up(start: date, first: int, second: int, basis: DayCount) -> None:
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    assert year_fraction(start, end, basis) >= 0
    if not basis.by_months:
        assert year_fraction(start, middle, basis) + year_fraction(middle, end, basis) == year_fraction(start, end, basis)
    assert abs(year_fraction(start, end, basis) - Fraction(first + second, 365)) < Fraction(1, 10)


@given(DAYS, st.integers(1, 40))
def test_months_are_whole_between_days_of_one_anchor(start: date, months: int) -> None:
    before = months_later(start, months - 1)
    assert whole_months(start, months_later(start, months)) == months
    assert whole_months(before, months_later(start, months)) == 1
    assert whole_months(start, months_later(start, months) + timedelta(days=5)) is None


def test_days_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(BadDay, match="end"):
        days_between(JANUARY, date(2024, 1, 30), DayCount.ACT_365)
    with pytest.raises(BadDay, match="due_on"):
        periods_of(JANUARY, [date(2024, 2, 1), date(2024, 2, 1)])
    with pytest.raises(BadTerm, match="every"):
        Every(0)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, 0),
        (1, 1),
        (3, 1),
        (4, 2),
        (30, 2),
        (31, 3),
        (60, 3),
        (61, 4),
        (90, 4),
        (91, 5),
        (120, 5),
        (121, 6),
        (150, 6),
        (151, 7),
        (180, 7),
        (181, 8),
        (900, 8),
    ],
)
def test_buckets_of_days_past_due(days: int, bucket: int) -> None:
    assert delinquency.bucket(days) == bucket


@pytest.mark.parametrize(
    ("days", "tier"),
    [
        (0, "normal"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (270, "substandard"),
        (271, "doubtful"),
        (360, "doubtful"),
        (361, "loss"),
    ],
)
def test_the_general_scheme_is_slower_than_that_of_cards(days: int, tier: str) -> None:
    assert delinquency.classified(days, Scheme.GENERAL) == tier
    assert list(Tier).index(delinquency.classified(days, Scheme.CARD)) >= list(Tier).index(Tier(tier))


def test_a_provision_is_a_part_of_the_balance_by_its_tier() -> None:
    rates = {Tier.NORMAL: yuan("0.015"), Tier.LOSS: yuan("1")}
    assert delinquency.provision(yuan("1000.33"), Tier.NORMAL, rates) == yuan("15.00")
    assert delinquency.provision(yuan("1000.33"), Tier.LOSS, rates) == yuan("1000.33")
    with pytest.raises(BadRate, match="rates"):
        delinquency.provision(yuan("1"), Tier.DOUBTFUL, rates)


def test_pauses_that_overlap_count_each_day_once_and_none_before_the_due_day() -> None:
    due = date(2024, 3, 1)
    pauses = [
        Pause(date(2024, 2, 1), date(2024, 3, 6)),
        Pause(date(2024, 3, 4), date(2024, 3, 11)),
        Pause(date(2024, 5, 1), date(2024, 6, 1)),
    ]
    late = delinquency.lateness(due, date(2024, 3, 21), grace_days=2, pauses=pauses)
    assert (late.past_due_days, late.delinquent_days) == (20, 8)
    with pytest.raises(BadDay, match="pauses"):
        Pause(date(2024, 3, 2), due)


@given(st.integers(0, 400), st.integers(0, 10), st.lists(st.tuples(st.integers(-50, 400), st.integers(0, 90)), max_size=3))
def test_a_day_later_is_never_less_late(days: int, grace: int, spans: list[tuple[int, int]]) -> None:
    pauses = [Pause(JANUARY + timedelta(days=start), JANUARY + timedelta(days=start + length)) for start, length in spans]
    here = delinquency.lateness(JANUARY, JANUARY + timedelta(days=days), grace_days=grace, pauses=pauses)
    there = delinquency.lateness(JANUARY, JANUARY + timedelta(days=days + 1), grace_days=grace, pauses=pauses)
    assert 0 <= here.delinquent_days <= there.delinquent_days <= here.delinquent_days + 1
    assert here.delinquent_days <= here.past_due_days == days


def test_less_than_the_minimum_costs_a_penalty_on_the_base_that_is_agreed() -> None:
    owed = {"due": yuan("2000.00"), "paid": yuan("50.00"), "days": 10, "minimum": yuan("200.00"), "principal": yuan("1800.00")}
    rates = {"daily_service_rate": yuan("0.0005"), "daily_penalty_rate": yuan("0.00015")}
    charged = {base: late_charge(LateTerms(**rates, base=base), **owed) for base in PenaltyBase}
    assert {late.service_fee for late in charged.values()} == {yuan("9.75")}
    assert [charged[base].penalty for base in PenaltyBase] == [yuan("2.93"), yuan("0.23"), yuan("2.70")]
    assert charged[PenaltyBase.UNPAID].total == yuan("12.68")


def test_a_penalty_stops_at_its_cap_over_all_its_stretches() -> None:
    terms = LateTerms(daily_penalty_rate=yuan("0.001"), cap_rate=yuan("0.05"))
    assert late_charge(terms, due=yuan("100.00"), paid=yuan("0"), days=49).penalty == yuan("4.90")
    assert late_charge(terms, due=yuan("100.00"), paid=yuan("0"), days=500).penalty == yuan("5.00")
    assert penalty_over(terms, [Owed(yuan("100.00"), 20), Owed(yuan("50.00"), 10)]) == yuan("2.50")
    assert penalty_over(terms, [Owed(yuan("100.00"), 40), Owed(yuan("50.00"), 40)]) == yuan("5.00")


def test_interest_accrues_by_days_and_stays_when_nothing_is_paid() -> None:
    loan = simple(Terms(Method.EQUAL_INSTALMENT, yuan("0.12"), 3, date(2024, 1, 1), day_count=DayCount.ACT_360), yuan("3000.00"))
    assert [accrued_interest(loan, date(2024, 1, day)) for day in (1, 2, 11)] == [0, yuan("1.00"), yuan("10.00")]
    assert accrued_interest(loan, date(2024, 2, 1)) == yuan("31.00")
    assert accrued_interest(loan, date(2024, 2, 11)) == yuan("41.00")


def test_nothing_is_settled_before_anything_is_disbursed() -> None:
    loan = simple(Terms(Method.FLAT, yuan("0.12"), 3, date(2024, 1, 1)), yuan("3000.00"), date(2024, 1, 10))
    with pytest.raises(BadDay, match="on"):
        replan.settlement(loan, date(2024, 1, 9))
    with pytest.raises(BadDay, match="payments"):
        replan.replan(loan, [replan.Payment(date(2024, 1, 9), yuan("1.00"))])


def test_flat_interest_of_periods_that_never_begin_is_not_asked() -> None:
    loan = simple(Terms(Method.FLAT, yuan("0.12"), 3, date(2024, 1, 1)), yuan("3000.00"))
    assert replan.settlement(loan, date(2024, 1, 1)).amount == yuan("3000.00")
    assert replan.settlement(loan, date(2024, 2, 1)).amount == yuan("3030.00")
    assert replan.unearned_interest(loan, date(2024, 2, 1)) == yuan("60.00")
    assert [replan.rule_of_78(yuan("90.00"), 3, lived) for lived in range(4)] == [90, 45, 15, 0]
    for periods, lived in ((3, 4), (3, -1), (0, 0)):
        with pytest.raises(BadTerm, match="lived"):
            replan.rule_of_78(yuan("90.00"), periods, lived)


def billed(**amounts: str) -> minimum.Billed:
    return minimum.Billed(**{name: yuan(amount) for name, amount in amounts.items()})


def test_the_minimum_takes_in_what_is_over_the_limit_and_the_one_left_unpaid() -> None:
    terms = minimum.MinimumTerms(yuan("0.10"), yuan("1.00"))
    assert minimum.minimum_payment(billed(consumption="5000.00", over_limit="300.00"), terms) == yuan("800.00")
    assert minimum.minimum_payment(billed(consumption="5000.00", interest="20.00", past_minimum="450.00"), terms) == yuan("970.00")
    assert minimum.minimum_payment(billed(consumption="100.00", over_limit="95.00"), terms) == yuan("100.00")
    assert minimum.minimum_payment(billed(consumption="0"), terms) == 0


@given(money(0), money(0), money(0), money(0), st.integers(0, 100), money(0, 10_000))
def test_the_minimum_lies_between_its_floor_and_all_that_is_due(
    spent: Decimal, parts: Decimal, fees: Decimal, over: Decimal, rate: int, floor: Decimal
) -> None:
    bill = minimum.Billed(spent, parts, fees=fees, over_limit=over)
    asked = minimum.minimum_payment(bill, minimum.MinimumTerms(Decimal(rate) / 100, floor))
    assert min(floor, bill.whole) <= asked <= bill.whole
    assert asked >= min(bill.whole, parts + fees)


def test_a_minimum_that_never_repays_says_so() -> None:
    with pytest.raises(BadTerm, match="never"):
        minimum.revolved(yuan("100.00"), yuan("0.05"), minimum.MinimumTerms(yuan("0.01")))
    assert minimum.revolving_interest(yuan("1000.00"), yuan("0.0005"), 30) == yuan("15.00")


def fee_rows() -> list[Row]:
    """1,200 in 6 periods at 0.6 % each."""
    terms = Terms(Method.EQUAL_PRINCIPAL, Decimal(0), 6, date(2024, 1, 9), fees=Fees(yuan("0.006")))
    return schedule(simple(terms, yuan("1200.00")))


def test_the_first_three_of_six_periods_are_free() -> None:
    used = coupons.discounted(fee_rows(), coupons.Coupon(periods=3))
    assert [row.fee for row in used.rows] == [0, 0, 0, yuan("7.20"), yuan("7.20"), yuan("7.20")]
    assert used.waived == [yuan("7.20")] * 3 + [0] * 3
    assert [row.principal for row in used.rows] == [yuan("200.00")] * 6


def test_a_coupon_may_halve_the_last_periods_up_to_an_amount() -> None:
    used = coupons.discounted(fee_rows(), coupons.Coupon(yuan("0.5"), 2, coupons.Which.LAST, yuan("5.00")))
    assert used.waived == [0] * 4 + [yuan("3.60"), yuan("1.40")]


@pytest.mark.parametrize(
    ("rule", "begun", "customer", "budget"),
    [("none", 2, "0", "7.20"), ("unused", 2, "9.60", "16.80"), ("whole", 2, "14.40", "21.60"), ("whole", 6, "0", "0")],
)
def test_what_was_waived_comes_back_when_a_plan_ends_early(rule: str, begun: int, customer: str, budget: str) -> None:
    waived = coupons.discounted(fee_rows(), coupons.Coupon(periods=3)).waived
    back = coupons.ended(waived, begun, coupons.Clawback(rule))
    assert (back.from_customer, back.to_budget) == (yuan(customer), yuan(budget))


def test_a_refund_of_a_third_returns_a_third_of_the_subsidy() -> None:
    back = coupons.refunded([yuan("7.20")] * 3, yuan("1200.00"), yuan("400.00"))
    assert (back.from_customer, back.to_budget) == (0, yuan("7.20"))
    with pytest.raises(BadAmount, match="refund"):
        coupons.refunded([yuan("7.20")], yuan("1200.00"), yuan("1200.01"))


@given(loans(), st.integers(1, 100), st.none() | st.integers(1, 20), st.sampled_from(coupons.Which), st.none() | money(0))
def test_a_coupon_makes_nothing_negative_and_loses_nothing(
    loan: Loan, part: int, periods: int | None, which: coupons.Which, most: Decimal | None
) -> None:
    rows = schedule(loan)
    used = coupons.discounted(rows, coupons.Coupon(Decimal(part) / 100, periods, which, most))
    assert most is None or total(used.waived) <= most
    for row, paid, waived in zip(rows, used.rows, used.waived, strict=True):
        assert row.due - paid.due == waived >= 0
        assert min(paid.fee, paid.interest) >= 0


@st.composite
def shares(draw: st.DrawFn) -> list[Decimal]:
    cuts = sorted(draw(st.lists(st.integers(0, 1_000), max_size=4)))
    ends = [0, *cuts, 1_000]
    return [Decimal(high - low) / 1_000 for low, high in pairwise(ends)]


@given(loans(), shares())
def test_the_parts_of_every_instalment_add_up_and_so_do_those_of_every_lender(loan: Loan, of: list[Decimal]) -> None:
    rows = schedule(loan)
    parts = split.split_rows(rows, of)
    for place, row in enumerate(rows):
        here = [lender[place] for lender in parts]
        assert [total(getattr(part, name) for part in here) for name in ("principal", "interest", "fee")] == [
            row.principal,
            row.interest,
            row.fee,
        ]
        assert all(min(part.principal, part.interest, part.fee) >= 0 for part in here)
    for lender, share in zip(parts, of, strict=True):
        assert abs(total(part.principal for part in lender) - loan.principal * share) < Decimal("0.01")


def test_seventy_and_thirty_percent_of_a_plan_of_thirds() -> None:
    parts = split.in_turn([yuan("333.33"), yuan("333.33"), yuan("333.34")], [yuan("0.7"), yuan("0.3")])
    assert parts == [[yuan("233.33"), yuan("233.33"), yuan("233.34")], [yuan("100.00"), yuan("100.00"), yuan("100.00")]]


def test_thirds_make_up_for_the_cent_they_lacked() -> None:
    parts = split.in_turn([yuan("1.00")] * 3, [Fraction(1, 3)] * 3)
    assert parts == [
        [yuan("0.34"), yuan("0.33"), yuan("0.33")],
        [yuan("0.33"), yuan("0.34"), yuan("0.33")],
        [yuan("0.33"), yuan("0.33"), yuan("0.34")],
    ]
    parts = split.split_rows(fee_rows(), [yuan("0.7"), yuan("0.3")], [yuan("0.5"), yuan("0.5")])
    assert [(part.principal, part.fee, part.due) for part in (parts[0][0], parts[1][5])] == [
        (140, yuan("3.60"), yuan("143.60")),
        (60, yuan("3.60"), yuan("63.60")),
    ]
    with pytest.raises(BadRate, match="charges"):
        split.split_rows(fee_rows(), [yuan("1")], [yuan("0.5"), yuan("0.5")])


@pytest.mark.parametrize("of", [[], ["0.7", "0.2"], ["1.1", "-0.1"]])
def test_shares_that_are_no_division_are_refused(of: list[str]) -> None:
    with pytest.raises(BadRate, match="shares"):
        split.in_turn([yuan("1.00")], [Decimal(share) for share in of])


def test_a_loss_is_the_guarantors_until_the_guarantee_is_used_up() -> None:
    held = [yuan("700.00"), yuan("300.00")]
    assert split.first_loss(yuan("100.00"), yuan("150.00"), held) == split.Loss(yuan("100.00"), yuan("50.00"), [0, 0])
    assert split.first_loss(yuan("100.00"), yuan("50.01"), held) == split.Loss(yuan("50.01"), yuan("0.00"), [yuan("34.99"), yuan("15.00")])
    with pytest.raises(BadAmount, match="loss"):
        split.first_loss(yuan("1000.01"), yuan("0"), held)


@given(money(0), st.lists(money(0), max_size=12))
def test_a_repayment_is_distributed_whole_and_nobody_is_a_cent_off(amount: Decimal, held: list[Decimal]) -> None:
    if not any(held):
        if amount:
            with pytest.raises(BadAmount, match="held"):
                split.distributed(amount, held)
        return
    parts = split.distributed(amount, held)
    assert total(parts) == amount
    assert all(abs(part - amount * mine / total(held)) < Decimal("0.01") for part, mine in zip(parts, held, strict=True))


def terms(rate: str = "0.12", **more: object) -> Terms:
    return Terms(Method.EQUAL_INSTALMENT, yuan(rate), 6, date(2024, 1, 31), **more)


def test_re_aging_asks_interest_owed_in_equal_parts_beside() -> None:
    aged = replan.re_age(
        terms("0"), yuan("900.00"), as_of=date(2024, 5, 10), first_due_on=date(2024, 5, 31), instalments=3, interest_owed=yuan("10.00")
    )
    assert [f"{row.due_on:%m-%d} {row.principal} {row.interest}" for row in aged.rows] == [
        "05-31 300.00 3.33",
        "06-30 300.00 3.33",
        "07-31 300.00 3.34",
    ]
    with pytest.raises(BadDay, match="first_due_on"):
        replan.re_age(terms(), yuan("1.00"), as_of=date(2024, 5, 10), first_due_on=date(2024, 5, 10), instalments=1)


REMAINING = [date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30)]


def test_due_days_are_kept_added_to_or_moved() -> None:
    now, owed = date(2024, 4, 10), yuan("600.00")
    spread = replan.re_amortised(terms(), owed, as_of=now, remaining=REMAINING)
    longer = replan.lengthened(terms(), owed, as_of=now, remaining=REMAINING, more=2)
    later = replan.extended(terms(), owed, as_of=now, remaining=REMAINING, by=2)
    assert [row.due_on for row in spread.rows] == REMAINING
    assert [row.due_on for row in longer.rows] == [*REMAINING, date(2024, 7, 31), date(2024, 8, 31)]
    weekly = replace(terms(), every=Every(1, Unit.WEEK))
    assert [row.due_on for row in replan.lengthened(weekly, owed, as_of=now, remaining=REMAINING[:1], more=1).rows][1] == date(2024, 5, 7)
    assert [row.due_on for row in later.rows] == [date(2024, 6, 30), date(2024, 7, 31), date(2024, 8, 31)]
    assert all(total(row.principal for row in plan.rows) == owed and plan.rows[-1].balance == 0 for plan in (spread, longer, later))
    assert total_interest(spread.rows) < total_interest(longer.rows) < total_interest(later.rows)
    for refused in (
        lambda: replan.lengthened(terms(), owed, as_of=now, remaining=REMAINING, more=0),
        lambda: replan.extended(terms(), owed, as_of=now, remaining=[], by=1),
    ):
        with pytest.raises((BadTerm, BadDay)):
            refused()


def test_a_waiver_lets_off_the_oldest_interest_first_and_what_is_more_lapses() -> None:
    loan = simple(Terms(Method.INTEREST_ONLY, yuan("0.12"), 3, date(2024, 1, 1), fees=Fees(yuan("0.001"))), yuan("3000.00"))
    on = date(2024, 2, 11)
    before = replan.settlement(loan, on)
    assert (before.interest, before.fee) == (yuan("40.34"), yuan("6.00"))
    plan = replan.replan(loan, [], waivers=[replan.Waiver(on, yuan("35.00")), replan.Waiver(on, yuan("9.00"), replan.Waived.FEE)])
    assert [(planned.row.interest, planned.row.fee) for planned in plan.rows] == [(0, 0), (yuan("25.00"), 0), (yuan("30.00"), yuan("3.00"))]
    let_off = [replan.Waiver(on, yuan("99.00"))]
    assert replan.settlement(loan, on, waivers=let_off).interest == 0
    assert [planned.row.interest for planned in replan.replan(loan, [], waivers=let_off).rows] == [0, 0, yuan("30.00")]


def test_principal_paid_ahead_in_grace_makes_the_instalments_after_it_fewer_smaller_or_skips_the_first() -> None:
    loan = simple(Terms(Method.EQUAL_PRINCIPAL, yuan("0.12"), 6, date(2024, 1, 1), principal_grace=2), yuan("4000.00"))
    ahead = [replan.Payment(date(2024, 1, 11), yuan("1500.00"), replan.Toward.PRINCIPAL)]
    asked = {prepay: [planned.row.principal for planned in replan.replan(loan, ahead, prepay).rows] for prepay in replan.Prepay}
    assert asked[replan.Prepay.FEWER] == [1500, 0, 1000, 1000, 500]
    assert asked[replan.Prepay.SMALLER] == [1500, 0, 625, 625, 625, 625]
    assert asked[replan.Prepay.SKIP] == [1500, 0, 0, 500, 1000, 1000]


def test_interest_owed_before_is_asked_beside_and_by_a_settlement_at_once() -> None:
    aged = replan.re_age(
        terms("0"), yuan("900.00"), as_of=date(2024, 5, 10), first_due_on=date(2024, 5, 31), instalments=3, interest_owed=yuan("10.00")
    )
    assert replan.settlement(aged.loan, date(2024, 5, 11)).amount == yuan("910.00")
    paid = [replan.Payment(date(2024, 5, 31), yuan("603.33"))]
    fewer = replan.replan(aged.loan, paid, replan.Prepay.FEWER).rows
    assert [(planned.row.principal, planned.row.interest) for planned in fewer] == [(600, yuan("3.33")), (300, yuan("6.67"))]


def test_interest_to_come_is_waived_by_a_rate_of_nothing() -> None:
    loan = simple(terms(), yuan("600.00"))
    free = replan.at_new_rate(loan, date(2024, 3, 1), Decimal(0))
    kept, rows = schedule(loan), schedule(free)
    assert rows[0] == kept[0]
    assert total_interest(rows) == rows[0].interest + rows[1].interest
    assert rows[1].interest == 0


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("rate", {"rate": Decimal("-0.01")}), ("periods", {"periods": 0}), ("principal_grace", {"principal_grace": 6}),
        ("interest_grace", {"interest_grace": -1}), ("multiple_of", {"multiple_of": Decimal(0)}),
        ("instalment", {"instalment": Decimal(0)}), ("due_on", {"due_on": (date(2024, 2, 1),)}),
    ],
)  # fmt: skip
def test_terms_that_make_no_plan_are_refused_and_the_field_is_named(field: str, change: dict[str, object]) -> None:
    whole = {"method": Method.EQUAL_INSTALMENT, "rate": yuan("0.1"), "periods": 6, "starts_on": JANUARY} | change
    with pytest.raises(ValueError, match=field) as refused:
        Terms(**whole)
    assert refused.value.field == field


DAY = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("field", "refused"),
    [
        ("rate", lambda: minimum.MinimumTerms(yuan("1.01"))),
        ("floor", lambda: minimum.MinimumTerms(yuan("0.1"), yuan("-1"))),
        ("monthly_rate", lambda: minimum.revolved(yuan("1"), yuan("-0.1"), minimum.MinimumTerms(yuan("0.1")))),
        ("days", lambda: minimum.revolving_interest(yuan("1"), yuan("0.1"), -1)),
        ("part", lambda: coupons.Coupon(yuan("1.01"))),
        ("periods", lambda: coupons.Coupon(periods=0)),
        ("begun", lambda: coupons.ended([yuan("1")], 2, coupons.Clawback.NONE)),
        ("daily_penalty_rate", lambda: LateTerms(daily_penalty_rate=yuan("-0.1"))),
        ("cap_rate", lambda: LateTerms(cap_rate=yuan("-0.1"))),
        ("days", lambda: late_charge(LateTerms(), due=yuan("1"), paid=yuan("0"), days=-1)),
        ("principal", lambda: late_charge(LateTerms(base=PenaltyBase.PRINCIPAL), due=yuan("1"), paid=yuan("0"), days=1)),
        ("days", lambda: delinquency.bucket(-1)),
        ("days", lambda: delinquency.classified(-1, Scheme.CARD)),
        ("grace_days", lambda: delinquency.lateness(DAY, DAY, grace_days=-1)),
        ("fees.rate", lambda: Fees(yuan("-0.1"))),
        ("disbursements", lambda: Loan(terms(), ())),
        ("disbursements", lambda: simple(terms(), yuan("1"), date(2024, 2, 29))),
        ("principal", lambda: simple(terms(), yuan("-1"))),
        ("interest_owed", lambda: Loan(terms(), simple(terms(), yuan("1")).disbursements, (), yuan("-1"))),
        ("payments.amount", lambda: replan.replan(simple(terms(), yuan("1")), [replan.Payment(date(2024, 2, 1), yuan("0"))])),
        ("as_of", lambda: replan.replan(simple(terms(), yuan("1")), [replan.Payment(date(2024, 2, 2), yuan("1"))], as_of=date(2024, 2, 1))),
        ("outstanding", lambda: replan.re_amortised(terms(), yuan("0"), as_of=DAY, remaining=REMAINING)),
    ],
)  # fmt: skip
def test_what_no_rule_can_work_with_is_refused_by_the_name_of_its_field(field: str, refused: Callable[[], object]) -> None:
    with pytest.raises(EngineError) as error:
        refused()
    assert error.value.field == field


def test_a_flat_loan_of_two_disbursements_is_refused() -> None:
    flat = Terms(Method.FLAT, yuan("0.1"), 3, DAY)
    twice = (Disbursement(DAY, yuan("1")), Disbursement(date(2024, 1, 2), yuan("1")))
    for more in ({"disbursements": twice}, {"disbursements": twice[:1], "rate_changes": (RateChange(date(2024, 1, 9), yuan("0.2")),)}):
        with pytest.raises(BadTerm, match="method"):
            Loan(flat, **more)
