"""What characteristics and their bins are called, in English and Chinese, and what would help who lost points there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from credit.scoring.scorecard import Bin


@dataclass(frozen=True)
class Wording:
    """`share`: a number that is shown as a percentage. `whole`: one that is counted, so that ranges name their last number."""

    en: str
    zh: str
    help_en: str = ""
    help_zh: str = ""
    unit: tuple[str, str] = ("", "")
    share: bool = False
    whole: bool = True
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


OTHER = ("anything else", "其他")
MISSING = ("not known", "未知")


def bins_of(wording: Wording, ends: Sequence[Decimal], groups: Sequence[Sequence[str]], points: Sequence[int]) -> tuple[Bin, ...]:
    """The bins of a cut with their points: ranges or groups in its order, then the other texts, then the missing one."""
    last = Bin(points[-1], *MISSING, missing=True)
    if groups:
        named = [
            Bin(one, *joined([wording.texts[text] for text in group]), values=tuple(group))
            for group, one in zip(groups, points, strict=False)
        ]
        return (*named, Bin(points[-2], *OTHER, other=True), last)
    found = []
    for (low, high), one in zip(pairwise([None, *ends, None]), points, strict=False):
        found.append(Bin(one, *ranged(wording, low, high), low=low, high=high))
    return (*found, last)


def joined(words: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return "; ".join(en for en, _ in words), "、".join(zh for _, zh in words)


def ranged(wording: Wording, low: Decimal | None, high: Decimal | None) -> tuple[str, str]:
    en, zh = (word and f" {word}" for word in wording.unit)
    if low is None and high is None:
        return "any", "不限"
    if high is None and low is not None:
        return f"{shown(wording, low)}{en} or more", f"{shown(wording, low)}{zh}及以上"
    assert high is not None
    if wording.whole:
        top = shown(wording, high - 1)
        en = en.removesuffix("s") if top == "1" else en
        if low is None:
            return (f"{top}{en}", f"{top}{zh}") if high == 1 else (f"up to {top}{en}", f"{top}{zh}及以下")
        if high - low == 1:
            return f"{top}{en}", f"{top}{zh}"
        return f"{shown(wording, low)} to {top}{en}", f"{shown(wording, low)} 至 {top}{zh}"
    if low is None:
        return f"below {shown(wording, high)}{en}", f"不足 {shown(wording, high)}{zh}"
    return (
        f"{shown(wording, low)} to below {shown(wording, high)}{en}",
        f"{shown(wording, low)} 至不足 {shown(wording, high)}{zh}",
    )


def shown(wording: Wording, value: Decimal) -> str:
    if wording.share:
        return f"{(value * 100).normalize():f} %"
    return f"{value:,f}"


YEARS = ("years", "年")
GERMAN = {
    "checking_account": Wording(
        "Current account",
        "活期账户",
        "Keep money in your current account.",
        "请在活期账户中保持一定余额。",
        texts={
            "... < 0 DM": ("overdrawn", "透支"),
            "0 <= ... < 200 DM": ("0 to below 200 marks", "0 至不足 200 马克"),
            "... >= 200 DM / salary assignments for at least 1 year": (
                "200 marks or more, or salary for a year",
                "200 马克及以上或代发工资满一年",
            ),
            "no checking account": ("no account here", "在本行无账户"),
        },
    ),
    "duration_months": Wording("Length of the loan", "贷款期限", "Choose a shorter loan.", "请选择较短的期限。", unit=("months", "个月")),
    "credit_history": Wording(
        "Credit history",
        "信用记录",
        "Pay what you owe on time.",
        "请按时偿还各项借款。",
        texts={
            "no credits taken/ all credits paid back duly": ("no loans, or all paid back", "无贷款或均已还清"),
            "all credits at this bank paid back duly": ("all loans here paid back", "本行贷款均已还清"),
            "existing credits paid back duly till now": ("loans running, paid on time so far", "现有贷款至今按时还款"),
            "delay in paying off in the past": ("paid late in the past", "曾经延迟还款"),
            "critical account/ other credits existing (not at this bank)": ("loans at other banks", "在他行有贷款"),
        },
    ),
    "purpose": Wording(
        "Purpose",
        "用途",
        texts={
            "business": ("business", "经营"),
            "car (new)": ("new car", "新车"),
            "car (used)": ("used car", "二手车"),
            "domestic appliances": ("household appliances", "家用电器"),
            "education": ("education", "教育"),
            "furniture/equipment": ("furniture", "家具"),
            "others": ("other purposes", "其他用途"),
            "radio/television": ("radio or television", "音像电器"),
            "repairs": ("repairs", "维修"),
            "retraining": ("retraining", "再培训"),
        },
    ),
    "credit_amount": Wording("Amount of the loan", "贷款金额", "Ask for a smaller loan.", "请降低申请金额。", unit=("marks", "马克")),
    "savings": Wording(
        "Savings",
        "储蓄",
        "Build up savings.",
        "请逐步增加储蓄。",
        texts={
            "... < 100 DM": ("below 100 marks", "不足 100 马克"),
            "100 <= ... < 500 DM": ("100 to below 500 marks", "100 至不足 500 马克"),
            "500 <= ... < 1000 DM": ("500 to below 1,000 marks", "500 至不足 1,000 马克"),
            "... >= 1000 DM": ("1,000 marks or more", "1,000 马克及以上"),
            "unknown/ no savings account": ("none, or unknown", "无或未知"),
        },
    ),
    "employment": Wording(
        "Time in the present job",
        "现职年限",
        "Stay longer in your job.",
        "保持工作稳定会有帮助。",
        texts={
            "unemployed": ("without a job", "待业"),
            "... < 1 year": ("below 1 year", "不足 1 年"),
            "1 <= ... < 4 years": ("1 to below 4 years", "1 至不足 4 年"),
            "4 <= ... < 7 years": ("4 to below 7 years", "4 至不足 7 年"),
            "... >= 7 years": ("7 years or more", "7 年及以上"),
        },
    ),
    "instalment_rate": Wording(
        "Instalment against income, from 1 (low) to 4 (high)",
        "分期占收入等级(1 低至 4 高)",
        "Choose smaller instalments.",
        "请选择较低的每期还款额。",
    ),
    "guarantors": Wording(
        "Others who answer for the loan",
        "共同借款人或担保人",
        "Name a guarantor.",
        "请提供担保人。",
        texts={"none": ("nobody", "无"), "co-applicant": ("a co-applicant", "共同申请人"), "guarantor": ("a guarantor", "担保人")},
    ),
    "residence_years": Wording("Time at the present address", "现居住年限", unit=YEARS),
    "property": Wording(
        "Property",
        "财产",
        "Show what you own.",
        "请补充财产证明。",
        texts={
            "real estate": ("real estate", "不动产"),
            "building society savings agreement/ life insurance": ("building savings or life insurance", "住房储蓄或人寿保险"),
            "car or other, not in attribute Savings account/bonds": ("a car or other things", "汽车或其他财产"),
            "unknown / no property": ("none, or unknown", "无或未知"),
        },
    ),
    "age_years": Wording("Age", "年龄", unit=YEARS),
    "other_plans": Wording(
        "Instalments elsewhere",
        "其他分期",
        "Pay off instalments elsewhere.",
        "请先还清其他分期。",
        texts={"bank": ("at a bank", "银行"), "stores": ("at shops", "商店"), "none": ("none", "无")},
    ),
    "housing": Wording("Housing", "住房", texts={"rent": ("rented", "租房"), "own": ("own", "自有"), "for free": ("free", "免费居住")}),
    "existing_credits": Wording("Loans here", "在本行贷款笔数", "Pay off loans here.", "请先还清本行现有贷款。"),
    "job": Wording(
        "Work",
        "职业",
        texts={
            "unemployed/ unskilled - non-resident": ("without a job, or unskilled from elsewhere", "待业或非本地非技术人员"),
            "unskilled - resident": ("unskilled", "非技术人员"),
            "skilled employee / official": ("skilled or official", "技术人员或公务员"),
            "management/ self-employed/ highly qualified employee/ officer": ("management or self-employed", "管理人员或自雇"),
        },
    ),
    "dependents": Wording("People to keep", "赡养人数"),
    "telephone": Wording(
        "Telephone",
        "电话",
        "Register a telephone number.",
        "请登记电话号码。",
        texts={"none": ("none", "无"), "yes, registered under the customers name": ("registered", "已登记")},
    ),
}
PAY_ON_TIME = ("Pay on time; what was late counts less as time goes by.", "请按时还款,逾期记录的影响会随时间减弱。")
TIMES = ("times", "次")
SOME_CREDIT = {
    "utilisation": Wording(
        "Part of card and line limits in use", "额度使用率", "Use less of your limits.", "请降低额度使用率。", share=True, whole=False
    ),
    "age_years": Wording("Age", "年龄", unit=YEARS),
    "times_late": Wording("30 days late or more, in two years", "两年内逾期 30 天以上", *PAY_ON_TIME, unit=TIMES),
    "times_late_60": Wording("60 days late or more, in two years", "两年内逾期 60 天以上", *PAY_ON_TIME, unit=TIMES),
    "times_late_90": Wording("90 days late or more", "逾期 90 天以上", *PAY_ON_TIME, unit=TIMES),
    "debt_ratio": Wording("Debts against income", "负债收入比", "Bring your debts down.", "请降低负债。", share=True, whole=False),
    "monthly_income": Wording(
        "Monthly income", "月收入", "Show all your income, other sources too.", "请补充全部收入证明。", unit=("dollars", "美元")
    ),
    "property_loans": Wording("Loans on property", "房产贷款数"),
    "dependents": Wording("People to keep", "赡养人数"),
}
