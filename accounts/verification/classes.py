"""The account class as a pure function of the checks passed.

Source: People's Bank of China notice 2015 no. 43 (administration of network payment business of non-bank payment institutions),
article 11: class I one external check without meeting the person, class II three, class III five, through legal and safe
external channels, each counted once.
"""

from dataclasses import dataclass
from datetime import datetime

REAL_NAME = "real_name"


@dataclass(frozen=True)
class Check:
    """One check passed: its kind, and who vouches (`source`: two cards at one bank are one source)."""

    kind: str
    source: str
    passed_at: datetime


@dataclass(frozen=True)
class Rule:
    """What a class asks for: independent checks, the least age in years, and where the rule is written."""

    checks: int
    least_age: int
    source: str


def independent(checks: list[Check]) -> int:
    """How many distinct sources vouch."""
    return len({(check.kind, check.source) for check in checks})


def class_of(checks: list[Check], rules: dict[int, Rule]) -> int:
    """0 without a proven name; else the highest class whose number of independent checks is reached."""
    if not any(check.kind == REAL_NAME for check in checks):
        return 0
    passed = independent(checks)
    return max((number for number, rule in rules.items() if passed >= rule.checks), default=0)
