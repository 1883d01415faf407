"""Moving a locked policy: the day of its next step, what is due of it, and its end."""

from datetime import date, datetime, timedelta
from typing import Any

from core.clock.queries import local_day, start_of_day
from core.moves import advance, advance_all
from wealth.insurance import queries
from wealth.insurance import terms as terms_of
from wealth.insurance.models import InsurancePolicy, PolicyLapse, PolicyPremium
from wealth.insurance.services.telling import publish
from wealth.insurance.states import COLLECTING, POLICY_MOVES, PREMIUM_MOVES, PolicyState, PremiumState

ONE_DAY = timedelta(days=1)


def next_day(policy: InsurancePolicy, state: str) -> date | None:
    """The day a policy's next step is ours, were it in `state`."""
    terms = terms_of.of(policy.version)
    if state == PolicyState.COOLING_OFF:
        return policy.cooling_until + ONE_DAY
    if state == PolicyState.LAPSED:
        assert policy.lapsed_on is not None
        return min(policy.lapsed_on + timedelta(days=terms.reinstatement_days + 1), policy.ends_on - ONE_DAY)
    if state not in COLLECTING:
        return None
    oldest = queries.oldest_open(policy.id)
    if oldest is None:
        return policy.ends_on
    if state == PolicyState.GRACE:
        return oldest.due_on + timedelta(days=terms.grace_days + 1)
    return min(oldest.due_on + ONE_DAY, policy.ends_on)


def reinstatement_over(policy: InsurancePolicy, at: datetime) -> bool:
    last = next_day(policy, policy.state) if policy.state == PolicyState.LAPSED else None
    return last is not None and local_day(at) >= last


def become(policy: InsurancePolicy, to: PolicyState, at: datetime, **fields: Any) -> None:
    """Move a locked policy, with the day of its next step."""
    for name, value in fields.items():
        setattr(policy, name, value)
    advance(policy, to, moves=POLICY_MOVES, at=at, due_on=next_day(policy, to), **fields)
    publish(f"wealth.policy_{to.value}", policy, at)


def finish(policy: InsurancePolicy, to: PolicyState, at: datetime, **fields: Any) -> None:
    """End a locked policy: what is not paid of it is owed no more."""
    become(policy, to, at, ended_on=local_day(at), **fields)
    open_ones = PolicyPremium.objects.filter(policy_id=policy.id)
    advance_all(open_ones, PremiumState.VOID, moves=PREMIUM_MOVES, at=at, try_at=None)


def lapses_on(policy: InsurancePolicy) -> date | None:
    """The first day without cover of a policy that lapsed, or whose days of grace end before it."""
    return policy.due_on if policy.state == PolicyState.GRACE else policy.lapsed_on


def lapse(policy: InsurancePolicy, at: datetime) -> None:
    """The days of grace of a locked policy are over: no cover from the day after them on, however late this runs."""
    lapsed_on = lapses_on(policy)
    assert lapsed_on is not None
    PolicyLapse.objects.create(policy=policy, shard=policy.shard, lapsed_on=lapsed_on)
    PolicyPremium.objects.filter(policy=policy, state=PremiumState.OPEN).update(try_at=None)
    become(policy, PolicyState.LAPSED, at, lapsed_on=lapsed_on)


def resettle(policy: InsurancePolicy, at: datetime) -> None:
    """A premium of a locked policy was paid: one in grace or lapsed is in force again once nothing is due, else it waits for the next. One
    that had lapsed covers from tomorrow on: nobody insures what has happened today already."""
    oldest, today = queries.oldest_open(policy.id), local_day(at)
    all_paid = oldest is None or oldest.due_on >= today
    if policy.state == PolicyState.GRACE and all_paid:
        become(policy, PolicyState.IN_FORCE, at)
    elif policy.state == PolicyState.LAPSED and all_paid:
        PolicyLapse.objects.filter(policy=policy, reinstated_on=None).update(reinstated_on=today + ONE_DAY)
        become(policy, PolicyState.IN_FORCE, at, lapsed_on=None)
        plan(policy, at)
        publish("wealth.policy_reinstated", policy, at)
    else:
        InsurancePolicy.objects.filter(pk=policy.pk).update(due_on=next_day(policy, policy.state), changed_at=at)


def plan(policy: InsurancePolicy, at: datetime) -> None:
    """When the open premiums of a locked policy are taken from the balance: from the beginning of their days on, or never."""
    for premium in queries.premiums(policy.id).filter(state=PremiumState.OPEN):
        try_at = max(start_of_day(premium.due_on), at) if policy.auto_debit else None
        PolicyPremium.objects.filter(pk=premium.pk).update(try_at=try_at)
