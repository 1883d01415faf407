"""What the demo's savers will do: drawn from the seed, by dice of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from config.demo.acts import Act, Intention, round_fen

SAVERS, MOST_FEN = 0.6, 30_000
MORNING, EVENING = 9 * 60 + 30, 19 * 60
BUYS, REDEEMS, AT_ONCE, TO_CARD = 0.03, 0.015, 0.6, 0.3


@dataclass(frozen=True)
class Offered:
    """A product of the demo: its code at the issuer, its kind, and what is said of it beyond what all say."""

    code: str
    kind: str
    values: dict[str, Any]


def fund(code: str, name_en: str, name_zh: str, **values: Any) -> Offered:
    usual = {"risk": "R1", "yield_kind": "seven_day", "carry": "daily", "t0_cap_fen": 1_000_000, "minimum_fen": 100}
    return Offered(code, "current", usual | {"name_en": name_en, "name_zh": name_zh} | values)


OFFERED = (
    fund("BYCASH01", "Banyan Cash Plus", "榕树现金宝"),
    fund("BYCASH02", "Harbour Daily Income", "港湾日日盈", t0_cap_fen=500_000, total_quota_fen=500_000_000),
    fund("BYCASH03", "Monsoon Money Fund", "季风货币", risk="R2", t0_cap_fen=0, minimum_fen=1_000),
)
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
    """Answers, a first purchase in that hour, and on later days a chance of each act."""
    code = random.choice(OFFERED).code
    yield Intention(begins, MORNING + person % 60, person, Act.ANSWER, how=random.choice("345"))
    yield Intention(begins, MORNING + 60 + person % 60, person, Act.INVEST, round_fen(random, MOST_FEN), how=code)
    for day in range(begins + 1, days):
        minute = (EVENING if random.random() < 0.5 else MORNING) + person % 60
        if random.random() < BUYS:
            yield Intention(day, minute, person, Act.INVEST, round_fen(random, MOST_FEN), how=random.choice(OFFERED).code)
        if random.random() < REDEEMS:
            scene = "fast" if random.random() < AT_ONCE else "card" if random.random() < TO_CARD else ""
            yield Intention(day, minute + 5, person, Act.REDEEM, round_fen(random, MOST_FEN // 3), how=code, scene=scene)
