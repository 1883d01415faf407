"""What an application comes to, and that it comes to the same again."""

import ast
import json
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.decisions import BadPolicy, Decision, Result, decide, dump_policy, grade_of, inputs_needed, limit_fen, load_policy
from credit.scoring.facts import BadFact, Fact
from credit.scoring.rules import BadRule
from tests.credit.scoring.cards import applicant, card, policy, policy_row

ROOT = Path(__file__).resolve().parents[3]
MISTAKES = [
    ("grades", [], "grades"),
    ("step_fen", 0, "step_fen"),
    ("least_fen", 9_999, "least_fen"),
    ("approve_from", 299, "approve_from"),
    ("sort", 1, "policy"),
    ("version", "7", "version"),
    ("step_fen", 10_000.5, "step_fen"),
    ("least_fen", None, "least_fen"),
    ("approve_from", True, "approve_from"),
]


def decided(**changed: Fact) -> Decision:
    return decide(policy(), card(), applicant(**changed))


@pytest.mark.parametrize(
    ("changed", "result", "grade", "limit", "rate", "points"),
    [
        ({}, "approve", "A", 2_400_000, "0.108", 395),
        ({"monthly_income_fen": 9_000_000}, "approve", "A", 5_000_000, "0.108", 395),
        ({"debt_ratio": "0.5"}, "approve", "B", 1_600_000, "0.144", 360),
        ({"debt_ratio": "0.5", "monthly_income_fen": 1_599_999}, "approve", "B", 3_000_000, "0.144", 360),
        ({"debt_ratio": "0.5", "age_years": 30}, "approve", "B", 1_600_000, "0.144", 340),
        ({"work": "shop", "debt_ratio": "0.5"}, "approve", "C", 800_000, "0.18", 325),
        ({"work": "farm"}, "refer", "C", 800_000, "0.18", 315),
        ({"work": "farm", "age_years": 30}, "decline", None, None, None, 295),
        ({"days_since_overdue": 50}, "refer", "A", 2_400_000, "0.108", 395),
        ({"days_since_overdue": 50, "overdue_days": 3}, "decline", None, None, None, None),
        ({"age_years": 17}, "decline", None, None, None, None),
        ({"monthly_income_fen": 16_667, "monthly_debt_fen": 0}, "approve", "A", 50_000, "0.108", 395),
        ({"monthly_income_fen": 16_666, "monthly_debt_fen": 0}, "decline", None, None, None, 395),
        ({"monthly_income_fen": 0, "monthly_debt_fen": 0}, "decline", None, None, None, 395),
    ],
)  # fmt: skip
def test_what_an_application_comes_to(
    changed: dict[str, Fact], result: str, grade: str | None, limit: int | None, rate: str | None, points: int | None
) -> None:
    found = decided(**changed)
    assert (found.result, found.grade, found.limit_fen, found.points) == (result, grade, limit, points)
    assert found.yearly_rate == (None if rate is None else Decimal(rate))


def test_a_rule_that_declines_gives_every_broken_rule_as_a_reason_and_nothing_is_scored() -> None:
    found = decided(overdue_days=3, days_since_refusal=2, days_since_overdue=0)
    assert [one.code for one in found.reasons] == ["rule.overdue_now", "rule.overdue_lately", "rule.cool_down"]
    assert found.points is None


def test_rules_that_refer_stand_before_what_cost_points() -> None:
    found = decided(days_since_overdue=50, work="shop")
    assert [one.code for one in found.reasons] == ["rule.overdue_lately", "score.work"]


def test_too_small_a_line_says_so_first() -> None:
    assert [one.code for one in decided(monthly_income_fen=100, monthly_debt_fen=0, work="shop").reasons] == [
        "limit.too_small",
        "score.work",
    ]


def test_nobody_is_declined_without_a_reason() -> None:
    row = policy_row()
    row["grades"] = [row["grades"][0] | {"from_points": 396}]
    found = decide(load_policy(row | {"approve_from": 396}), card(), applicant())
    assert (found.result, found.points, [one.code for one in found.reasons]) == (Result.DECLINE, 395, ["score.too_low"])


def test_an_income_that_is_not_known_is_for_a_person_to_find_out() -> None:
    plain = policy(rules=[])
    found = decide(plain, card(), applicant(monthly_income_fen=None))
    assert (found.result, found.grade, found.limit_fen) == (Result.REFER, "A", None)
    assert found.reasons[0].code == "unknown.monthly_income_fen"


def test_a_decision_says_by_which_versions_and_from_what() -> None:
    found = decided(debt_ratio=Decimal("0.350"), unasked="never kept")
    assert (found.policy, found.scorecard) == (("cash", 7), ("small", 3))
    assert found.inputs["debt_ratio"] == "0.350"
    assert tuple(found.inputs) == inputs_needed(policy(), card())
    assert "unasked" not in found.inputs
    with pytest.raises(FrozenInstanceError):
        found.points = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", inputs_needed(policy(), card()))
def test_a_fact_that_is_not_there_is_refused_by_its_name(name: str) -> None:
    facts = applicant()
    del facts[name]
    with pytest.raises(BadFact) as refused:
        decide(policy(), card(), facts)
    assert refused.value.field == name


APPLICANTS = st.fixed_dictionaries(
    {
        "age_years": st.none() | st.integers(15, 80),
        "work": st.none() | st.sampled_from(["office", "shop", "farm"]),
        "debt_ratio": st.none() | st.decimals(0, 3, places=3) | st.integers(0, 3),
        "identity_level": st.none() | st.integers(0, 3),
        "blacklisted": st.booleans(),
        "overdue_days": st.none() | st.integers(0, 3),
        "days_since_overdue": st.none() | st.integers(0, 200),
        "monthly_income_fen": st.none() | st.integers(0, 10_000_000),
        "monthly_debt_fen": st.none() | st.integers(0, 10_000_000),
        "days_since_refusal": st.none() | st.integers(0, 60),
    }
)
LOOSE = policy(rules=[])


@given(APPLICANTS)
def test_the_same_again_on_what_was_stored(facts: dict[str, Fact]) -> None:
    for one in (policy(), LOOSE):
        first = decide(one, card(), facts)
        kept = json.loads(json.dumps(first.inputs))
        assert decide(load_policy(json.loads(json.dumps(dump_policy(one)))), card(), kept) == first


@given(APPLICANTS)
def test_whatever_is_offered_is_whole_steps_within_the_caps(facts: dict[str, Fact]) -> None:
    found = decide(LOOSE, card(), facts)
    if found.result == Result.DECLINE:
        assert (found.grade, found.limit_fen, found.yearly_rate) == (None, None, None)
        assert found.reasons
        return
    grade = next(one for one in LOOSE.grades if one.name == found.grade)
    assert found.points is not None
    assert found.points >= grade.from_points
    assert found.yearly_rate == grade.yearly_rate
    if found.limit_fen is not None:
        assert LOOSE.least_fen <= found.limit_fen <= grade.cap_fen
        assert found.limit_fen % LOOSE.step_fen == 0
    if found.result == Result.APPROVE:
        assert found.points >= LOOSE.approve_from
        assert found.limit_fen is not None


def test_a_challenger_decides_on_what_the_champion_stored() -> None:
    champion = decided(work="farm")
    stricter = policy(version=8, approve_from=300)
    replayed = decide(stricter, card(version=4, base_points=310), champion.inputs)
    assert (champion.result, champion.points) == (Result.REFER, 315)
    assert (replayed.result, replayed.points, replayed.policy, replayed.scorecard) == (Result.APPROVE, 325, ("cash", 8), ("small", 4))


@given(st.integers(0, 10**9), st.integers(0, 10**7))
def test_more_income_never_lowers_a_limit(income: int, more: int) -> None:
    for grade in LOOSE.grades:
        assert limit_fen(LOOSE, grade, income) <= limit_fen(LOOSE, grade, income + more)


@given(st.integers(-100, 500), st.integers(0, 100))
def test_more_points_never_lower_a_grade(points: int, more: int) -> None:
    order = [None, *reversed(LOOSE.grades)]
    assert order.index(grade_of(LOOSE, points)) <= order.index(grade_of(LOOSE, points + more))


@pytest.mark.parametrize(("name", "value", "field"), MISTAKES)
def test_a_wrong_policy_is_refused_by_its_field(name: str, value: Any, field: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        policy(**{name: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("place", "name", "value", "field"),
    [
        (1, "from_points", 380, "grades[1].from_points"),
        (1, "name", "A", "grades"),
        (1, "name", "", "grades[1].name"),
        (0, "income_bp", 0, "grades[0].income_bp"),
        (0, "cap_fen", 0, "grades[0].cap_fen"),
        (2, "yearly_rate", "1", "grades[2].yearly_rate"),
        (2, "yearly_rate", "-0.01", "grades[2].yearly_rate"),
        (2, "yearly_rate", "much", "policy"),
        (2, "yearly_rate", "NaN", "grades[2].yearly_rate"),
        (2, "yearly_rate", 0.18, "policy"),
        (0, "cap_fen", 1.5, "grades[0].cap_fen"),
        (0, "income_bp", "30000", "grades[0].income_bp"),
    ],
)
def test_a_wrong_grade_is_refused_by_its_field(place: int, name: str, value: Any, field: str) -> None:
    row = policy_row()
    row["grades"][place][name] = value
    with pytest.raises(BadPolicy) as refused:
        load_policy(row)
    assert refused.value.field == field


def test_a_rule_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadPolicy):
        policy(rules=[{"kind": "moon_phase", "limit": 1}])
    with pytest.raises(BadRule):
        policy(rules=[{"kind": "age_at_least", "limit": -1}])


@pytest.mark.parametrize("module", ["facts", "rules", "scorecard", "table", "measures", "decisions"])
def test_scoring_is_pure_and_needs_no_learning_library(module: str) -> None:
    tree = ast.parse((ROOT / f"credit/scoring/{module}.py").read_text())
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.split(".")[0] for name in named} & {"django", "numpy", "sklearn", "pandas", "scipy", "tools"} == set()
    assert "random" not in named
