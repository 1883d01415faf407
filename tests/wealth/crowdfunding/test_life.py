"""Campaigns as customers live them: drafted, pledged to, successful by milestones, failed, cancelled, flexible."""

import uuid
from datetime import timedelta

import pytest

from core.clock import queries as clock
from core.clock import services as moving
from tests.factories import customer
from tests.payments.wallet.world import posted
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.crowdfunding.world import (
    GOAL,
    PRICE,
    SAID,
    approved,
    assert_whole,
    drafted,
    ended,
    milestone,
    online,
    paid_out,
    pledge,
    pledged,
    reward,
    sweep,
    told,
)
from tests.wealth.orders.world import api, order_of, saver
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import Campaign
from wealth.crowdfunding.refusals import MilestoneNotDue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("opened")]


def test_a_campaign_that_reaches_its_goal_pays_its_creator_by_milestones() -> None:
    campaign = online()
    first, second = pledged(campaign, 60_000, reward(campaign)), pledged(campaign, 40_001)
    shown = api(first.customer, "get", f"campaigns/{campaign.public_id}").json()
    assert (shown["pledged"], shown["backers"], shown["progress_bp"], shown["days_left"]) == (100_001, 2, 10_000, 30)
    assert (shown["rewards"][0]["left"], shown["stretch_reached"]) == (1, 0)
    campaign = ended(campaign)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (campaign.state, campaign.raised_fen, first.state, second.state) == ("successful", 100_001, "confirmed", "confirmed")
    assert [milestone(campaign, number).amount_fen for number in (1, 2, 3)] == [31_667, 31_667, 31_667]
    assert (milestone(campaign, 1).fee_fen, posted(campaign.creator)) == (5_000, 31_667)
    assert_whole(campaign, held=63_334)
    with pytest.raises(MilestoneNotDue):
        paid_out(campaign, 2)
    assert (told(campaign, 3).status_code, told(campaign, 2).status_code) == (201, 201)
    with pytest.raises(MilestoneNotDue):
        paid_out(campaign, 3)
    paid_out(campaign, 2)
    with pytest.raises(MilestoneNotDue):
        paid_out(campaign, 2)
    paid_out(campaign, 3)
    assert posted(campaign.creator) == 95_001
    assert_whole(campaign, held=0)
    assert not queries.keeps_open(campaign.creator_id)


def test_a_campaign_below_its_goal_gives_every_pledge_back_to_the_fen() -> None:
    campaign = online()
    orders = [pledged(campaign, fen, reward(campaign)) for fen in (33_333, PRICE)]
    campaign = ended(campaign)
    for order in orders:
        order.refresh_from_db()
    assert [order.state for order in orders] == ["refunded", "refunded"]
    assert [posted(order.customer) for order in orders] == [33_333, PRICE]
    assert (campaign.state, campaign.raised_fen, reward(campaign).used, posted(campaign.creator)) == ("failed", 0, 0, 0)
    assert_whole(campaign, held=0)


def test_a_flexible_campaign_keeps_what_was_paid_and_without_a_pledge_it_failed() -> None:
    kept, empty = online(scheme="flexible"), online(scheme="flexible")
    pledged(kept, 7)
    kept = ended(kept)
    assert (kept.state, kept.raised_fen, posted(kept.creator)) == ("successful", 7, 3)
    assert ended(empty).state == "failed"
    assert_whole(kept, held=4)


def test_one_fen_of_three_milestones_is_paid_once_and_the_empty_ones_need_no_journal() -> None:
    campaign = online(scheme="flexible")
    pledged(campaign, 1)
    campaign = ended(campaign)
    assert (posted(campaign.creator), milestone(campaign, 1).amount_fen) == (1, 1)
    told(campaign, 2)
    paid_out(campaign, 2)
    assert (milestone(campaign, 2).state, milestone(campaign, 2).journal_id) == ("paid", None)
    assert_whole(campaign, held=0)


def test_what_is_not_paid_does_not_count_and_is_waited_for() -> None:
    campaign = online()
    pledged(campaign, GOAL - 1)
    assert campaign.ends_at is not None
    moving.move_to(at=campaign.ends_at - timedelta(seconds=30))
    late = saver(PRICE)
    made = pledge(late, campaign, PRICE)
    assert made.status_code == 201, made.json()
    assert api(late, "get", f"campaigns/{campaign.public_id}").json()["pledged"] == GOAL - 1
    moving.move_to(at=campaign.ends_at)
    sweep(campaign.ends_at)
    assert queries.campaign(campaign.id).state == "waiting_funds"
    assert pledge(saver(PRICE), campaign, PRICE).json()["code"] == "campaign_not_online"
    later = campaign.ends_at + timedelta(minutes=5)
    moving.move_to(at=later)
    sweep(later)
    assert (queries.campaign(campaign.id).state, order_of(made.json()).state) == ("failed", "expired")
    assert_whole(campaign, held=0)


def test_a_pledge_is_called_off_until_the_end_and_its_reward_is_free_again() -> None:
    campaign = online()
    order = pledged(campaign, PRICE, reward(campaign))
    assert reward(campaign).used == 1
    done = api(order.customer, "post", f"orders/{order.public_id}/cancel")
    assert done.status_code == 200, done.json()
    sweep(clock.now())
    assert (reward(campaign).used, posted(order.customer)) == (0, PRICE)
    assert_whole(campaign, held=0)


def test_a_creator_calls_it_off_and_every_pledge_goes_back() -> None:
    campaign = online()
    order = pledged(campaign, GOAL, reward(campaign))
    unpaid = pledge(saver(PRICE), campaign, PRICE)
    path = f"campaigns/own/{campaign.public_id}/cancel"
    key = uuid.uuid4().hex
    done = api(campaign.creator, "post", path, key=key)
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    assert api(campaign.creator, "post", path, key=key).json() == done.json()
    assert pledge(saver(PRICE), campaign, PRICE).json()["code"] == "campaign_not_online"
    sweep(clock.now())
    later = clock.now() + timedelta(minutes=20)
    moving.move_to(at=later)
    sweep(later)
    assert (order_of(unpaid.json()).state, posted(order.customer), posted(campaign.creator)) == ("expired", GOAL, 0)
    assert queries.campaign(campaign.id).settled_at is not None
    assert_whole(campaign, held=0)


def test_what_a_pledge_may_not_be() -> None:
    creator = saver(GOAL)
    campaign = online(creator, person_cap=6_000)
    other = online()
    who = saver(GOAL)
    assert pledge(creator, campaign, PRICE).json()["code"] == "campaign_own"
    assert pledge(who, campaign, PRICE - 1, reward(campaign)).json()["code"] == "campaign_pledge_too_small"
    assert pledge(who, campaign, PRICE, reward(other)).json()["errors"][0]["field"] == "details.reward_id"
    assert pledge(who, campaign, PRICE).status_code == 201
    assert pledge(who, campaign, PRICE).json()["code"] == "product_person_cap_reached"
    pledged(campaign, PRICE, reward(campaign))
    pledged(campaign, PRICE, reward(campaign))
    assert pledge(saver(PRICE), campaign, PRICE, reward(campaign)).json()["code"] == "campaign_reward_sold_out"
    assert reward(campaign).used == 2


def test_drafts_are_their_creators_and_change_only_while_they_are_drafts() -> None:
    who, stranger = customer(), customer()
    campaign = drafted(who)
    mine = f"campaigns/own/{campaign.public_id}"
    for method, path, body in (("get", mine, None), ("post", f"{mine}/cancel", None), ("post", f"{mine}/edit", SAID)):
        assert api(stranger, method, path, body).status_code == 404
    assert api(who, "get", f"campaigns/{campaign.public_id}").status_code == 404
    changed = api(who, "post", f"{mine}/edit", SAID | {"goal": 70_000, "rewards": []})
    assert (changed.status_code, changed.json()["goal"], changed.json()["rewards"]) == (200, 70_000, [])
    bad = SAID | {"stretch_goals": [{"goal": 5, "text_en": "a", "text_zh": "b"}]}
    assert api(who, "post", f"{mine}/edit", bad).status_code == 422
    campaign = approved(queries.campaign(campaign.id))
    assert api(who, "post", f"{mine}/edit", SAID).json()["code"] == "campaign_not_open"
    assert api(stranger, "get", f"campaigns/{campaign.public_id}").json()["goal"] == 70_000
    assert api(who, "post", f"{mine}/hand-in").json()["code"] == "campaign_not_open"


def test_a_replayed_draft_is_one_campaign_and_the_unverified_begin_none() -> None:
    who, key = customer(), uuid.uuid4().hex
    one, again = (api(who, "post", "campaigns/own", SAID, key=key) for _ in range(2))
    assert (one.json(), Campaign.objects.count()) == (again.json(), 1)
    refused = api(customer(verified_class=None), "post", "campaigns/own", SAID)
    assert (refused.status_code, refused.json()["code"]) == (403, "campaign_creator_not_verified")


def test_lists_ask_no_more_for_more_campaigns() -> None:
    who = customer()
    for _ in range(3):
        pledged(online(who), PRICE)
    for path in ("campaigns", "campaigns/own"):
        assert len(api(who, "get", path).json()["items"]) == 3
        assert_queries_do_not_grow(lambda limit, path=path: api(who, "get", f"{path}?limit={limit}"), 1, 3)
