"""The steps of a policy that come with the days: in force, grace, lapse, the end of its cover."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.clock.queries import local_day
from wealth.insurance import queries
from wealth.insurance.models import InsurancePolicy, PolicyLapse, PolicyPremium
from wealth.insurance.services import giving_back
from wealth.insurance.services.going_on import become, finish, resettle
from wealth.insurance.services.telling import locked_policy
from wealth.insurance.states import RUNNING, PolicyState, PremiumState


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


def lapse(policy: InsurancePolicy, at: datetime) -> None:
    """The days of grace are over: no cover from the day after them on, however late this runs."""
    assert policy.due_on is not None
    PolicyLapse.objects.create(policy=policy, shard=policy.shard, lapsed_on=policy.due_on)
    lapsed_on = policy.due_on
    PolicyPremium.objects.filter(policy=policy, state=PremiumState.OPEN).update(try_at=None)
    become(policy, PolicyState.LAPSED, at, lapsed_on=lapsed_on)
