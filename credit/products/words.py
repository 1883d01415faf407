"""The price of a credit product, being late and paying ahead, in words (English, Chinese)."""

from datetime import date
from decimal import Decimal

from credit.engine.paying import Prepay
from credit.products.models import CreditProductVersion
from credit.products.quoting import every_price, shown_percent
from credit.products.terms import CreditTerms, Early

Told = tuple[str, str]
STRATEGIES = {
    Prepay.FEWER: ("fewer payments", "缩短期数"),
    Prepay.SMALLER: ("smaller payments", "减少每期金额"),
    Prepay.SKIP: ("the next payments are paid already", "预付后续各期"),
}


def exact(ppm: int) -> str:
    return f"{(Decimal(ppm) / 10_000).normalize():f}"


def price_words(version: CreditProductVersion, day: date) -> Told:
    """From the lowest to the highest price of everything that is offered."""
    prices = sorted(one.yearly for one in every_price(version, day))
    low, high = shown_percent(prices[0]), shown_percent(prices[-1])
    if low == high:
        return f"{high} % a year, everything included", f"综合年化 {high}%(单利,含全部费用)"
    return f"{low} to {high} % a year, everything included", f"综合年化 {low}% 至 {high}%(单利,含全部费用)"


def late_words(terms: CreditTerms) -> Told:
    """After the days of grace."""
    if not terms.penalty.daily_ppm:
        return "Nothing is asked for being late; the line is frozen until you have paid.", "逾期不收取罚息,还清前额度将被冻结。"
    daily, grace = exact(terms.penalty.daily_ppm), terms.grace_days
    en = f"After {grace} days of grace {daily} % a day of what is overdue is asked, and the line is frozen until you have paid."
    zh = f"宽限期 {grace} 天后,按逾期金额每日 {daily}% 收取罚息,还清前额度将被冻结。"
    return en, zh


def early_words(early: Early) -> Told:
    """What paying ahead does and costs."""
    ways = [STRATEGIES[one] for one in early.strategies]
    en, zh = ", or ".join(way[0] for way in ways), "或".join(way[1] for way in ways)
    if not early.fee_ppm:
        return f"You may pay ahead at any time at no cost: {en}.", f"可随时提前还款,不收取费用:{zh}。"
    fee = exact(early.fee_ppm)
    return (
        f"You may pay ahead at any time for {fee} % of what is paid ahead: {en}.",
        f"可随时提前还款,按提前还款本金的 {fee}% 收取费用:{zh}。",
    )
