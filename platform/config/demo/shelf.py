"""What the demo puts on sale: money funds, fixed terms and insurance; two campaigns come from a customer."""

from dataclasses import dataclass
from typing import Any

LARGE_FEN = 20_000
INSTRUCTIONS = ("pay_out", "roll_principal", "roll_all")


@dataclass(frozen=True)
class Offered:
    """A product of the demo: its code at the issuer, its kind, and what is said of it beyond what all say."""

    code: str
    kind: str
    values: dict[str, Any]


def fund(code: str, name_en: str, name_zh: str, **values: Any) -> Offered:
    usual = {"risk": "R1", "yield_kind": "seven_day", "carry": "daily", "t0_cap_fen": 1_000_000, "minimum_fen": 100}
    return Offered(code, "current", usual | {"name_en": name_en, "name_zh": name_zh} | values)


def deposit(code: str, name_en: str, name_zh: str, days: int, rates_bp: tuple[int, int], **values: Any) -> Offered:
    """A fixed term with two tiers: below LARGE_FEN, and from it on."""
    low, high = rates_bp
    terms = {
        "tiers": [{"at_least": 0, "below": LARGE_FEN, "rate_bp": low}, {"at_least": LARGE_FEN, "below": None, "rate_bp": high}],
        "demand_rate_bp": 30,
        "minimum_rest_fen": 1_000,
        "early_exit": True,
        "instructions": list(INSTRUCTIONS),
    }
    usual = {
        "risk": "R1",
        "principal_protected": True,
        "yield_kind": "range",
        "term_days": days,
        "minimum_fen": 1_000,
        "transferable": True,
    }
    said = {"yield_low_bp": low, "yield_high_bp": high, "name_en": name_en, "name_zh": name_zh, "terms": terms}
    return Offered(code, "fixed_term", usual | said | values)


QUESTION = {
    "code": "smoker",
    "en": "Do you smoke?",
    "zh": "您是否吸烟?",
    "answers": [
        {"code": "no", "en": "No", "zh": "否", "decision": "accept"},
        {"code": "yes", "en": "Yes", "zh": "是", "decision": "load", "bp": 2_500},
        {"code": "heavily", "en": "Heavily", "zh": "大量", "decision": "refer"},
    ],
}


def cover(code: str, name_en: str, name_zh: str, rates_bp: tuple[int, int], **terms: Any) -> Offered:
    """A year of cover, of which a premium costs one rate before forty and another from then on."""
    young, old = rates_bp
    usual = {
        "cover": {"least_fen": 100_000, "most_fen": 10_000_000, "step_fen": 100_000},
        "ages": [{"from": 0, "below": 40, "rate_bp": young}, {"from": 40, "below": 106, "rate_bp": old}],
        "payments": 1,
        "every_months": 1,
        "cooling_off_days": 15,
        "kept_fee_fen": 100,
        "grace_days": 10,
        "reinstatement_days": 30,
        "quote_days": 7,
        "refund": {"rule": "pro_rata", "loading_bp": 0},
        "questions": [QUESTION],
    }
    values = {"risk": "R1", "yield_kind": "none", "term_days": 365, "minimum_fen": 1, "name_en": name_en, "name_zh": name_zh}
    words = {
        "risk_text_en": "What is covered, and what is not, is in the policy. Read it before you pay.",
        "risk_text_zh": "保障范围与责任免除以保险合同为准,投保前请仔细阅读。",
        "fees_text_en": "You pay the premium and nothing else.",
        "fees_text_zh": "除保费外不收取其他费用。",
    }
    return Offered(code, "insurance", values | words | {"terms": usual | terms})


OFFERED = (
    fund("BYCASH01", "Banyan Cash Plus", "榕树现金宝"),
    fund("BYCASH02", "Harbour Daily Income", "港湾日日盈", t0_cap_fen=500_000, total_quota_fen=500_000_000),
    fund("BYCASH03", "Monsoon Money Fund", "季风货币", risk="R2", t0_cap_fen=0, minimum_fen=1_000),
    fund("BYCASH04", "Lotus Monthly Income", "莲花月月结", carry="monthly", t0_cap_fen=0, minimum_fen=1_000),
    deposit("BYTERM07", "Week Deposit", "七日存", 7, (150, 170)),
    deposit("BYTERM14", "Fortnight Deposit", "双周存", 14, (180, 220)),
    deposit("BYTERM30", "Monthly Deposit", "月月存", 30, (230, 280)),
    deposit("BYTERM90", "Season Deposit", "季季存", 90, (290, 340), total_quota_fen=1_000_000_000),
    cover("BYLIFE01", "Banyan Term Life", "榕树定期寿险", (8, 15), payments=12),
    cover("BYSAFE01", "Safe Journey Accident Cover", "平安行意外险", (12, 20)),
)
FUNDS = ("BYCASH01", "BYCASH02", "BYCASH03")
"""What most savers choose among."""
TERMS = ("BYTERM14", "BYTERM30", "BYTERM90")
SAID = {
    "risk_text_en": "A money fund is no deposit and may lose value. Past income says nothing of income to come.",
    "risk_text_zh": "货币基金不等于存款,可能发生亏损,过往收益不代表未来表现。",
    "custodian": "Sandbox Bank",
    "licence": "SBX-0001",
    "fees_text_en": "No fee to buy or redeem. The fund's own costs are in its daily income.",
    "fees_text_zh": "申购与赎回不收费,管理费已在每日收益中扣除。",
}
