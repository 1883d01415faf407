"""What a fixed-term product may say, what it says an amount comes to, and that statements over many accrue as the rules do."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import queries as clock
from core.errors import Invalid
from tests.wealth.catalog.products import draft
from tests.wealth.fixed_term.world import TERMS, VALUES, deposits
from wealth.catalog.models import ProductVersion
from wealth.catalog.sockets import KINDS
from wealth.fixed_term.terms import deposit_of, paid_on
from wealth.rules.fixed import DayCount, Deposit, accrued_fen, at_end_fen, days_between, ends_on, interest_fen, months_later, whole_months

pytestmark = pytest.mark.django_db
TIER = {"at_least": 0, "below": None, "rate_bp": 310}


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [{"at_least": 0, "below": 1_000, "rate_bp": 250}],
        [{"at_least": 0, "below": 1_000, "rate_bp": 250}, {"at_least": 2_000, "below": None, "rate_bp": 310}],
        [{"at_least": 0, "below": 2_000, "rate_bp": 250}, {"at_least": 1_000, "below": None, "rate_bp": 310}],
        [{"at_least": 50_000, "below": None, "rate_bp": 310}],
        [{"at_least": 0, "below": None, "rate_bp": "310"}],
        [{"at_least": 0, "below": None, "rate_bp": 5_001}],
        [{"at_least": 0, "rate_bp": 310}],
        "tiers",
    ],
    ids=["none", "an end", "a gap", "an overlap", "above the minimum", "text", "too high", "a word missing", "no list"],
)
def test_tiers_are_half_open_and_follow_each_other_from_what_can_be_bought(tiers: Any) -> None:
    with pytest.raises(Invalid):
        draft(kind="fixed_term", **VALUES | {"terms": TERMS | {"tiers": tiers}})


@pytest.mark.parametrize(
    "edges",
    [
        [],
        [(0, 1_000)],
        [(0, 1_000), (2_000, None)],
        [(0, 2_000), (1_000, None)],
        [(0, None), (1_000, None)],
        [(-1, None)],
        [(5, 5), (5, None)],
    ],
    ids=["none", "an end", "a gap", "an overlap", "two without end", "below nothing", "an empty one"],
)
def test_the_database_itself_refuses_tiers_that_do_not_follow_each_other(edges: list[tuple[int, int | None]]) -> None:
    version = draft(kind="fixed_term", **VALUES)
    assert version.terms["tiers"][0]["below"] == version.terms["tiers"][1]["at_least"]
    tiers = [{"at_least": low, "below": high, "rate_bp": 250} for low, high in edges]
    with pytest.raises(IntegrityError, match="wealth_version_tiers"), transaction.atomic():
        ProductVersion.objects.filter(pk=version.pk).update(terms=TERMS | {"tiers": tiers})


@pytest.mark.parametrize(
    "values",
    [
        {"term_days": None},
        {"t0_cap_fen": 1},
        {"locked": True},
        {"yield_high_bp": 320},
        {"yield_kind": "fixed", "yield_low_bp": 310, "yield_high_bp": 310},
        {"terms": TERMS | {"demand_rate_bp": 251}},
        {"terms": TERMS | {"compounding_months": 3}},
        {"terms": TERMS | {"term_months": 3}},
        {"terms": TERMS | {"instructions": ["roll_all"]}},
        {"terms": TERMS | {"minimum_rest_fen": -1}},
        {"terms": TERMS | {"bonus": 1}},
        {"terms": {}},
    ],
    ids=lambda values: "-".join(values),
)
def test_terms_that_could_not_be_kept_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        draft(kind="fixed_term", **VALUES | values)


def test_what_the_catalogue_tells_is_what_the_end_pays_and_before_it_the_demand_rate() -> None:
    product = deposits()
    version, kind = product.current, KINDS.get("fixed_term")
    assert kind is not None
    assert version is not None
    full = kind.outcome(version=version, amount_fen=1_000_000, days=3_650, at=clock.now())
    early = kind.outcome(version=version, amount_fen=1_000_000, days=10, at=clock.now())
    assert full is not None
    assert early is not None
    assert (full.days, full.income_fen, full.certain) == (30, interest_fen(principal_fen=1_000_000, rate_bp=310, days=30), True)
    assert (early.days, early.income_fen) == (10, interest_fen(principal_fen=1_000_000, rate_bp=25, days=10))
    assert kind.outcome(version=version, amount_fen=99_999, days=30, at=clock.now()).rate_percent * 100 == 250  # type: ignore[union-attr, operator]
    assert "0.25" in kind.way_out(version=version).en
    locked = deposits({"early_exit": False}, locked=True).current
    assert locked is not None
    assert "cannot be taken early" in kind.way_out(version=locked).en
    whole = kind.outcome(version=locked, amount_fen=1_000_000, days=10, at=clock.now())
    assert whole is not None
    assert whole.days == 30


def test_interest_that_joins_the_principal_is_compounded_by_months() -> None:
    terms = {"tiers": [TIER], "term_months": 12, "compounding_months": 3}
    product = deposits(terms, term_days=365, yield_kind="fixed", yield_low_bp=310)
    assert product.current is not None
    deposit = deposit_of(product.current, rate=310, starts_on=date(2026, 1, 31))
    assert deposit.ends_on == date(2027, 1, 31)
    assert at_end_fen(deposit, 10_000_000) == int(10_000_000 * ((1 + 0.031 / 4) ** 4 - 1))


def test_a_day_without_trading_moves_to_the_next_and_one_beyond_the_calendar_stays() -> None:
    assert paid_on("XSHG", date(2026, 10, 1)) == date(2026, 10, 8)
    assert paid_on("XSHG", date(2026, 11, 24)) == date(2026, 11, 24)
    assert paid_on("XSHG", date(2099, 1, 1)) == date(2099, 1, 1)


@given(
    st.integers(1, 10**10),
    st.integers(0, 5_000),
    st.sampled_from(list(DayCount)),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 1_500),
    st.sampled_from([None, 1, 3, 12]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_statements_over_many_accrue_as_the_rules_do(
    fen: int, rate: int, basis: DayCount, start: date, days: int, every: int | None
) -> None:
    deposit = Deposit(rate, start, months_later(start, 60), basis, months=60, every_months=every)
    day = min(start + timedelta(days=days), deposit.ends_on - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fixed_term_accrued(%s, %s, %s, %s::date, %s::date, %s::smallint)", (fen, rate, basis.value, start, day, every)
        )
        [got] = cursor.fetchone()
    assert min(got, at_end_fen(deposit, fen)) == accrued_fen(deposit, fen, day)


@given(st.integers(1, 10**10), st.integers(1, 5_000), st.integers(1, 2_000), st.sampled_from(list(DayCount)))
def test_what_accrues_never_falls_and_ends_at_what_the_end_pays(fen: int, rate: int, term: int, basis: DayCount) -> None:
    start = date(2026, 1, 31)
    deposit = Deposit(rate, start, ends_on(starts_on=start, term_days=term, months=None), basis)
    steps = [accrued_fen(deposit, fen, start + timedelta(days=day)) for day in (0, term // 3, term // 2, term, term + 9)]
    assert steps == sorted(steps)
    assert steps[-1] == at_end_fen(deposit, fen)
    assert days_between(start, deposit.ends_on, DayCount.ACT_360) == term


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 48))
def test_months_that_are_over_are_those_that_went_by(start: date, months: int) -> None:
    end = months_later(start, months)
    assert whole_months(start, end) == months
    assert whole_months(start, end - timedelta(days=1)) == max(months - 1, -1)
