"""Credit products on offer, made as operators make them: drafted, handed in, approved by a second person."""

from copy import deepcopy
from datetime import datetime
from itertools import count
from typing import Any

from core.approvals import services as approvals
from core.approvals.register import Payload
from core.clock import queries as clock
from credit.products.models import CreditProduct, CreditProductVersion
from credit.products.services import drafting, reviewing
from tests.wealth.catalog.products import staff

NUMBERS = count(1)
WATERFALL = [f"{when}_{what}" for when in ("past_due", "due", "in_advance") for what in ("penalty", "fee", "interest", "principal")]
PAY_LATER: dict[str, Any] = {
    "method": "equal_principal",
    "day_count": "30/360",
    "rounding": "ROUND_HALF_EVEN",
    "instalments": [
        {"periods": 3, "fee_ppm": 25_000, "basis": "total"},
        {"periods": 6, "fee_ppm": 45_000, "basis": "total"},
        {"periods": 9, "fee_ppm": 65_000, "basis": "total"},
        {"periods": 12, "fee_ppm": 88_000, "basis": "total"},
    ],
    "cycle": {"mode": "statement", "statement_day": 1, "due_after": 9},
    "grace_days": 3,
    "penalty": {"daily_ppm": 500, "base": "principal"},
    "minimum": {"principal_ppm": 100_000, "floor_fen": 100},
    "waterfall": WATERFALL,
    "early": {"strategies": ["fewer", "smaller", "skip"]},
    "classification": "card",
    "line": {"most_fen": 5_000_000, "review_days": 365, "cool_down_days": 90},
}
CASH: dict[str, Any] = PAY_LATER | {
    "method": "equal_instalment",
    "grades": [{"code": "A", "rate_ppm": 72_000}, {"code": "B", "rate_ppm": 146_000}, {"code": "C", "rate_ppm": 180_000}],
    "instalments": [{"periods": 6}, {"periods": 12}],
    "cycle": {"mode": "order"},
    "early": {"strategies": ["fewer", "smaller"], "fee_ppm": 5_000},
    "classification": "general",
}
VALUES: dict[str, Any] = {
    "name_en": "Pay later",
    "name_zh": "榕树花呗",
    "least_fen": 10_000,
    "most_fen": 5_000_000,
    "step_fen": 1,
    "terms": PAY_LATER,
    "risk_text_en": "Borrow what you can pay back. Being late costs more.",
    "risk_text_zh": "请合理借贷,逾期将产生额外费用。",
}


def terms(base: dict[str, Any] = PAY_LATER, **changes: Any) -> dict[str, Any]:
    """A copy of `base` with changes."""
    return deepcopy(base) | changes


def draft(*, kind: str = "credit_pay", code: str = "", at: datetime | None = None, **values: Any) -> CreditProductVersion:
    named = {"code": code or f"C{next(NUMBERS):06d}", "kind": kind, "lender": "Banyan Consumer Finance"}
    return drafting.draft(**named, values=VALUES | values, at=at or clock.now())


def by_two(act: str, payload: Payload, at: datetime) -> None:
    asked = approvals.propose(act=act, payload=payload, maker=staff("credit_maker", "finance_maker"), reason="as agreed", at=at)
    approvals.approve(approval_id=asked.id, checker=staff("credit_checker", "finance_checker"), at=at)


def publish(product: CreditProduct, at: datetime | None = None) -> CreditProduct:
    """Handed in by one person, approved by another."""
    at = at or clock.now()
    version = reviewing.hand_in(product_id=product.pk, at=at)
    by_two(reviewing.PUBLISH, {"target": product.public_id, "seen": reviewing.fingerprint(version)}, at)
    return CreditProduct.objects.select_related("current").get(pk=product.pk)


def on_offer(*, kind: str = "credit_pay", at: datetime | None = None, **values: Any) -> CreditProduct:
    """A product that lends now."""
    return publish(draft(kind=kind, at=at, **values).product, at)


def cash(**values: Any) -> CreditProduct:
    return on_offer(kind="cash", terms=CASH, **values)
