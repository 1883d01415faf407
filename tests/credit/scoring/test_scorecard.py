"""Points, where they come from, and why they are not more."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.facts import BadFact, Fact, Reason
from credit.scoring.scorecard import Bin, probability, score, total
from credit.scoring.table import load
from tests.credit.scoring.cards import applicant, card, table

NUMBERS = st.none() | st.integers(-200, 200) | st.decimals(-2, 200, places=4, allow_nan=False)
TEXTS = st.none() | st.sampled_from(["office", "factory", "shop", "farm", "", "OFFICE"]) | st.text(max_size=6)


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({}, 395),
        ({"age_years": 40}, 395),
        ({"age_years": 39}, 375),
        ({"age_years": 25}, 375),
        ({"age_years": 24}, 345),
        ({"age_years": -1}, 345),
        ({"age_years": None}, 345),
        ({"age_years": Decimal("24.999")}, 345),
        ({"work": "factory"}, 395),
        ({"work": "shop"}, 360),
        ({"work": "farm"}, 315),
        ({"work": None}, 315),
        ({"debt_ratio": Decimal("0.3499999")}, 395),
        ({"debt_ratio": Decimal("0.35")}, 360),
        ({"debt_ratio": "0.350"}, 360),
        ({"debt_ratio": None}, 370),
        ({"age_years": 24, "work": "farm", "debt_ratio": 1}, 230),
    ],
)
def test_the_points_are_those_of_the_bins(changed: dict[str, Fact], points: int) -> None:
    assert score(card(), applicant(**changed)).points == points
    assert total(card(), applicant(**changed)) == points


def test_the_reasons_are_what_cost_most_and_what_would_help() -> None:
    found = score(card(), applicant(age_years=30, work="shop", debt_ratio="0.5"))
    assert found.reasons == (
        Reason("score.work", "Work: by oneself", "Work文:by oneself文", "Show your contract.", "请提供合同。"),
        Reason("score.debt_ratio", "Debt: 35 % or more", "Debt文:35 % or more文", "Bring your debts down.", "请降低负债。"),
        Reason("score.age_years", "Age: 25 to 39", "Age文:25 to 39文"),
    )
    assert [(part.name, part.points, part.shortfall) for part in found.by_characteristic] == [
        ("age_years", 10, 20),
        ("work", 5, 35),
        ("debt_ratio", -10, 35),
    ]


def test_no_more_reasons_than_are_wanted_and_none_for_the_best() -> None:
    poor = applicant(age_years=20, work="farm", debt_ratio=1)
    assert [one.code for one in score(card(), poor, most=2).reasons] == ["score.work", "score.age_years"]
    assert score(card(), applicant()).reasons == ()


def test_what_is_not_known_is_asked_for() -> None:
    [found] = score(card(), applicant(debt_ratio=None)).reasons
    assert (found.help_en, found.help_zh) == ("Tell us: Debt.", "请补充:Debt文。")


def test_nobody_is_told_that_silence_would_be_better() -> None:
    row = table()
    row["characteristics"][2]["bins"][2]["points"] = 60
    generous = load(row)
    assert score(generous, applicant(debt_ratio="0.2")).reasons == ()
    assert score(generous, applicant(debt_ratio=None)).reasons == ()
    assert score(generous, applicant(debt_ratio=None)).points == generous.most_points == 430


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"age_years": "old"}, "age_years"),
        ({"age_years": True}, "age_years"),
        ({"age_years": 40.0}, "age_years"),
        ({"debt_ratio": Decimal("NaN")}, "debt_ratio"),
        ({"debt_ratio": "Infinity"}, "debt_ratio"),
        ({"work": 3}, "work"),
    ],
)
def test_a_fact_of_another_kind_is_refused_by_its_name(changed: dict[str, Fact], field: str) -> None:
    with pytest.raises(BadFact) as refused:
        score(card(), applicant(**changed))
    assert refused.value.field == field


def test_a_fact_that_was_not_asked_for_is_not_taken_for_unknown() -> None:
    facts = applicant()
    del facts["work"]
    with pytest.raises(BadFact, match=r"^work: "):
        total(card(), facts)


def test_what_the_points_mean() -> None:
    assert probability(card(), 300) == Decimal("0.062500")  # 15 to 1
    assert probability(card(), 320) == Decimal("0.032258")  # 30 to 1
    assert probability(card(), 280) == Decimal("0.117647")  # 7.5 to 1
    assert probability(card(), -100_000) == 1
    assert (card().least_points, card().most_points) == (230, 395)


def fits(one: Bin, value: Fact) -> bool:
    """By the bin's own words, not by its place."""
    if value is None:
        return one.missing
    if isinstance(value, str):
        return value in one.values or (one.other and value not in {"office", "factory", "shop"})
    assert isinstance(value, (int, Decimal))
    return not one.missing and (one.low is None or value >= one.low) and (one.high is None or value < one.high)


@given(NUMBERS, TEXTS, NUMBERS)
def test_every_fact_falls_in_exactly_one_bin_and_the_points_add_up(age: Fact, work: Fact, debt: Fact) -> None:
    facts = {"age_years": age, "work": work, "debt_ratio": debt}
    found = score(card(), facts)
    for each, part in zip(card().characteristics, found.by_characteristic, strict=True):
        assert [place for place, one in enumerate(each.bins) if fits(one, facts[each.name])] == [part.bin]
        assert part.shortfall == max(one.points for one in each.bins if not one.missing) - part.points >= 0
    assert found.points == 300 + sum(part.points for part in found.by_characteristic) == total(card(), facts)
    assert 230 <= found.points <= 395


@given(st.integers(-1_000, 1_500), st.integers(1, 300))
def test_more_points_are_never_riskier(points: int, more: int) -> None:
    assert probability(card(), points + more) <= probability(card(), points)
