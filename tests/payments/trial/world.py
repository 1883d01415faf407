"""A merchant's program that drives the sandbox."""

import os
from datetime import timedelta
from typing import Any

from core.clock import queries as clock
from core.outbox import services as outbox
from payments.notices.models import MerchantNotice
from tests.payments.merchants.world import ROOT, Program

TRIAL = f"{ROOT}/trial"


def new_order(caller: Program, amount: int = 1000, **facts: Any) -> str:
    wanted = {"out_trade_no": f"T{os.urandom(8).hex()}", "amount": amount, "subject": "A pot of tea", **facts}
    return str(caller.post(f"{ROOT}/orders", wanted).json()["id"])


def pay(caller: Program, order_id: str, result: str = "paid", *, key: str = "", **more: Any) -> Any:
    return caller.post(f"{TRIAL}/pay", {"order_id": order_id, "as": result, **more}, **({"key": key} if key else {}))


def paid(caller: Program, amount: int = 1000, **facts: Any) -> str:
    order = new_order(caller, amount, **facts)
    assert pay(caller, order).json()["result"] == "paid"
    return order


def state(caller: Program, order_id: str) -> str:
    return str(caller.get(f"{ROOT}/orders/{order_id}").json()["state"])


def agreement(caller: Program, cap: int = 5_000) -> str:
    day = clock.local_day(clock.now())
    terms = {"title": "Tea of the month", "cap": cap, "period": "day", "period_days": 30, "first_on": day.isoformat()}
    made = caller.post(f"{ROOT}/agreements", terms | {"out_agreement_no": f"A{os.urandom(8).hex()}"})
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def deduction(caller: Program, agreement_id: str, amount: int = 4_900) -> str:
    wanted = {"agreement_id": agreement_id, "out_trade_no": f"D{os.urandom(8).hex()}", "amount": amount, "subject": "Tea"}
    made = caller.post(f"{ROOT}/deductions", wanted)
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def heard() -> list[str]:
    """The types of the notices written by now, sorted."""
    outbox.run_pending(at=clock.now() + timedelta(seconds=1))
    return sorted(MerchantNotice.objects.values_list("type", flat=True))
