"""What an application comes to: rules, then points, then grade, limit and price. Pure, and the same again on what it stored: a challenger
is the same function with another scorecard or policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from credit.scoring.facts import Facts, Reason, stored, whole
from credit.scoring.rules import BP, BadRule, Kind, Outcome, Rule, broken, needed, yuan
from credit.scoring.scorecard import Scorecard, score

INCOME = "monthly_income_fen"


class Result(StrEnum):
    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"


class BadPolicy(ValueError):
    """A policy that leaves an applicant without an answer; `field` is where, for example `grades[1].from_points`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True)
class Grade:
    """Who has `from_points` or more may owe `income_bp` basis points of a month's income (20,000: two months'), `cap_fen` at most, at
    `yearly_rate` (0.18 is 18 % a year)."""

    name: str
    from_points: int
    income_bp: int
    cap_fen: int
    yearly_rate: Decimal


@dataclass(frozen=True)
class Policy:
    """`grades`: from the best down; below the last one's points nobody is lent to, and below `approve_from` a person looks first. A limit
    is a whole number of `step_fen`; one below `least_fen` is not worth a line. Raises BadPolicy."""

    name: str
    version: int
    rules: tuple[Rule, ...]
    grades: tuple[Grade, ...]
    approve_from: int
    step_fen: int
    least_fen: int

    def __post_init__(self) -> None:
        if not self.grades:
            raise BadPolicy("grades", "at least one")
        for place, grade in enumerate(self.grades):
            require_grade(grade, f"grades[{place}]")
        for place, (above, below) in enumerate(pairwise(self.grades), start=1):
            if below.from_points >= above.from_points:
                raise BadPolicy(f"grades[{place}].from_points", "each begins below the one before")
        for name in ("version", "approve_from", "step_fen", "least_fen"):
            require_whole(name, getattr(self, name))
        if len({grade.name for grade in self.grades}) < len(self.grades):
            raise BadPolicy("grades", "each has its own name")
        if self.step_fen < 1:
            raise BadPolicy("step_fen", "above nought")
        if self.least_fen < self.step_fen:
            raise BadPolicy("least_fen", "one step or more")
        if self.approve_from < self.grades[-1].from_points:
            raise BadPolicy("approve_from", "where the last grade begins, or above")


def require_whole(field: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadPolicy(field, f"a whole number, not {value!r}")


def require_grade(grade: Grade, where: str) -> None:
    if not grade.name:
        raise BadPolicy(f"{where}.name", "a name")
    require_whole(f"{where}.from_points", grade.from_points)
    for name, value in (("income_bp", grade.income_bp), ("cap_fen", grade.cap_fen)):
        require_whole(f"{where}.{name}", value)
        if value < 1:
            raise BadPolicy(f"{where}.{name}", "above nought")
    if not isinstance(grade.yearly_rate, Decimal) or grade.yearly_rate.is_nan() or not 0 <= grade.yearly_rate < 1:
        raise BadPolicy(f"{where}.yearly_rate", "a Decimal from 0 to below 1")


@dataclass(frozen=True)
class Decision:
    """`points` is None where a rule declined before anything was scored; `grade`, `limit_fen` and `yearly_rate` are None where nothing is
    offered, and what a reviewer may grant where the result is to refer. `inputs`: what it was made from, as JSON keeps it."""

    result: Result
    grade: str | None
    limit_fen: int | None
    yearly_rate: Decimal | None
    reasons: tuple[Reason, ...]
    points: int | None
    inputs: Mapping[str, int | str | bool | None]
    policy: tuple[str, int]
    scorecard: tuple[str, int]


def inputs_needed(policy: Policy, card: Scorecard) -> tuple[str, ...]:
    """The names of all facts that `decide` may ask for."""
    return tuple(dict.fromkeys((*needed(policy.rules), INCOME, *card.facts)))


def decide(policy: Policy, card: Scorecard, facts: Facts) -> Decision:
    """A rule that declines ends it, with each rule that was not kept as a reason; otherwise the points do, with what cost most as reasons.
    Raises BadFact for a fact that is not there or not of its kind."""
    inputs = stored(facts, inputs_needed(policy, card))
    versions = ((policy.name, policy.version), (card.name, card.version))
    found = broken(policy.rules, inputs)
    reasons = tuple(one.reason for one in found)
    if any(one.rule.outcome == Outcome.DECLINE for one in found):
        return Decision(Result.DECLINE, None, None, None, reasons, None, inputs, *versions)
    scored = score(card, inputs)
    reasons += scored.reasons
    grade = grade_of(policy, scored.points)
    if grade is None:
        return Decision(Result.DECLINE, None, None, None, reasons or (too_few(),), scored.points, inputs, *versions)
    income = whole(inputs, INCOME)
    limit = 0 if income is None else limit_fen(policy, grade, income)
    if income is not None and limit < policy.least_fen:
        small = (too_small(policy), *reasons)
        return Decision(Result.DECLINE, None, None, None, small, scored.points, inputs, *versions)
    if income is None:
        reasons = (no_income(), *reasons)
    sure = not found and income is not None and scored.points >= policy.approve_from
    return Decision(
        result=Result.APPROVE if sure else Result.REFER,
        grade=grade.name,
        limit_fen=limit or None,
        yearly_rate=grade.yearly_rate,
        reasons=reasons,
        points=scored.points,
        inputs=inputs,
        policy=versions[0],
        scorecard=versions[1],
    )


def grade_of(policy: Policy, points: int) -> Grade | None:
    return next((grade for grade in policy.grades if points >= grade.from_points), None)


def limit_fen(policy: Policy, grade: Grade, income_fen: int) -> int:
    """The grade's part of a month's income, its cap at most, down to a whole step."""
    most = min(income_fen * grade.income_bp // BP, grade.cap_fen)
    return max(most, 0) // policy.step_fen * policy.step_fen


def too_few() -> Reason:
    """For a policy that asks for more than its scorecard can give."""
    return Reason("score.too_low", "Your score is too low.", "综合评分不足。")


def too_small(policy: Policy) -> Reason:
    return Reason(
        "limit.too_small",
        f"Your income allows a line below the smallest one of {yuan(policy.least_fen)} yuan.",
        f"按您的收入核定的额度低于最低额度 {yuan(policy.least_fen)} 元。",
        "Show all your income, other sources too.",
        "请补充全部收入证明,包括其他收入来源。",
    )


def no_income() -> Reason:
    return Reason(
        f"unknown.{INCOME}",
        "We do not know your monthly income.",
        "缺少信息:月收入。",
        "Tell us your monthly income.",
        "请补充:月收入。",
    )


def load_policy(row: Mapping[str, Any]) -> Policy:
    """A policy from decoded JSON, a rate as the text of its decimal. Raises BadPolicy, or BadRule for a rule."""
    try:
        rules = tuple(Rule(Kind(one["kind"]), one["limit"], Outcome(one.get("outcome", Outcome.DECLINE))) for one in row["rules"])
        grades = tuple(Grade(**{**one, "yearly_rate": rate_of(one["yearly_rate"])}) for one in row["grades"])
        return Policy(**{**row, "rules": rules, "grades": grades})
    except (BadPolicy, BadRule):
        raise
    except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
        raise BadPolicy("policy", f"cannot be read: {fault!r}") from fault


def rate_of(value: object) -> Decimal:
    if not isinstance(value, str):
        raise TypeError(f"a rate is the text of a decimal, not {value!r}")
    return Decimal(value)


def dump_policy(policy: Policy) -> dict[str, Any]:
    """What `load_policy` reads, as JSON keeps it."""
    return {
        "name": policy.name,
        "version": policy.version,
        "rules": [{"kind": str(rule.kind), "limit": rule.limit, "outcome": str(rule.outcome)} for rule in policy.rules],
        "grades": [{**vars(grade), "yearly_rate": format(grade.yearly_rate, "f")} for grade in policy.grades],
        "approve_from": policy.approve_from,
        "step_fen": policy.step_fen,
        "least_fen": policy.least_fen,
    }
