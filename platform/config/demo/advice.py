"""The demo's advice: a model portfolio for each level, goals, regular investments, and a plan whose orders are paid."""

from datetime import datetime, timedelta
from typing import Any

from config.demo.acts import Intention
from config.demo.cast import second_look
from config.demo.lives import Life, customer_of, pay_order, proof_of
from config.demo.products import product_of
from config.demo.standing import rule
from core.clock.queries import local_day
from wealth.advisor import queries, sweeps
from wealth.advisor.services import confirming, goals, investing, planning
from wealth.orders import queries as orders
from wealth.rules.suitability import LEVELS

PEOPLE = ("marketing", "finance_checker")
MODEL_CHANGE = "wealth.modelportfolio.change"
MIX = {"BYCASH01": 6_000, "BYTERM30": 4_000}
GOAL_DUE, MONTHLY_FEN = timedelta(days=730), 20_000
WEDNESDAY = 3


def publish_models(at: datetime) -> None:
    """In force from the next day on."""
    begins = (local_day(at) + timedelta(days=1)).isoformat()
    for level in LEVELS:
        values = {"level": level, "starts_on": begins, "weights": MIX, "mean_bp": 220, "deviation_bp": 60}
        second_look(MODEL_CHANGE, rule(values), "The committee's word", at, people=PEOPLE)


def set_goal(life: Life, wanted: Intention, at: datetime) -> None:
    facts: dict[str, Any] = {
        "name": wanted.how,
        "amount_fen": wanted.amount_fen,
        "monthly_fen": MONTHLY_FEN,
        "due_on": local_day(at) + GOAL_DUE,
    }
    goals.put(customer_id=customer_of(life).id, at=at, **facts)


def agree(life: Life, wanted: Intention, at: datetime) -> None:
    """Every Wednesday the same amount, from the balance."""
    product, fen = product_of(wanted), wanted.amount_fen
    intent = proof_of(life, investing.PURPOSE, fen, product.public_id, at)
    investing.agree(intent=intent, product_id=product.id, amount_fen=fen, every="week", day=WEDNESDAY, at=at)


def take_advice(life: Life, wanted: Intention, at: datetime) -> None:
    """Ask for a plan with new money, confirm it, and pay each of its purchases."""
    customer = customer_of(life)
    plan = planning.show(customer_id=customer.id, cash_fen=wanted.amount_fen, at=at)
    confirming.confirm(customer_id=customer.id, plan_id=plan.id, at=at)
    for item in queries.items(plan.id):
        order = None if item.order_id is None else orders.order(item.order_id)
        if order is not None and order.cashier_order_id is not None:
            pay_order(life, order.cashier_order_id, at)


def go_on(at: datetime) -> None:
    """Regular investments whose date has come, and plans that nobody confirmed."""
    confirming.expire(at=at)
    for shard in queries.due_shards(at):
        sweeps.invest(shard=shard, at=at)
