"""The four elements of a product in words, as a person asks for them before buying."""

from wealth.catalog.models import ProductVersion, ProductYield
from wealth.catalog.sockets import Told
from wealth.catalog.states import Carry, Risk, YieldKind

SAFETY = {
    Risk.R1: Told("R1: hardly any risk", "R1 低风险"),
    Risk.R2: Told("R2: little risk", "R2 中低风险"),
    Risk.R3: Told("R3: some risk", "R3 中风险"),
    Risk.R4: Told("R4: much risk", "R4 中高风险"),
    Risk.R5: Told("R5: a loss of most of it is possible", "R5 高风险"),
}
PROTECTED = Told("principal protected by contract", "本金保障")
UNPROTECTED = Told("principal not protected", "不保本")


def percent(rate_bp: int) -> str:
    """450 -> 4.50 %."""
    return f"{rate_bp / 100:.2f} %"


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}"


def safety(version: ProductVersion) -> Told:
    level, kept = SAFETY[Risk(version.risk)], PROTECTED if version.principal_protected else UNPROTECTED
    return Told(f"{level.en}, {kept.en}", f"{level.zh},{kept.zh}")


def yields(version: ProductVersion, measured: ProductYield | None) -> Told:
    match version.yield_kind:
        case YieldKind.FIXED:
            rate = percent(version.yield_low_bp or 0)
            return Told(f"{rate} a year, fixed", f"年化 {rate}(固定)")
        case YieldKind.RANGE:
            low, high = percent(version.yield_low_bp or 0), percent(version.yield_high_bp or 0)
            return Told(f"{low} to {high} a year, not promised", f"年化 {low} 至 {high}(不承诺)")
        case YieldKind.NONE:
            return Told("pays no yield", "无收益")
    carried = version.carry == Carry.DAILY
    added = Told("income is added daily", "收益按日结转") if carried else Told("income is added monthly", "收益按月结转")
    if measured is None or measured.seven_day_percent is None:
        return Told(f"seven-day yield not known yet; {added.en}", f"七日年化暂无;{added.zh}")
    figure, day = f"{measured.seven_day_percent} %", measured.as_of.isoformat()
    return Told(f"seven-day yield {figure} as of {day}; {added.en}", f"七日年化 {figure}({day});{added.zh}")


def liquidity(version: ProductVersion) -> Told:
    if version.locked:
        moved = Told(", may be sold to another customer", ",可转让") if version.transferable else Told("", "")
        return Told(f"locked to the end of its term{moved.en}", f"到期前锁定{moved.zh}")
    ordinary = Told(f"money on T+{version.redeem_days}", f"T+{version.redeem_days} 到账")
    if not version.t0_cap_fen:
        return ordinary
    cap = yuan(version.t0_cap_fen)
    return Told(f"{cap} yuan a day at once, above it {ordinary.en}", f"每日 {cap} 元内实时到账,超出部分 {ordinary.zh}")


def term(version: ProductVersion) -> Told:
    if version.term_days is None:
        return Told("open: as long as you like", "无固定期限")
    return Told(f"{version.term_days} days", f"{version.term_days} 天")
