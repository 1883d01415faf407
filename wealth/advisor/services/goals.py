"""Setting, changing and deleting goals."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from core.clock.queries import local_day
from core.errors import Invalid
from core.ids import new_id, shard_of
from core.limits.queries import cap
from core.limits.sockets import CapKind
from payments.wallet.services import parties
from wealth.advisor import queries
from wealth.advisor.models import WealthGoal
from wealth.advisor.refusals import TooManyGoals

MOST = CapKind("wealth.goals", _("Goals one customer has"), usual=20, most=200)
MOST_YEARS = 60


def require_due(due_on: date, at: datetime) -> None:
    """Raises Invalid."""
    today = local_day(at)
    if not today < due_on or due_on.year > today.year + MOST_YEARS:
        raise Invalid("due_on", f"Give a day to come, at most {MOST_YEARS} years away.", f"请填写 {MOST_YEARS} 年内的未来日期。")


@transaction.atomic
def put(
    *, customer_id: UUID, name: str, amount_fen: int, monthly_fen: int, due_on: date, at: datetime, goal_id: UUID | None = None
) -> WealthGoal:
    """A new goal, or the customer's own `goal_id` changed. Raises CustomerNotActive, NotFound, Invalid, TooManyGoals."""
    parties.require_active(customer_id)
    require_due(due_on, at)
    identity.lock(customer_id)
    if goal_id is None:
        most = cap(MOST, at)
        if queries.goals(customer_id).count() >= most:
            raise TooManyGoals(most=most)
        goal = WealthGoal(id=new_id(), customer_id=customer_id, shard=shard_of(customer_id), created_at=at)
    else:
        goal = queries.own_goal(customer_id, goal_id)
    goal.name, goal.amount_fen, goal.monthly_fen, goal.due_on, goal.changed_at = name, amount_fen, monthly_fen, due_on, at
    goal.save()
    return goal


@transaction.atomic
def delete(*, customer_id: UUID, goal_id: UUID) -> WealthGoal:
    """The goal as it was. Raises NotFound."""
    goal = queries.own_goal(customer_id, goal_id)
    queries.goals(customer_id).filter(pk=goal.pk).delete()
    return goal


@transaction.atomic
def erase(*, customer_id: UUID) -> None:
    """Nothing of a goal is anybody's but the customer's."""
    queries.goals(customer_id).delete()
