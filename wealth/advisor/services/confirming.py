"""Confirming a plan: its orders are made, once, as they were shown."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.identity import queries as identity
from core.errors import DomainError
from core.moves import advance, advance_all
from payments.wallet.services import parties
from payments.wallet.sweeps import SHUT
from wealth.advisor import queries
from wealth.advisor.models import CODE_LENGTH, AdvisorItem, AdvisorPlan
from wealth.advisor.refusals import PlanChanged, PlanOver
from wealth.advisor.services.planning import publish
from wealth.advisor.states import PLAN_MOVES, PlanState
from wealth.catalog import queries as catalog
from wealth.orders.queries import WealthOrder
from wealth.orders.services import buying, redeeming
from wealth.orders.states import Side
from wealth.suitability import queries as suitability


@transaction.atomic
def confirm(*, customer_id: UUID, plan_id: UUID, at: datetime) -> AdvisorPlan:
    """Order every item of a plan: purchases are paid at the cashier by the customer, sales are under way. An item that is refused (a quota,
    a limit, suitability) keeps its code and the others go on. A plan that is confirmed already stays as it is.

    Raises NotFound, CustomerNotActive, PlanOver, PlanChanged, NoOpenDay, LedgerHalted; nothing is ordered then.
    """
    identity.lock(customer_id)
    plan = queries.locked_plan(customer_id, plan_id)
    if plan.state == PlanState.CONFIRMED:
        return plan
    if plan.state != PlanState.SHOWN or plan.expires_at <= at:
        raise PlanOver(state=plan.state if plan.state != PlanState.SHOWN else PlanState.EXPIRED.value)
    parties.require_active(customer_id)
    items = list(queries.items(plan.id).select_for_update(of=("self",)))
    refuse_changed(plan, items, at)
    advance(plan, PlanState.CONFIRMED, moves=PLAN_MOVES, at=at, confirmed_at=at)
    for item in items:
        order(plan, item, at)
    refused = sum(1 for item in items if item.code)
    publish("wealth.plan_confirmed", plan, at, ordered=len(items) - refused, refused=refused)
    return plan


def refuse_changed(plan: AdvisorPlan, items: list[AdvisorItem], at: datetime) -> None:
    """Raises PlanChanged unless everything is as it was shown."""
    profile = suitability.newest(plan.customer_id)
    model = queries.model_of(plan.level, at)
    if profile is None or profile.expires_at <= at or profile.level != plan.level or model is None or model.id != plan.portfolio_id:
        raise PlanChanged()
    for item in items:
        if catalog.current_version(catalog.product(item.product_id)).id != item.version_id:
            raise PlanChanged()


def order(plan: AdvisorPlan, item: AdvisorItem, at: datetime) -> None:
    """Make one order, or keep why not. Raises what shuts the books for all."""
    try:
        with transaction.atomic():
            item.order_id = made(plan, item, at).id
    except SHUT:
        raise
    except DomainError as refused:
        if refused.afterwards is not None:
            refused.afterwards()
        item.code = refused.code[:CODE_LENGTH]
    AdvisorItem.objects.filter(pk=item.pk).update(order_id=item.order_id, code=item.code)


def made(plan: AdvisorPlan, item: AdvisorItem, at: datetime) -> WealthOrder:
    if item.side == Side.BUY:
        return buying.buy(customer_id=plan.customer_id, product_id=item.product_id, amount_fen=item.amount_fen, at=at)
    return redeeming.redeem(customer_id=plan.customer_id, product_id=item.product_id, units_fen=item.amount_fen, fast=item.fast, at=at)


def expire(*, at: datetime) -> int:
    """End what nobody confirmed in time; returns how many."""
    return advance_all(queries.over(at), PlanState.EXPIRED, moves=PLAN_MOVES, at=at)


@transaction.atomic
def tell_money_is_in(*, order_id: UUID, amount_fen: int, at: datetime) -> None:
    """A sale is paid: the customer of a plan that left something to be bought with it hears so. Does nothing for other orders."""
    plan = queries.left_by(order_id)
    if plan is not None:
        publish("wealth.plan_money_in", plan, at, amount_fen=amount_fen)
