"""The demo's risk people: a stricter rule of theirs, a customer they block, and what they do about what waits for them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.demo.acts import Act, Intention
from config.demo.cast import operator, second_look
from config.demo.lives import Life
from config.demo.standing import rule
from core.ids import public_id
from payments.risk import queries as risk
from payments.risk.services import lists, reviews

PEOPLE = ("risk", "finance_checker")
RULE_CHANGE = "payments.riskrule.change"
RULE_DAY, BLOCK_DAY = 2, 20
LOOKED_AT_AFTER = timedelta(days=2)
PARAMETERS = {"window": None, "most": None, "from_hour": None, "to_hour": None, "share_bp": None}


def morning(day: int, blocked: Life | None, *, at: datetime) -> None:
    """What they do before the day numbered `day` begins."""
    if day == RULE_DAY:
        be_strict(at)
    if day == BLOCK_DAY and blocked is not None:
        block(blocked, at)


def be_strict(at: datetime) -> None:
    """From the next hour on, more than 80 yuan to somebody first paid in the last day waits for a person."""
    values = PARAMETERS | {
        "code": "first_payments",
        "starts_at": (at + timedelta(hours=1)).isoformat(),
        "active": True,
        "kind": "new_payee",
        "scenes": ["transfer"],
        "verdict": "review",
        "factors": None,
        "amount_fen": 8_000,
        "hours": 24,
        "note": "Over 80.00 to a payee first paid in the last 24 hours. 向 24 小时内的新收款方累计超过 80 元。",
    }
    second_look(RULE_CHANGE, rule(values), "Strangers were talked into small payments", at, people=PEOPLE)


def suspect(acts: Iterable[Intention]) -> int:
    """Whoever would send the most transfers after BLOCK_DAY; -1 where nobody would."""
    counted = Counter(act.person for act in acts if act.act == Act.TRANSFER and act.day > BLOCK_DAY)
    return min(counted, key=lambda person: (-counted[person], person), default=-1)


def block(life: Life, at: datetime) -> None:
    """Put a customer who has joined on the block list."""
    if life.customer is not None:
        target = lists.named("customer", public_id("cus", life.customer.id))
        lists.block(target=target, why="Complaints by three payees", until=None, by="staff:risk", at=at)


def look(at: datetime) -> None:
    """Decide what has waited for two days: most acts go on, one in four does not."""
    for review in risk.waiting().filter(created_at__lte=at - LOOKED_AT_AFTER):
        reviews.take(review_id=review.id, staff=operator("risk"), at=at)
        decide = reviews.refuse if review.amount_fen // 100 % 4 == 0 else reviews.release
        decide(review_id=review.id, by="staff:risk", at=at)
