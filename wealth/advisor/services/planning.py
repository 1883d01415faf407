"""Showing a plan: what to buy and sell to come to the model, each order with the dates, the price and the risk it would have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from core.clock.queries import local_day
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.limits import services as limits
from core.limits.sockets import CapKind
from core.moves import advance
from core.outbox import services as outbox
from payments.wallet.services import parties
from wealth.advisor import advice, queries
from wealth.advisor.advice import Position, Standing, in_e2
from wealth.advisor.models import AdvisorItem, AdvisorPlan, ModelPortfolio
from wealth.advisor.refusals import NoModel, NothingToDo
from wealth.advisor.states import PLAN_MOVES, PlanState
from wealth.catalog import queries as catalog
from wealth.orders.dates import Terms
from wealth.orders.services import buying, redeeming
from wealth.orders.states import Side
from wealth.rules import advisor as rules
from wealth.rules.advisor import Orders, Tradable
from wealth.suitability.services.answering import ProfileExpired, ProfileMissing

COUNTER = "wealth.plans"
A_DAY = CapKind("wealth.plans_a_day", _("Plans one customer is shown a day"), usual=30, most=1000)


@dataclass(frozen=True)
class Worked:
    """What the rules come to for a customer: orders by product code, and what could not be bought with the reason."""

    orders: Orders
    left_out: dict[str, str]
    terms: dict[str, Terms]


@transaction.atomic
def show(*, customer_id: UUID, cash_fen: int, at: datetime) -> AdvisorPlan:
    """A plan with `cash_fen` of new money, in place of one shown before. Nothing is ordered by it.

    Raises CustomerNotActive, LimitReached, ProfileMissing, ProfileExpired, NoModel, NothingToDo.
    """
    parties.require_active(customer_id)
    identity.lock(customer_id)
    limits.take(counter=COUNTER, owner=customer_id, period=local_day(at).isoformat(), amount=1, cap=A_DAY.on(at))
    found = advice.standing(customer_id, at)
    model = require_model(found)
    worked = work_out(customer_id, found, cash_fen, at)
    if not worked.orders.buys_fen and not worked.orders.sells_fen:
        raise NothingToDo()
    for earlier in queries.plans(customer_id).filter(state=PlanState.SHOWN).select_for_update(of=("self",)):
        advance(earlier, PlanState.EXPIRED if earlier.expires_at <= at else PlanState.REPLACED, moves=PLAN_MOVES, at=at)
    plan = saved(customer_id, found, model, cash_fen, worked, at)
    publish("wealth.plan_shown", plan, at)
    return plan


def require_model(found: Standing) -> ModelPortfolio:
    """Raises ProfileMissing, ProfileExpired, NoModel."""
    if found.profile == "missing":
        raise ProfileMissing()
    if found.profile == "expired":
        raise ProfileExpired()
    if found.model is None:
        raise NoModel(level=found.level)
    return found.model


def work_out(customer_id: UUID, found: Standing, cash_fen: int, at: datetime) -> Worked:
    """What to order now, by product code."""
    by_code = {one.product.code: one for one in found.positions}
    dated: dict[str, Terms] = {}
    left_out: dict[str, str] = {}
    tradable = {code: tradable_of(customer_id, position, dated, left_out, at) for code, position in by_code.items()}
    planned = rules.plan(
        targets_bp={code: one.target_bp for code, one in by_code.items()},
        holdings_fen={code: one.value_fen for code, one in by_code.items()},
        cash_fen=cash_fen + found.promised_fen,
        minimum_fen=found.terms.least_trade_fen,
        sell_at_bp=found.terms.sell_at_bp,
    )
    trades = planned.trades_fen
    orders = rules.orderable(
        trades, products=tradable, cash_fen=cash_fen, coming_fen=found.promised_fen, minimum_fen=found.terms.least_trade_fen
    )
    return Worked(orders, {code: why for code, why in left_out.items() if trades[code] > 0}, dated)


def tradable_of(customer_id: UUID, position: Position, dated: dict[str, Terms], left_out: dict[str, str], at: datetime) -> Tradable:
    """How a product can be ordered now; its terms go into `dated`, why it cannot be bought into `left_out`."""
    code, version = position.product.code, catalog.current_version(position.product)
    try:
        dated[code] = redeeming.redeemable(position.product.id, at)[2]
        if position.target_bp:
            buying.offered(position.product.id, version.minimum_fen, at)
    except DomainError as refused:
        left_out[code] = refused.code
    return Tradable(
        minimum_fen=version.minimum_fen,
        step_fen=version.step_fen,
        sellable_fen=position.sellable_fen if code in dated else 0,
        fast_fen=redeeming.fast_left_fen(customer_id, version, at),
        bought=code not in left_out,
    )


def saved(customer_id: UUID, found: Standing, model: ModelPortfolio, cash_fen: int, worked: Worked, at: datetime) -> AdvisorPlan:
    """The plan with its items: purchases first, by product, then sales, those paid at once last; confirming orders in that order."""
    orders, by_code = worked.orders, {one.product.code: one for one in found.positions}
    buys = sorted(orders.buys_fen, key=lambda code: by_code[code].product.id)
    chosen = [*buys, *sorted(orders.sells_fen, key=lambda code: code in orders.fast)]
    ends = [at + timedelta(minutes=found.terms.plan_minutes), *(worked.terms[code].dates.cut_at for code in chosen)]
    plan = AdvisorPlan.objects.create(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        portfolio=model,
        level=found.level,
        cash_fen=cash_fen,
        total_fen=found.invested_fen,
        left_fen=orders.left_fen,
        left_out=[[by_code[code].product.public_id, why] for code, why in worked.left_out.items()],
        drift_e2bp=found.drift_e2bp or 0,
        after_e2bp=drift_after(found, orders),
        expires_at=min(ends),
        created_at=at,
        changed_at=at,
    )
    items = [item_of(plan, place, by_code[code], worked, code) for place, code in enumerate(chosen, start=1)]
    AdvisorItem.objects.bulk_create(items)
    return plan


def drift_after(found: Standing, orders: Orders) -> int:
    """Hundredths of a basis point of what is invested once these orders are done."""
    codes = [one.product.code for one in found.positions]
    after = [one.value_fen for one in found.positions]
    after = [fen + orders.buys_fen.get(code, 0) - orders.sells_fen.get(code, 0) for code, fen in zip(codes, after, strict=True)]
    return in_e2(rules.drift_bp(target_bp=[one.target_bp for one in found.positions], current_bp=rules.weights_of(after)))


def item_of(plan: AdvisorPlan, place: int, position: Position, worked: Worked, code: str) -> AdvisorItem:
    terms, buys = worked.terms[code], code in worked.orders.buys_fen
    version, fast = catalog.current_version(position.product), code in worked.orders.fast
    return AdvisorItem(
        id=new_id(),
        plan=plan,
        shard=plan.shard,
        position=place,
        side=Side.BUY if buys else Side.REDEEM,
        product=position.product,
        version=version,
        amount_fen=worked.orders.buys_fen[code] if buys else worked.orders.sells_fen[code],
        fast=fast,
        trade_on=terms.dates.trade_on,
        cut_at=terms.dates.cut_at,
        confirms_on=terms.dates.confirmed_on,
        earns_from=terms.dates.earns_from if buys else None,
        cash_on=None if buys or fast else terms.dates.cash_on_if_redeemed_then,
        price=terms.price,
        risk=version.risk,
        risk_sha256=version.risk_sha256,
    )


def publish(topic: str, plan: AdvisorPlan, at: datetime, **facts: str | int) -> None:
    """News of one plan, in order, for its customer's inbox."""
    payload: outbox.Payload = {
        "plan": plan.public_id,
        "customer": public_id("cus", plan.customer_id),
        "cash_fen": plan.cash_fen,
        "currency": plan.currency,
        "expires_at": plan.expires_at.isoformat(),
        **facts,
    }
    outbox.publish(topic=topic, owner=plan.customer_id, payload=payload, at=at, key=plan.public_id)
