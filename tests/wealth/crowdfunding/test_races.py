"""Many at once at one reward, one end and one milestone, and kill -9 while pledges go back: each happens once."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.clock import queries as clock
from tests import processes
from tests.factories import customer
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.crowdfunding.world import (
    GOAL,
    PRICE,
    assert_whole,
    milestone,
    online,
    pledged,
    reward,
    sweep,
    to_the_end,
)
from tests.wealth.orders.world import saver
from wealth.crowdfunding import queries, sweeps
from wealth.crowdfunding.refusals import CampaignNotOnline, RewardSoldOut
from wealth.crowdfunding.services import drafting, ending
from wealth.orders import queries as orders
from wealth.orders.models import WealthOrder
from wealth.orders.refusals import CutOffPassed
from wealth.orders.services import buying
from wealth.orders.services import ending as calling_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("opened")]


def test_a_reward_is_never_promised_more_often_than_there_is_stock() -> None:
    campaign = online(customer())
    wanted, people = reward(campaign), [saver(PRICE) for _ in range(6)]
    assert campaign.product_id is not None
    product_id, details = campaign.product_id, {"reward_id": wanted.public_id}

    def act(number: int) -> Any:
        who = people[number]
        return buying.buy(customer_id=who.id, product_id=product_id, amount_fen=PRICE, details=details, at=clock.now())

    answers = together(act, len(people))
    assert sum(isinstance(one, WealthOrder) for one in answers) == 2
    assert sum(isinstance(one, RewardSoldOut) for one in answers) == 4
    assert (reward(campaign).used, reward(campaign).left) == (2, 0)
    assert WealthOrder.objects.filter(product_id=product_id).count() == 2


def test_many_workers_end_a_campaign_once_and_pay_its_creator_once() -> None:
    campaign = online()
    pledged(campaign, GOAL)
    at = to_the_end(campaign)
    together(lambda _: sweeps.go_on(shard=campaign.shard, at=at), 4)
    sweep(at)
    campaign = queries.campaign(campaign.id)
    assert (campaign.state, posted(campaign.creator)) == ("successful", milestone(campaign, 1).amount_fen)
    assert_whole(campaign, held=2 * 31_667 - 1)


def test_a_pledge_at_the_moment_of_the_cancelling_is_refused_or_given_back() -> None:
    campaign = online()
    who = saver(GOAL)
    assert campaign.product_id is not None
    product_id = campaign.product_id

    def act(number: int) -> Any:
        if number:
            return drafting.give_up(creator_id=campaign.creator_id, campaign_id=campaign.id, at=clock.now())
        return buying.buy(customer_id=who.id, product_id=product_id, amount_fen=GOAL, details={}, at=clock.now())

    first, _ = together(act, 2)
    sweep(clock.now())
    if isinstance(first, WealthOrder):
        assert orders.unpaid(product_id)
    else:
        assert isinstance(first, CampaignNotOnline)
    assert (queries.campaign(campaign.id).state, posted(who)) == ("cancelled", GOAL)


def test_killed_while_pledges_go_back_the_next_run_gives_each_back_once() -> None:
    campaign = online()
    made = [pledged(campaign, fen) for fen in (1_001, 2_003, 3_007)]
    at = to_the_end(campaign)
    processes.killed_at("there", "tests/wealth/crowdfunding/crash_process.py", str(campaign.shard), at.isoformat())
    assert queries.campaign(campaign.id).state == "failed"
    states = [WealthOrder.objects.get(pk=order.pk).state for order in made]
    assert (states[0], states[1:]) == ("failed", ["paid", "paid"])
    processes.wait_until(lambda: not sweeps.go_on(shard=campaign.shard, at=at), "the pledge stays locked")
    sweep(at)
    assert [posted(order.customer) for order in made] == [1_001, 2_003, 3_007]
    assert queries.campaign(campaign.id).settled_at is not None
    assert_whole(campaign, held=0)


def test_a_pledge_that_counted_for_the_success_is_not_called_off_by_a_request_from_before_the_end() -> None:
    campaign = online(customer())
    order = pledged(campaign, GOAL)
    assert campaign.ends_at is not None
    before = campaign.ends_at - timedelta(microseconds=1)
    assert ending.end(campaign_id=campaign.id, at=campaign.ends_at)
    assert queries.campaign(campaign.id).state == "successful"
    with pytest.raises(CutOffPassed):
        calling_off.cancel(customer_id=order.customer_id, order_id=order.id, at=before)
    order.refresh_from_db()
    assert (order.state, order.code) == ("paid", "")


def test_calling_off_and_the_end_at_once_leave_no_success_below_its_goal() -> None:
    for _ in range(5):
        campaign = online(customer())
        order, ends_at = pledged(campaign, GOAL), campaign.ends_at
        assert ends_at is not None

        def act(number: int, order: WealthOrder = order, ends_at: datetime = ends_at, campaign_id: UUID = campaign.id) -> Any:
            if number:
                return ending.end(campaign_id=campaign_id, at=ends_at)
            with suppress(CutOffPassed):
                return calling_off.cancel(customer_id=order.customer_id, order_id=order.id, at=ends_at - timedelta(microseconds=1))

        together(act, 2)
        order.refresh_from_db()
        state = queries.campaign(campaign.id).state
        assert (state, order.state) in (("successful", "paid"), ("failed", "cancelled"))
