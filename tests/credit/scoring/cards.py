"""A small table, a policy and an applicant: what the tests of scoring speak of."""

from typing import Any

from credit.scoring.decisions import Policy, load_policy
from credit.scoring.facts import Fact
from credit.scoring.scorecard import Scorecard
from credit.scoring.table import load


def words(word: str) -> dict[str, str]:
    return {"en": word, "zh": f"{word}文"}


def table() -> dict[str, Any]:
    """300 points; age from -20 to 30, work from -40 to 40, debt from -10 to 25."""
    return {
        "name": "small",
        "version": 3,
        "base_points": 300,
        "pdo": 20,
        "odds_at": "15",
        "score_at": 300,
        "characteristics": [
            {
                "name": "age_years",
                **words("Age"),
                "bins": [
                    {**words("below 25"), "points": -20, "high": 25},
                    {**words("25 to 39"), "points": 10, "low": 25, "high": 40},
                    {**words("40 or more"), "points": 30, "low": 40},
                    {**words("not known"), "points": -20, "missing": True},
                ],
            },
            {
                "name": "work",
                **words("Work"),
                "help_en": "Show your contract.",
                "help_zh": "请提供合同。",
                "bins": [
                    {**words("employed"), "points": 40, "values": ["office", "factory"]},
                    {**words("by oneself"), "points": 5, "values": ["shop"]},
                    {**words("anything else"), "points": -40, "other": True},
                    {**words("not known"), "points": -40, "missing": True},
                ],
            },
            {
                "name": "debt_ratio",
                **words("Debt"),
                "help_en": "Bring your debts down.",
                "help_zh": "请降低负债。",
                "bins": [
                    {**words("below 35 %"), "points": 25, "high": "0.35"},
                    {**words("35 % or more"), "points": -10, "low": "0.35"},
                    {**words("not known"), "points": 0, "missing": True},
                ],
            },
        ],
    }


def card(**changed: Any) -> Scorecard:
    return load(table() | changed)


def policy_row() -> dict[str, Any]:
    return {
        "name": "cash",
        "version": 7,
        "rules": [
            {"kind": "age_at_least", "limit": 18},
            {"kind": "age_at_most", "limit": 65},
            {"kind": "identity_at_least", "limit": 2},
            {"kind": "not_blacklisted", "limit": 0},
            {"kind": "overdue_at_most", "limit": 0},
            {"kind": "overdue_long_ago", "limit": 90, "outcome": "refer"},
            {"kind": "debt_to_income_at_most", "limit": 5_000},
            {"kind": "cool_down", "limit": 30},
        ],
        "grades": [
            {"name": "A", "from_points": 380, "income_bp": 30_000, "cap_fen": 5_000_000, "yearly_rate": "0.108"},
            {"name": "B", "from_points": 340, "income_bp": 20_000, "cap_fen": 3_000_000, "yearly_rate": "0.144"},
            {"name": "C", "from_points": 300, "income_bp": 10_000, "cap_fen": 1_000_000, "yearly_rate": "0.18"},
        ],
        "approve_from": 320,
        "step_fen": 10_000,
        "least_fen": 50_000,
    }


def policy(**changed: Any) -> Policy:
    return load_policy(policy_row() | changed)


def applicant(**changed: Fact) -> dict[str, Fact]:
    """Everything is well: 300 + 30 + 40 + 25 = 395 points, grade A."""
    return {
        "age_years": 41,
        "work": "office",
        "debt_ratio": "0.2",
        "identity_level": 2,
        "blacklisted": False,
        "overdue_days": 0,
        "days_since_overdue": None,
        "monthly_income_fen": 800_050,
        "monthly_debt_fen": 160_000,
        "days_since_refusal": None,
        **changed,
    }
