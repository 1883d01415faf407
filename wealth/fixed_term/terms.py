"""What a version of a fixed-term product says: its `terms`, read and judged, and what a lot bought under it is promised.

`tiers`: [{"at_least": fen, "below": fen or null, "rate_bp": n}, ...], half-open, following each other, the last without end.
`term_months` and `compounding_months`: the term in months, and how often interest joins the principal (null: never). `demand_rate_bp`: what
a part that leaves early earns. `minimum_rest_fen`: what must stay when a part leaves early. `early_exit`: whether one may.
`instructions`: what customers may choose for the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.business_day import queries as business_days
from core.columns import MAX_FEN
from core.errors import Invalid
from core.money import Rounding
from wealth.catalog.queries import ProductVersion
from wealth.catalog.states import RoundingChoice, YieldKind
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.states import Instruction
from wealth.rules.fixed import BadTiers, DayCount, Deposit, NoTier, Tier, ends_on, rate_for, require_contiguous

NAMES = {"tiers", "term_months", "compounding_months", "demand_rate_bp", "minimum_rest_fen", "early_exit", "instructions"}
MOST_RATE_BP = 5_000
MOST_MONTHS = 600
BP = 10_000
ROUNDINGS: Mapping[str, Rounding] = {
    RoundingChoice.DOWN: Rounding.DOWN,
    RoundingChoice.HALF_UP: Rounding.HALF_UP,
    RoundingChoice.HALF_EVEN: Rounding.HALF_EVEN,
}


@dataclass(frozen=True)
class Terms:
    tiers: Sequence[Tier]
    term_months: int | None
    compounding_months: int | None
    demand_rate_bp: int
    minimum_rest_fen: int
    early_exit: bool
    instructions: Sequence[str]


def terms_of(version: ProductVersion) -> Terms:
    """The terms of a version that was judged when it was drafted."""
    said = version.terms
    return Terms(
        tiers=[Tier(one["at_least"], one["below"], one["rate_bp"]) for one in said["tiers"]],
        term_months=said.get("term_months"),
        compounding_months=said.get("compounding_months"),
        demand_rate_bp=said["demand_rate_bp"],
        minimum_rest_fen=said["minimum_rest_fen"],
        early_exit=said["early_exit"],
        instructions=said["instructions"],
    )


def rate_bp(version: ProductVersion, principal_fen: int) -> int | None:
    """The rate of the tier a principal falls into; None below the first."""
    try:
        return rate_for(terms_of(version).tiers, principal_fen)
    except NoTier:
        return None


def deposit_of(version: ProductVersion, *, rate: int, starts_on: date) -> Deposit:
    """What money put away now is promised."""
    terms = terms_of(version)
    assert version.term_days is not None
    return Deposit(
        rate_bp=rate,
        starts_on=starts_on,
        ends_on=ends_on(starts_on=starts_on, term_days=version.term_days, months=terms.term_months),
        basis=DayCount(version.day_count),
        rounding=ROUNDINGS[version.rounding],
        months=terms.term_months,
        every_months=terms.compounding_months,
    )


def promised(lot: FixedHolding) -> Deposit:
    """What a lot was promised, whatever its product says now."""
    return Deposit(
        rate_bp=lot.rate_bp,
        starts_on=lot.starts_on,
        ends_on=lot.ends_on,
        basis=DayCount(lot.day_count),
        rounding=ROUNDINGS[lot.rounding],
        months=lot.term_months,
        every_months=lot.compounding_months,
    )


def paid_on(exchange: str, day: date) -> date:
    """The first trading day from `day` on; `day` itself where the calendar does not reach it."""
    found = business_days.trading_days_from(day, 1, exchange=exchange)
    return found[0] if found else day


def fee_fen(version: ProductVersion, amount_fen: int) -> int:
    return amount_fen * version.buy_fee_bp // BP


def refuse(version: ProductVersion) -> None:
    """Raises Invalid for terms and columns that could not be kept."""
    said = version.terms
    missing = NAMES - {"term_months", "compounding_months"} - set(said)
    if missing or set(said) - NAMES:
        raise Invalid("terms", f"A fixed term says {', '.join(sorted(NAMES))}.", f"定期产品条款须包含:{'、'.join(sorted(NAMES))}。")
    refuse_tiers(said["tiers"])
    refuse_term(version, said)
    refuse_leaving(version, said)
    terms = terms_of(version)
    rates = [tier.rate_bp for tier in terms.tiers]
    shown = (version.yield_kind, version.yield_low_bp, version.yield_high_bp)
    flat = min(rates) == max(rates)
    if shown != (YieldKind.FIXED if flat else YieldKind.RANGE, min(rates), max(rates)):
        raise Invalid("yield_kind", "The yield shown is fixed, or the range, of the tiers' rates.", "展示收益须与阶梯利率一致。")
    if terms.demand_rate_bp > min(rates):
        raise Invalid("terms", "The demand rate is not above any tier's.", "活期利率不得高于阶梯利率。")
    least = version.minimum_fen - fee_fen(version, version.minimum_fen)
    if terms.tiers[0].at_least > least:
        raise Invalid("terms", "The first tier begins at what can be bought.", "首个阶梯须覆盖起购金额。")


def refuse_tiers(said: Any) -> None:
    wrong = Invalid(
        "terms",
        "Tiers are at_least, below and rate_bp, half-open in fen, without gap or overlap, the last without end.",
        "阶梯须为左闭右开、首尾相接的金额区间,最后一档不设上限。",
    )
    if not isinstance(said, list) or not said:
        raise wrong
    for one in said:
        if not isinstance(one, Mapping) or set(one) != {"at_least", "below", "rate_bp"}:
            raise wrong
        if not whole(one["at_least"], 0, MAX_FEN) or not whole(one["rate_bp"], 0, MOST_RATE_BP):
            raise wrong
        if one["below"] is not None and not whole(one["below"], 1, MAX_FEN):
            raise wrong
    try:
        require_contiguous([Tier(one["at_least"], one["below"], one["rate_bp"]) for one in said])
    except BadTiers as problem:
        raise wrong from problem


def refuse_term(version: ProductVersion, said: Mapping[str, Any]) -> None:
    months, every = said.get("term_months"), said.get("compounding_months")
    if version.term_days is None:
        raise Invalid("term_days", "A fixed term has a term.", "定期产品须设置期限。")
    if months is not None and not (whole(months, 1, MOST_MONTHS) and 28 * months <= version.term_days <= 31 * months):
        raise Invalid("terms", "term_months is the term in months, as term_days says it in days.", "期限月数须与期限天数相符。")
    if every is not None and not (months is not None and whole(every, 1, months)):
        raise Invalid("terms", "compounding_months needs term_months, and is at most that.", "复利周期须配合期限月数,且不超过期限。")


def refuse_leaving(version: ProductVersion, said: Mapping[str, Any]) -> None:
    if not whole(said["demand_rate_bp"], 0, MOST_RATE_BP) or not whole(said["minimum_rest_fen"], 0, MAX_FEN):
        raise Invalid("terms", "demand_rate_bp and minimum_rest_fen are whole numbers.", "活期利率与最低保留金额须为整数。")
    if not isinstance(said["early_exit"], bool) or version.locked == said["early_exit"]:
        raise Invalid("locked", "It is locked exactly when early_exit is false.", "“锁定”须与是否允许提前支取一致。")
    if version.t0_cap_fen:
        raise Invalid("t0_cap_fen", "A fixed term pays nothing out at once.", "定期产品不支持快速赎回。")
    chosen = said["instructions"]
    if not isinstance(chosen, list) or Instruction.PAY_OUT not in chosen or not set(chosen) <= set(Instruction.values):
        raise Invalid("terms", "instructions are pay_out, and perhaps roll_principal, roll_all.", "到期方式须包含到期转出,可另含续存选项。")


def whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
