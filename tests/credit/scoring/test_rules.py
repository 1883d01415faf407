"""What refuses before anything is scored: each rule kept and broken, at its edge."""

import pytest

from credit.scoring.facts import BadFact, Fact
from credit.scoring.rules import NEEDS, BadRule, Kind, Rule, broken, needed
from tests.credit.scoring.cards import applicant


def codes(kind: str, limit: int, **changed: Fact) -> list[str]:
    return [one.reason.code for one in broken([Rule(Kind(kind), limit)], applicant(**changed))]


@pytest.mark.parametrize(
    ("kind", "limit", "kept", "not_kept", "code"),
    [
        ("age_at_least", 18, {"age_years": 18}, {"age_years": 17}, "rule.too_young"),
        ("age_at_most", 65, {"age_years": 65}, {"age_years": 66}, "rule.too_old"),
        ("identity_at_least", 2, {"identity_level": 2}, {"identity_level": 1}, "rule.identity"),
        ("identity_at_least", 2, {"identity_level": 3}, {"identity_level": None}, "rule.identity"),
        ("not_blacklisted", 0, {"blacklisted": False}, {"blacklisted": True}, "rule.blacklisted"),
        ("overdue_at_most", 0, {"overdue_days": 0}, {"overdue_days": 1}, "rule.overdue_now"),
        ("overdue_at_most", 3, {"overdue_days": 3}, {"overdue_days": 4}, "rule.overdue_now"),
        ("overdue_long_ago", 90, {"days_since_overdue": 91}, {"days_since_overdue": 90}, "rule.overdue_lately"),
        ("overdue_long_ago", 90, {"days_since_overdue": None}, {"days_since_overdue": 0}, "rule.overdue_lately"),
        ("income_at_least", 300_000, {"monthly_income_fen": 300_000}, {"monthly_income_fen": 299_999}, "rule.income"),
        ("debt_to_income_at_most", 5_000, {"monthly_debt_fen": 400_025}, {"monthly_debt_fen": 400_026}, "rule.debt_to_income"),
        ("debt_to_income_at_most", 5_000, {"monthly_debt_fen": 0, "monthly_income_fen": 0},
         {"monthly_debt_fen": 1, "monthly_income_fen": 0}, "rule.debt_to_income"),
        ("cool_down", 30, {"days_since_refusal": 30}, {"days_since_refusal": 29}, "rule.cool_down"),
        ("cool_down", 30, {"days_since_refusal": None}, {"days_since_refusal": 0}, "rule.cool_down"),
    ],
)  # fmt: skip
def test_a_rule_is_kept_to_its_edge_and_broken_beyond(
    kind: str, limit: int, kept: dict[str, Fact], not_kept: dict[str, Fact], code: str
) -> None:
    assert codes(kind, limit, **kept) == []
    assert codes(kind, limit, **not_kept) == [code]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("age_at_least", "age_years"),
        ("age_at_most", "age_years"),
        ("overdue_at_most", "overdue_days"),
        ("income_at_least", "monthly_income_fen"),
        ("debt_to_income_at_most", "monthly_income_fen"),
        ("debt_to_income_at_most", "monthly_debt_fen"),
    ],
)
def test_what_is_not_known_refuses_and_is_asked_for(kind: str, name: str) -> None:
    assert codes(kind, 1_000_000, **{name: None}) == [f"unknown.{name}"]


@pytest.mark.parametrize(
    ("rule", "changed", "en", "zh"),
    [
        (Rule(Kind.COOL_DOWN, 30), {"days_since_refusal": 10}, "Apply again in 20 days.", "请于 20 天后再次申请。"),
        (Rule(Kind.OVERDUE_LONG_AGO, 90), {"days_since_overdue": 80}, "Pay on time for another 11 days, then apply again.",
         "请继续按时还款 11 天后重新申请。"),
        (Rule(Kind.DEBT_TO_INCOME_AT_MOST, 5_000), {"monthly_debt_fen": 400_026}, "Bring what they cost down by 0.01 yuan a month.",
         "请将每月还款额降低 0.01 元。"),
        (Rule(Kind.DEBT_TO_INCOME_AT_MOST, 5_000), {"monthly_debt_fen": 1_400_025}, "Bring what they cost down by 10,000 yuan a month.",
         "请将每月还款额降低 10,000 元。"),
    ],
)  # fmt: skip
def test_what_would_help_would(rule: Rule, changed: dict[str, Fact], en: str, zh: str) -> None:
    [found] = broken([rule], applicant(**changed))
    assert (found.reason.help_en, found.reason.help_zh) == (en, zh)


def test_following_the_help_is_enough() -> None:
    """What each help asks for keeps its rule, exactly on the day, or to the fen, that it names."""
    assert codes("cool_down", 30, days_since_refusal=10 + 20) == []
    assert codes("cool_down", 30, days_since_refusal=10 + 19) == ["rule.cool_down"]
    assert codes("overdue_long_ago", 90, days_since_overdue=80 + 11) == []
    assert codes("overdue_long_ago", 90, days_since_overdue=80 + 10) == ["rule.overdue_lately"]
    assert codes("debt_to_income_at_most", 5_000, monthly_debt_fen=400_026 - 1) == []


def test_every_broken_rule_is_named_in_their_order() -> None:
    rules = [Rule(Kind.COOL_DOWN, 30), Rule(Kind.AGE_AT_LEAST, 18), Rule(Kind.OVERDUE_AT_MOST, 0)]
    found = broken(rules, applicant(days_since_refusal=1, overdue_days=5))
    assert [one.reason.code for one in found] == ["rule.cool_down", "rule.overdue_now"]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_says_what_it_asks_for_and_speaks_both_languages(kind: Kind) -> None:
    assert needed([Rule(kind, 1), Rule(kind, 2)]) == NEEDS[kind]
    facts: dict[str, Fact] = dict.fromkeys(NEEDS[kind], 10000)
    worst = {"blacklisted": True, "days_since_overdue": 0, "days_since_refusal": 0, "identity_level": 0}
    limit = 20_000 if kind.endswith("least") else 1
    [found] = broken([Rule(kind, limit)], facts | {name: worst[name] for name in facts if name in worst})
    assert found.reason.en
    assert found.reason.zh
    assert bool(found.reason.help_en) == bool(found.reason.help_zh)
    for name in NEEDS[kind]:
        with pytest.raises(BadFact) as refused:
            broken([Rule(kind, 1)], {other: value for other, value in facts.items() if other != name} | absent(kind, name))
        assert refused.value.field == name


def absent(kind: Kind, name: str) -> dict[str, Fact]:
    """What else the rule needs so that it comes to ask for `name`."""
    return {other: 1 for other in NEEDS[kind] if other != name}


@pytest.mark.parametrize(("name", "value"), [("blacklisted", None), ("blacklisted", 0), ("age_years", "18"), ("age_years", True)])
def test_a_fact_of_another_kind_is_no_answer(name: str, value: Fact) -> None:
    kind = "not_blacklisted" if name == "blacklisted" else "age_at_least"
    with pytest.raises(BadFact) as refused:
        codes(kind, 18, **{name: value})
    assert refused.value.field == name


@pytest.mark.parametrize("limit", [-1, 1.5, True, "18", None])
def test_a_limit_is_a_whole_number_from_nought(limit: object) -> None:
    with pytest.raises(BadRule) as refused:
        Rule(Kind.AGE_AT_LEAST, limit)  # type: ignore[arg-type]
    assert refused.value.field == "age_at_least"
