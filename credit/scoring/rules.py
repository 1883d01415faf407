"""What refuses an application before anything is scored. Pure: a policy names the rules it wants and their limits as data.

Facts: `age_years`, `identity_level`, `monthly_income_fen`, `monthly_debt_fen` (what other debts cost a month), `overdue_days` (now, 0 for
none), `days_since_overdue` and `days_since_refusal` (None for never), `blacklisted`. A fact that is needed and not known refuses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credit.scoring.facts import Facts, Reason, whole, yes

BP = 10_000


class Kind(StrEnum):
    AGE_AT_LEAST = "age_at_least"
    AGE_AT_MOST = "age_at_most"
    IDENTITY_AT_LEAST = "identity_at_least"
    NOT_BLACKLISTED = "not_blacklisted"
    OVERDUE_AT_MOST = "overdue_at_most"
    OVERDUE_LONG_AGO = "overdue_long_ago"
    INCOME_AT_LEAST = "income_at_least"
    DEBT_TO_INCOME_AT_MOST = "debt_to_income_at_most"
    COOL_DOWN = "cool_down"


class Outcome(StrEnum):
    REFER = "refer"
    DECLINE = "decline"


class BadRule(ValueError):
    """A limit that its kind of rule cannot have; `field` names the rule."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True)
class Rule:
    """`limit`: years, a level, fen, days, or basis points of the income, as the kind says; 0 for the blacklist."""

    kind: Kind
    limit: int
    outcome: Outcome = Outcome.DECLINE

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 0:
            raise BadRule(self.kind, f"a limit of nought or more, not {self.limit!r}")


@dataclass(frozen=True)
class Broken:
    rule: Rule
    reason: Reason


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}" if fen % 100 else f"{fen // 100:,}"


def percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %"


def age_at_least(limit: int, facts: Facts) -> Reason | None:
    age = whole(facts, "age_years")
    if age is None:
        return unknown("age_years", "your age", "年龄")
    if age >= limit:
        return None
    return Reason("rule.too_young", f"Applicants are at least {limit} years old.", f"申请人须年满 {limit} 周岁。")


def age_at_most(limit: int, facts: Facts) -> Reason | None:
    age = whole(facts, "age_years")
    if age is None:
        return unknown("age_years", "your age", "年龄")
    if age <= limit:
        return None
    return Reason("rule.too_old", f"Applicants are at most {limit} years old.", f"申请人年龄不得超过 {limit} 周岁。")


def identity_at_least(limit: int, facts: Facts) -> Reason | None:
    level = whole(facts, "identity_level")
    if level is not None and level >= limit:
        return None
    return Reason(
        "rule.identity",
        "Your identity is not verified far enough.",
        "身份认证等级不足。",
        "Complete the identity check, then apply again.",
        "请完成实名认证后重新申请。",
    )


def not_blacklisted(limit: int, facts: Facts) -> Reason | None:
    """Says no more than that we cannot lend: what is on a list is not told to who is on it."""
    del limit
    if not yes(facts, "blacklisted"):
        return None
    return Reason(
        "rule.blacklisted",
        "We cannot offer you credit.",
        "暂无法为您提供信贷服务。",
        "Ask customer service if you believe this is a mistake.",
        "如有异议,请联系客服。",
    )


def overdue_at_most(limit: int, facts: Facts) -> Reason | None:
    days = whole(facts, "overdue_days")
    if days is None:
        return unknown("overdue_days", "what you owe now", "当前欠款情况")
    if days <= limit:
        return None
    return Reason(
        "rule.overdue_now",
        f"A payment is {days} days overdue.",
        f"您有逾期 {days} 天的未还款项。",
        "Pay what is overdue, then apply again.",
        "请先还清逾期款项后重新申请。",
    )


def overdue_long_ago(limit: int, facts: Facts) -> Reason | None:
    """The last overdue day lies more than `limit` days back."""
    days = whole(facts, "days_since_overdue")
    if days is None or days > limit:
        return None
    return Reason(
        "rule.overdue_lately",
        f"A payment was overdue in the last {limit} days.",
        f"最近 {limit} 天内有逾期记录。",
        f"Pay on time for another {limit - days + 1} days, then apply again.",
        f"请继续按时还款 {limit - days + 1} 天后重新申请。",
    )


def income_at_least(limit: int, facts: Facts) -> Reason | None:
    income = whole(facts, "monthly_income_fen")
    if income is None:
        return unknown("monthly_income_fen", "your monthly income", "月收入")
    if income >= limit:
        return None
    return Reason(
        "rule.income",
        f"A monthly income of at least {yuan(limit)} yuan is needed.",
        f"月收入须不低于 {yuan(limit)} 元。",
        "Show all your income, other sources too.",
        "请补充全部收入证明,包括其他收入来源。",
    )


def debt_to_income_at_most(limit: int, facts: Facts) -> Reason | None:
    """Debts of nobody with an income of nought are above any limit, unless there are none."""
    income, debt = whole(facts, "monthly_income_fen"), whole(facts, "monthly_debt_fen")
    if income is None:
        return unknown("monthly_income_fen", "your monthly income", "月收入")
    if debt is None:
        return unknown("monthly_debt_fen", "what your debts cost a month", "每月还款额")
    over = debt * BP - limit * income
    if over <= 0:
        return None
    return Reason(
        "rule.debt_to_income",
        f"Your debts take more than {percent(limit)} of your income.",
        f"您的每月还款额超过月收入的 {percent(limit)}。",
        f"Bring what they cost down by {yuan(-(-over // BP))} yuan a month.",
        f"请将每月还款额降低 {yuan(-(-over // BP))} 元。",
    )


def cool_down(limit: int, facts: Facts) -> Reason | None:
    """A refusal counts for `limit` days: on the day that many after it one may apply again."""
    days = whole(facts, "days_since_refusal")
    if days is None or days >= limit:
        return None
    return Reason(
        "rule.cool_down",
        f"You were refused less than {limit} days ago.",
        f"距上次申请被拒不足 {limit} 天。",
        f"Apply again in {limit - days} days.",
        f"请于 {limit - days} 天后再次申请。",
    )


def unknown(name: str, en: str, zh: str) -> Reason:
    return Reason(f"unknown.{name}", f"We do not know {en}.", f"缺少信息:{zh}。", f"Tell us {en}.", f"请补充:{zh}。")


CHECKS: dict[Kind, Callable[[int, Facts], Reason | None]] = {
    Kind.AGE_AT_LEAST: age_at_least,
    Kind.AGE_AT_MOST: age_at_most,
    Kind.IDENTITY_AT_LEAST: identity_at_least,
    Kind.NOT_BLACKLISTED: not_blacklisted,
    Kind.OVERDUE_AT_MOST: overdue_at_most,
    Kind.OVERDUE_LONG_AGO: overdue_long_ago,
    Kind.INCOME_AT_LEAST: income_at_least,
    Kind.DEBT_TO_INCOME_AT_MOST: debt_to_income_at_most,
    Kind.COOL_DOWN: cool_down,
}
NEEDS: dict[Kind, tuple[str, ...]] = {
    Kind.AGE_AT_LEAST: ("age_years",),
    Kind.AGE_AT_MOST: ("age_years",),
    Kind.IDENTITY_AT_LEAST: ("identity_level",),
    Kind.NOT_BLACKLISTED: ("blacklisted",),
    Kind.OVERDUE_AT_MOST: ("overdue_days",),
    Kind.OVERDUE_LONG_AGO: ("days_since_overdue",),
    Kind.INCOME_AT_LEAST: ("monthly_income_fen",),
    Kind.DEBT_TO_INCOME_AT_MOST: ("monthly_income_fen", "monthly_debt_fen"),
    Kind.COOL_DOWN: ("days_since_refusal",),
}


def broken(rules: Sequence[Rule], facts: Facts) -> list[Broken]:
    """Every rule that is not kept, in the rules' order. Raises BadFact."""
    found = ((rule, CHECKS[rule.kind](rule.limit, facts)) for rule in rules)
    return [Broken(rule, reason) for rule, reason in found if reason is not None]


def needed(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The names of the facts these rules ask for."""
    return tuple(dict.fromkeys(name for rule in rules for name in NEEDS[rule.kind]))
