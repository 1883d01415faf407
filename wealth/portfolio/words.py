"""What portfolios say, in both languages."""

from django.utils.translation import get_language

from wealth.catalog.sockets import Told
from wealth.portfolio.sockets import BESIDE
from wealth.rules.portfolio import BEYOND, LADDER, OPEN_TERM

NO_DAY_OVER = Told("No business day has been kept yet. Ask again tomorrow.", "尚无已完成日终的数据,请明日再查看。")
NOTHING_INVESTED = Told("Nothing is invested.", "暂无投资。")
NOT_BOOKED = Told("The income of yesterday is not booked for every product yet.", "部分产品昨日收益尚未入账。")
NOT_TOLD = Told("One of the parts cannot be told now.", "部分资产或负债暂时无法获取。")
NO_RATE = Told("There is no yearly rate for money that was all paid on one day, or all lost.", "资金进出不足以计算年化收益率。")

LABELS: dict[str, Told] = {
    "current": Told("Money funds", "活期理财"),
    "fixed_term": Told("Fixed terms", "定期理财"),
    "insurance": Told("Insurance", "保险"),
    "crowdfunding": Told("Crowdfunding", "众筹"),
    "advisor": Told("Advised portfolios", "投顾组合"),
    "cash": Told("Not invested", "未投资"),
    "R1": Told("R1 low risk", "R1 低风险"),
    "R2": Told("R2 medium-low risk", "R2 中低风险"),
    "R3": Told("R3 medium risk", "R3 中风险"),
    "R4": Told("R4 medium-high risk", "R4 中高风险"),
    "R5": Told("R5 high risk", "R5 高风险"),
    "today": Told("There today", "当日可用"),
    "later": Told("Can be redeemed, paid later", "可赎回,T+n 到账"),
    "locked": Told("Cannot be had now", "锁定或冻结"),
    OPEN_TERM: Told("No term", "无固定期限"),
    **{f"up_to_{days}": Told(f"Within {days} days", f"{days} 天内到期") for days in LADDER},
    BEYOND: Told(f"After {LADDER[-1]} days", f"{LADDER[-1]} 天后到期"),
}


def told(words: Told) -> str:
    """In the language of the request."""
    return words.zh if (get_language() or "en").startswith("zh") else words.en


def named(key: str) -> str:
    """What a kind, or another part of an allocation, is called."""
    beside = BESIDE.get(key)
    return told(beside.label if beside else LABELS.get(key, Told(key, key)))
