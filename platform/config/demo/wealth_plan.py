"""What the demo's savers will do: drawn from the seed, by dice of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from config.demo.acts import Act, Intention, round_fen

SAVERS, MOST_FEN = 0.4, 30_000
MORNING, EVENING = 9 * 60 + 30, 19 * 60
BUYS, REDEEMS, AT_ONCE, TO_CARD, SELLS = 0.015, 0.01, 0.6, 0.3, 0.15
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


OFFERED = (
    fund("BYCASH01", "Banyan Cash Plus", "榕树现金宝"),
    fund("BYCASH02", "Harbour Daily Income", "港湾日日盈", t0_cap_fen=500_000, total_quota_fen=500_000_000),
    fund("BYCASH03", "Monsoon Money Fund", "季风货币", risk="R2", t0_cap_fen=0, minimum_fen=1_000),
    deposit("BYTERM14", "Fortnight Deposit", "双周存", 14, (180, 220)),
    deposit("BYTERM30", "Monthly Deposit", "月月存", 30, (230, 280)),
    deposit("BYTERM90", "Season Deposit", "季季存", 90, (290, 340), total_quota_fen=1_000_000_000),
)
FUNDS = tuple(one.code for one in OFFERED if one.kind == "current")
TERMS = tuple(one.code for one in OFFERED if one.kind == "fixed_term")
SAID = {
    "risk_text_en": "A money fund is no deposit and may lose value. Past income says nothing of income to come.",
    "risk_text_zh": "货币基金不等于存款,可能发生亏损,过往收益不代表未来表现。",
    "custodian": "Sandbox Bank",
    "licence": "SBX-0001",
    "fees_text_en": "No fee to buy or redeem. The fund's own costs are in its daily income.",
    "fees_text_zh": "申购与赎回不收费,管理费已在每日收益中扣除。",
}


def draw(seed: str, joined: Sequence[int], payers: Sequence[int], *, people: int, days: int) -> Iterator[Intention]:
    """Of those who pay (`payers`; `joined` is everybody's first day), most answer the questionnaire and save."""
    random = Random(f"banyan-demo-wealth:{seed}:{people}:{days}")  # noqa: S311  (a plan, not a secret)
    for person in payers:
        if random.random() < SAVERS:
            yield from saver(random, person, max(1, joined[person] + random.randint(1, 4)), days)


def saver(random: Random, person: int, begins: int, days: int) -> Iterator[Intention]:
    """Answers, a first purchase in that hour, perhaps a deposit that is sold before its day, and on later days a chance of each act."""
    code = random.choice(FUNDS)
    yield Intention(begins, MORNING + person % 60, person, Act.ANSWER, how=random.choice("345"))
    yield Intention(begins, MORNING + 60 + person % 60, person, Act.INVEST, round_fen(random, MOST_FEN), how=code)
    if random.random() < 0.5:
        term = random.choice(TERMS)
        fen, end = round_fen(random, MOST_FEN) + 1_000, random.choice(INSTRUCTIONS)
        yield Intention(begins + 1, MORNING + person % 60, person, Act.INVEST, fen, how=term, scene=end)
        if random.random() < SELLS:
            yield Intention(begins + 6, EVENING + person % 60, person, Act.SELL, random.randint(0, 40), how=term)
    for day in range(begins + 1, days):
        minute = (EVENING if random.random() < 0.5 else MORNING) + person % 60
        if random.random() < BUYS:
            yield Intention(day, minute, person, Act.INVEST, round_fen(random, MOST_FEN), how=random.choice(FUNDS))
        if random.random() < REDEEMS:
            scene = "fast" if random.random() < AT_ONCE else "card" if random.random() < TO_CARD else ""
            yield Intention(day, minute + 5, person, Act.REDEEM, round_fen(random, MOST_FEN // 3), how=code, scene=scene)
