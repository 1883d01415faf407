"""Reads of plans, goals and regular investments."""

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import QuerySet

from core.business_day import queries as business_day
from core.business_day.queries import BeyondCalendar
from core.clock.queries import SHANGHAI, local_day
from core.errors import NotFound
from wealth.advisor.models import AdvisorItem, AdvisorPlan, InvestingPlan, InvestingRun, ModelPortfolio, WealthGoal, terms_in_force
from wealth.advisor.states import STANDING, InvestingState, PlanState, RunState

__all__ = ["AdvisorPlan", "InvestingPlan", "WealthGoal"]


def model_of(level: str, at: datetime) -> ModelPortfolio | None:
    """The one in force for a level."""
    return ModelPortfolio.objects.filter(level=level, starts_on__lte=local_day(at)).order_by("-starts_on").first()


def plans(customer_id: UUID) -> QuerySet[AdvisorPlan]:
    return AdvisorPlan.objects.filter(customer_id=customer_id).select_related("portfolio")


def own_plan(customer_id: UUID, plan_id: UUID) -> AdvisorPlan:
    """Raises NotFound."""
    found = plans(customer_id).filter(pk=plan_id).first()
    if found is None:
        raise NotFound()
    return found


def locked_plan(customer_id: UUID, plan_id: UUID) -> AdvisorPlan:
    """The customer's own, locked to the end of the caller's transaction. Raises NotFound."""
    found = plans(customer_id).select_for_update(of=("self",)).filter(pk=plan_id).first()
    if found is None:
        raise NotFound()
    return found


def items(plan_id: UUID) -> QuerySet[AdvisorItem]:
    """In the order they are shown and ordered in."""
    return AdvisorItem.objects.filter(plan_id=plan_id).select_related("product", "version__product").order_by("position")


def items_of(plan_ids: Collection[UUID]) -> dict[UUID, list[AdvisorItem]]:
    """Of several plans, in one query."""
    found: dict[UUID, list[AdvisorItem]] = {one: [] for one in plan_ids}
    rows = AdvisorItem.objects.filter(plan_id__in=plan_ids).select_related("product", "version__product").order_by("plan_id", "position")
    for row in rows:
        found[row.plan_id].append(row)
    return found


def left_by(order_id: UUID) -> AdvisorPlan | None:
    """The plan that an order is an item of and that waits for its money."""
    item = AdvisorItem.objects.select_related("plan").filter(order_id=order_id, plan__left_fen__gt=0).first()
    return None if item is None else item.plan


def ordered_by_plans(order_ids: Collection[UUID]) -> set[UUID]:
    """Which of the orders are items of plans."""
    found = AdvisorItem.objects.filter(order_id__in=order_ids).values_list("order_id", flat=True)
    return {order_id for order_id in found if order_id is not None}


def over(at: datetime) -> QuerySet[AdvisorPlan]:
    """Plans that nobody confirmed in time."""
    return AdvisorPlan.objects.filter(state=PlanState.SHOWN, expires_at__lte=at)


def goals(customer_id: UUID) -> QuerySet[WealthGoal]:
    return WealthGoal.objects.filter(customer_id=customer_id)


def own_goal(customer_id: UUID, goal_id: UUID) -> WealthGoal:
    """Raises NotFound."""
    found = goals(customer_id).filter(pk=goal_id).first()
    if found is None:
        raise NotFound()
    return found


def investing(customer_id: UUID) -> QuerySet[InvestingPlan]:
    return InvestingPlan.objects.filter(customer_id=customer_id).select_related("product__current__product")


def own_investing(customer_id: UUID, investing_id: UUID) -> InvestingPlan:
    """Raises NotFound."""
    found = investing(customer_id).filter(pk=investing_id).first()
    if found is None:
        raise NotFound()
    return found


def locked_investing(investing_id: UUID) -> InvestingPlan:
    """Locked to the end of the caller's transaction. Raises NotFound."""
    rows = InvestingPlan.objects.select_for_update(of=("self",)).select_related("product__current")
    found = rows.filter(pk=investing_id).first()
    if found is None:
        raise NotFound()
    return found


def standing(customer_id: UUID) -> QuerySet[InvestingPlan]:
    """What may still buy something."""
    return InvestingPlan.objects.filter(customer_id=customer_id, state__in=STANDING)


def runs(investing_id: UUID) -> QuerySet[InvestingRun]:
    return InvestingRun.objects.filter(investing_id=investing_id)


def runs_of(customer_id: UUID) -> QuerySet[InvestingRun]:
    return InvestingRun.objects.filter(customer_id=customer_id).select_related("investing__product")


def is_open(exchange: str, day: date) -> bool:
    """Whether an exchange trades; what the calendar does not know waits until it does."""
    try:
        return business_day.is_trading_day(day, exchange=exchange)
    except BeyondCalendar:
        return False


def waiting(at: datetime) -> QuerySet[InvestingPlan]:
    """Regular investments whose date has come, of products that trade today, once the time of day has come."""
    local, none = at.astimezone(SHANGHAI), InvestingPlan.objects.none()
    if local.time() < time_of(at):
        return none
    rows = InvestingPlan.objects.filter(state=InvestingState.ACTIVE, next_on__lte=local.date())
    exchanges = rows.order_by().values_list("product__current__exchange", flat=True).distinct()
    trading = [exchange for exchange in exchanges if is_open(exchange, local.date())]
    return rows.filter(product__current__exchange__in=trading) if trading else none


def time_of(at: datetime) -> time:
    found: time = terms_in_force(at).invest_from
    return found


def trying(at: datetime) -> QuerySet[InvestingRun]:
    """Runs whose next try has come."""
    return InvestingRun.objects.filter(state=RunState.TRYING, next_at__lte=at)


def due(shard: int, at: datetime) -> list[UUID]:
    """Of a shard, the regular investments with something to do, each once."""
    new = waiting(at).filter(shard=shard).order_by("next_on", "id").values_list("id", flat=True)
    again = trying(at).filter(shard=shard).order_by("next_at", "id").values_list("investing_id", flat=True)
    return list(dict.fromkeys([*new, *again]))


def due_shards(at: datetime) -> list[int]:
    found = waiting(at).order_by().values_list("shard", flat=True).distinct()
    return sorted({*found, *trying(at).order_by().values_list("shard", flat=True).distinct()})
