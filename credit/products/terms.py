"""What a version of a credit product says in its `terms`, read strictly; the arithmetic is credit.engine.

Rates are whole parts per million: 240000 is 24 %, 150 is 0.015 %. Prices of `grades` are a year; of `instalments` they are fees of the
first principal, each period (`per_period`) or in all (`total`). A product has one of the two: interest by grade, or fees by number of
periods (what Huabei and Baitiao show), never both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.columns import MAX_FEN
from core.errors import Invalid
from core.money import Rounding
from credit.engine.accrue import PenaltyBase
from credit.engine.allocate import Bucket, Component, Step
from credit.engine.day_count import DayCount
from credit.engine.delinquency import Scheme
from credit.engine.money import yuan
from credit.engine.paying import Prepay
from credit.engine.terms import FeeBasis, Fees, FeeTiming, Method, Terms
from credit.products.models import CreditProductVersion
from credit.products.reading import Part

MILLION = 1_000_000
MOST_PERIODS = 360
STATEMENT, ORDER = "statement", "order"
STEPS = {f"{bucket}_{component}": (bucket, component) for bucket in Bucket for component in Component}
STRATEGIES = {"fewer": Prepay.FEWER, "smaller": Prepay.SMALLER, "skip": Prepay.SKIP}
KNOWN = frozenset(
    {
        "method", "day_count", "rounding", "multiple_fen", "grades", "instalments", "cycle", "grace_days", "penalty", "minimum",
        "waterfall", "early", "classification", "line",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Grade:
    """The price of everybody whom a decision gave `code`: `rate_ppm` a year."""

    code: str
    rate_ppm: int


@dataclass(frozen=True)
class Choice:
    """A number of periods that is offered, and the fee of it."""

    periods: int
    fee_ppm: int
    basis: FeeBasis
    timing: FeeTiming


@dataclass(frozen=True)
class Cycle:
    """STATEMENT: everything of a month is due `due_after` days after its statement day. ORDER: each plan has its own due days, a month
    apart from its start; the two numbers are 0."""

    mode: str
    statement_day: int
    due_after: int


@dataclass(frozen=True)
class Penalty:
    """`daily_ppm` of the `base`, a day; never more in all than `cap_ppm` of it."""

    daily_ppm: int
    base: PenaltyBase
    cap_ppm: int


@dataclass(frozen=True)
class Minimum:
    """Of a statement: `principal_ppm` of purchases and all else that is due, `floor_fen` at least."""

    principal_ppm: int
    floor_fen: int


@dataclass(frozen=True)
class Early:
    """Paying ahead: what the customer may choose it to do, and what is asked for it of the principal paid ahead (0: nothing)."""

    strategies: tuple[Prepay, ...]
    fee_ppm: int


@dataclass(frozen=True)
class LineRules:
    """A line of this product: never above `most_fen`; looked at again after `review_days`; after a refusal nobody applies for
    `cool_down_days`; a temporary limit lasts `temporary_days` at most."""

    most_fen: int
    review_days: int
    cool_down_days: int
    temporary_days: int


@dataclass(frozen=True)
class CreditTerms:
    """`multiple_fen`: what an instalment is a multiple of. `waterfall`: what a payment is for, first to last."""

    method: Method
    day_count: DayCount
    rounding: Rounding
    multiple_fen: int
    grades: tuple[Grade, ...]
    instalments: tuple[Choice, ...]
    cycle: Cycle
    grace_days: int
    penalty: Penalty
    minimum: Minimum
    waterfall: tuple[Step, ...]
    early: Early
    classification: Scheme
    line: LineRules

    def choice(self, periods: int) -> Choice | None:
        return next((one for one in self.instalments if one.periods == periods), None)

    def grade(self, code: str) -> Grade | None:
        return next((one for one in self.grades if one.code == code), None)

    def plan(self, choice: Choice, *, rate_ppm: int, starts_on: date, due_on: tuple[date, ...] = ()) -> Terms:
        """What the engine makes a schedule of."""
        fees = Fees(per_million(choice.fee_ppm), choice.basis, choice.timing) if choice.fee_ppm else None
        return Terms(
            method=self.method,
            rate=per_million(rate_ppm),
            periods=choice.periods,
            starts_on=starts_on,
            day_count=self.day_count,
            rounding=self.rounding,
            multiple_of=yuan(self.multiple_fen),
            fees=fees,
            due_on=due_on,
        )


def per_million(ppm: int) -> Decimal:
    return Decimal(ppm) / MILLION


def read(terms: Mapping[str, Any]) -> CreditTerms:
    """Raises Invalid naming the entry that is missing or wrong."""
    whole = Part.of("terms", terms, KNOWN)
    found = CreditTerms(
        method=Method(whole.choice("method", [one.value for one in Method])),
        day_count=DayCount(whole.choice("day_count", [one.value for one in DayCount])),
        rounding=Rounding(whole.choice("rounding", [one.value for one in Rounding])),
        multiple_fen=whole.whole("multiple_fen", 1, 1_000_000, default=1),
        grades=whole.listed("grades", {"code", "rate_ppm"}, grade_of, least=0),
        instalments=whole.listed("instalments", {"periods", "fee_ppm", "basis", "timing"}, choice_of),
        cycle=cycle_of(whole),
        grace_days=whole.whole("grace_days", 0, 30, default=0),
        penalty=penalty_of(whole.part("penalty", {"daily_ppm", "base", "cap_ppm"})),
        minimum=minimum_of(whole.part("minimum", {"principal_ppm", "floor_fen"})),
        waterfall=tuple(STEPS[one] for one in whole.picked("waterfall", STEPS)),
        early=early_of(whole.part("early", {"strategies", "fee_ppm"})),
        classification=Scheme(whole.choice("classification", [one.value for one in Scheme])),
        line=line_of(whole.part("line", {"most_fen", "review_days", "cool_down_days", "temporary_days"})),
    )
    refuse_unclear(found)
    return found


def refuse_unclear(terms: CreditTerms) -> None:
    """Raises Invalid where entries contradict each other."""
    periods = [one.periods for one in terms.instalments]
    if len(set(periods)) != len(periods):
        raise Invalid("terms.instalments", "Offer each number of periods once.", "每个期数只能出现一次。")
    if len({one.code for one in terms.grades}) != len(terms.grades):
        raise Invalid("terms.grades", "Give each grade one price.", "每个等级只能有一个价格。")
    if terms.grades and any(one.fee_ppm for one in terms.instalments):
        raise Invalid("terms.instalments", "Ask interest by grade or fees by periods, not both.", "按等级计息与按期收费只能选择一种。")
    missing = [name for name, step in STEPS.items() if step not in terms.waterfall]
    if missing:
        raise Invalid("terms.waterfall", f"Say when these are paid too: {', '.join(missing)}.", f"缺少以下还款顺序:{'、'.join(missing)}。")


def grade_of(one: Part) -> Grade:
    return Grade(one.words("code"), one.whole("rate_ppm", 0, MILLION))


def choice_of(one: Part) -> Choice:
    return Choice(
        periods=one.whole("periods", 1, MOST_PERIODS),
        fee_ppm=one.whole("fee_ppm", 0, MILLION, default=0),
        basis=FeeBasis(one.choice("basis", [each.value for each in FeeBasis], default=FeeBasis.PER_PERIOD.value)),
        timing=FeeTiming(one.choice("timing", [each.value for each in FeeTiming], default=FeeTiming.EACH.value)),
    )


def cycle_of(whole: Part) -> Cycle:
    found = whole.part("cycle", {"mode", "statement_day", "due_after"})
    if found.choice("mode", (STATEMENT, ORDER)) == ORDER:
        if found.has("statement_day") or found.has("due_after"):
            raise Invalid("terms.cycle", "Orders have due days of their own: give no statement day.", "按订单还款时无需设置账单日。")
        return Cycle(ORDER, 0, 0)
    return Cycle(STATEMENT, found.whole("statement_day", 1, 28), found.whole("due_after", 1, 27))


def penalty_of(found: Part) -> Penalty:
    base = PenaltyBase(found.choice("base", [one.value for one in PenaltyBase]))
    return Penalty(found.whole("daily_ppm", 0, 10_000), base, found.whole("cap_ppm", 0, MILLION, default=MILLION))


def minimum_of(found: Part) -> Minimum:
    return Minimum(found.whole("principal_ppm", 1, MILLION), found.whole("floor_fen", 0, 1_000_000))


def early_of(found: Part) -> Early:
    ways = tuple(STRATEGIES[one] for one in found.picked("strategies", STRATEGIES))
    return Early(ways, found.whole("fee_ppm", 0, 100_000, default=0))


def line_of(found: Part) -> LineRules:
    return LineRules(
        most_fen=found.whole("most_fen", 1, MAX_FEN),
        review_days=found.whole("review_days", 1, 3_650),
        cool_down_days=found.whole("cool_down_days", 0, 3_650),
        temporary_days=found.whole("temporary_days", 1, 365, default=90),
    )


def of(version: CreditProductVersion) -> CreditTerms:
    return read(version.terms)
