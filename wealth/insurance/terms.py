"""What a version of an insurance product says in its `terms`, read strictly; the arithmetic is wealth.rules.insurance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.columns import MAX_FEN
from core.errors import Invalid
from wealth.catalog.queries import ProductVersion
from wealth.rules.insurance import MOST_PRODUCTION_FEE_FEN, BadTable, Band, require_bands, require_steps

ACCEPT, LOAD, REFER, DECLINE = "accept", "load", "refer", "decline"
DECISIONS = (ACCEPT, LOAD, REFER, DECLINE)
PRO_RATA, SHORT_RATE, CASH_VALUE = "pro_rata", "short_rate", "cash_value"
MOST_COOLING_DAYS = 27
"""Shorter than the shortest month between two premiums."""
MOST_DAYS = 3_650
MOST_PAYMENTS = 480
MONTH_DAYS = 31


@dataclass(frozen=True)
class Choice:
    code: str
    en: str
    zh: str
    decision: str
    load_bp: int


@dataclass(frozen=True)
class Question:
    code: str
    en: str
    zh: str
    answers: tuple[Choice, ...]


@dataclass(frozen=True)
class RefundRule:
    """`steps`: of the short-rate table (days at most, bp kept) or of the cash values (from policy year, bp of the premiums paid)."""

    name: str
    loading_bp: int
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class InsuranceTerms:
    """Days are natural. Cover in fen; `bands`: the premium of each payment by age."""

    least_cover_fen: int
    most_cover_fen: int
    cover_step_fen: int
    bands: tuple[Band, ...]
    payments: int
    every_months: int
    cooling_off_days: int
    kept_fee_fen: int
    grace_days: int
    reinstatement_days: int
    quote_days: int
    refund: RefundRule
    questions: tuple[Question, ...]

    def band(self, age: int) -> Band | None:
        return next((band for band in self.bands if band.from_age <= age < band.below), None)


def bad(name: str, en: str, zh: str) -> Invalid:
    return Invalid(f"terms.{name}", en, zh)


def whole(found: Mapping[str, Any], name: str, least: int, most: int, at: str = "") -> int:
    value = found.get(name)
    if type(value) is not int or not least <= value <= most:
        raise bad(f"{at}{name}", f"A whole number from {least} to {most} belongs here.", f"此处须为 {least} 至 {most} 的整数。")
    return value


def words(found: Mapping[str, Any], name: str, at: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 500:
        raise bad(f"{at}{name}", "Words of 1 to 500 characters belong here.", "此处须为 1 至 500 字的文本。")
    return value


def listed(found: Mapping[str, Any], name: str, at: str = "") -> list[Mapping[str, Any]]:
    value = found.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        raise bad(f"{at}{name}", "A list of entries belongs here.", "此处须为条目列表。")
    return value


def part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    if not isinstance(value, dict):
        raise bad(name, "This part of the terms is missing.", "缺少该部分条款。")
    return value


def read(terms: Mapping[str, Any]) -> InsuranceTerms:
    """Raises Invalid naming the entry that is missing or wrong."""
    known = {
        "cover", "ages", "payments", "every_months", "cooling_off_days", "kept_fee_fen", "grace_days", "reinstatement_days", "quote_days",
        "refund", "questions",
    }  # fmt: skip
    if strange := sorted(set(terms) - known):
        raise bad(strange[0], "Insurance has no such terms.", "保险产品没有该条款。")
    cover = part(terms, "cover")
    least = whole(cover, "least_fen", 1, MAX_FEN, "cover.")
    return InsuranceTerms(
        least_cover_fen=least,
        most_cover_fen=whole(cover, "most_fen", least, MAX_FEN, "cover."),
        cover_step_fen=whole(cover, "step_fen", 1, MAX_FEN, "cover."),
        bands=bands_of(terms),
        payments=whole(terms, "payments", 1, MOST_PAYMENTS),
        every_months=whole(terms, "every_months", 1, 12),
        cooling_off_days=whole(terms, "cooling_off_days", 0, MOST_COOLING_DAYS),
        kept_fee_fen=whole(terms, "kept_fee_fen", 0, MOST_PRODUCTION_FEE_FEN),
        grace_days=whole(terms, "grace_days", 0, MOST_DAYS),
        reinstatement_days=whole(terms, "reinstatement_days", 0, MOST_DAYS),
        quote_days=whole(terms, "quote_days", 1, 90),
        refund=refund_of(part(terms, "refund")),
        questions=questions_of(terms),
    )


def bands_of(terms: Mapping[str, Any]) -> tuple[Band, ...]:
    found = tuple(
        Band(whole(one, "from", 0, 150, "ages."), whole(one, "below", 1, 151, "ages."), whole(one, "rate_bp", 1, 10_000, "ages."))
        for one in listed(terms, "ages")
    )
    try:
        require_bands(found)
    except BadTable as problem:
        raise bad("ages", "Each age band begins where the one before ends.", "年龄段须首尾相接。") from problem
    return found


def refund_of(found: Mapping[str, Any]) -> RefundRule:
    name = found.get("rule")
    if name == PRO_RATA:
        return RefundRule(PRO_RATA, whole(found, "loading_bp", 0, 10_000, "refund."), ())
    if name not in (SHORT_RATE, CASH_VALUE):
        raise bad("refund.rule", "Choose pro_rata, short_rate or cash_value.", "请选择 pro_rata、short_rate 或 cash_value。")
    column = "days" if name == SHORT_RATE else "years"
    steps = tuple(
        (whole(one, column, 0, 36_500, "refund.steps."), whole(one, "bp", 0, 10_000, "refund.steps."))
        for one in listed(found, "steps", "refund.")
    )
    try:
        require_steps(steps)
    except BadTable as problem:
        raise bad("refund.steps", "Steps and their shares go up.", "各档次及比例须递增。") from problem
    return RefundRule(str(name), 0, steps)


def questions_of(terms: Mapping[str, Any]) -> tuple[Question, ...]:
    """A product may ask nothing."""
    if terms.get("questions") == []:
        return ()
    found = tuple(question_of(one) for one in listed(terms, "questions"))
    if len({one.code for one in found}) != len(found):
        raise bad("questions", "Each question has a code of its own.", "每个问题须有唯一代码。")
    return found


def question_of(one: Mapping[str, Any]) -> Question:
    at = "questions."
    answers = tuple(choice_of(answer) for answer in listed(one, "answers", at))
    if len({answer.code for answer in answers}) != len(answers):
        raise bad("questions.answers", "Each answer has a code of its own.", "每个选项须有唯一代码。")
    return Question(words(one, "code", at), words(one, "en", at), words(one, "zh", at), answers)


def choice_of(one: Mapping[str, Any]) -> Choice:
    at, decision = "questions.answers.", one.get("decision")
    if decision not in DECISIONS:
        raise bad(f"{at}decision", "An answer is accepted, loaded, referred or declined.", "选项结论须为 accept、load、refer 或 decline。")
    load_bp = whole(one, "bp", 1, 50_000, at) if decision == LOAD else 0
    return Choice(words(one, "code", at), words(one, "en", at), words(one, "zh", at), str(decision), load_bp)


def of(version: ProductVersion) -> InsuranceTerms:
    return read(version.terms)


def decided(terms: InsuranceTerms, answers: Mapping[str, str]) -> tuple[str, int]:
    """What the rules of the product make of the answers: the hardest decision, and all loads together. Raises Invalid for a question left
    open, an answer or a question there is none of."""
    if strange := sorted(set(answers) - {question.code for question in terms.questions}):
        raise Invalid(f"answers.{strange[0]}", "Nobody asked this.", "没有该问题。")
    chosen = [choice_for(question, answers.get(question.code)) for question in terms.questions]
    hardest = max((DECISIONS.index(one.decision) for one in chosen), default=0)
    return DECISIONS[hardest], sum(one.load_bp for one in chosen)


def choice_for(question: Question, answer: str | None) -> Choice:
    found = next((one for one in question.answers if one.code == answer), None)
    if found is None:
        codes: Sequence[str] = [one.code for one in question.answers]
        raise Invalid(f"answers.{question.code}", f"Answer with one of: {', '.join(codes)}.", f"请从以下选项中选择:{'、'.join(codes)}。")
    return found
