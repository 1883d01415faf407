"""The steps of a policy that come with the days: in force, grace, lapse, the end of its cover."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.clock.queries import local_day
from wealth.insurance import queries
from wealth.insurance.models import InsurancePolicy
from wealth.insurance.services import giving_back
from wealth.insurance.services.going_on import become, finish, lapse, resettle
from wealth.insurance.services.telling import locked_policy
from wealth.insurance.states import RUNNING, PolicyState


@transaction.atomic
def step(*, policy_id: UUID, at: datetime) -> bool:
    """Take the step of a policy that is due today or before. False when none is."""
    policy, today = locked_policy(policy_id), local_day(at)
    if policy.state not in RUNNING or policy.due_on is None or policy.due_on > today:
        return False
    if policy.state == PolicyState.COOLING_OFF:
        become(policy, PolicyState.IN_FORCE, at)
    elif policy.state == PolicyState.LAPSED:
        giving_back.end_lapsed(policy, at)
    elif policy.state == PolicyState.GRACE:
        lapse(policy, at)
    else:
        unpaid_or_over(policy, at)
    return True


def unpaid_or_over(policy: InsurancePolicy, at: datetime) -> None:
    oldest, today = queries.oldest_open(policy.id), local_day(at)
    if oldest is not None and oldest.due_on < today:
        become(policy, PolicyState.GRACE, at)
    elif today >= policy.ends_on:
        finish(policy, PolicyState.MATURED, at)
    else:
        resettle(policy, at)
