"""Campaigns at the desk: reviewed, returned, cancelled by two, and milestones with what was shown for them."""

import orjson
import pytest
from django.urls import reverse

from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.work.models import WorkItem
from tests.desk.people import staff, verified
from tests.factories import customer
from tests.payments.wallet.world import posted
from tests.wealth.crowdfunding.world import (
    GOAL,
    PRICE,
    SAID,
    SELLING,
    assert_whole,
    by_two,
    drafted,
    ended,
    milestone,
    online,
    paid_out,
    pledged,
    sweep,
    told,
)
from tests.wealth.orders.world import api
from wealth.crowdfunding import queries
from wealth.crowdfunding.refusals import CampaignChanged
from wealth.crowdfunding.services import drafting, ending, reviewing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("opened")]


def waits() -> list[str]:
    return [item.kind for item in WorkItem.objects.filter(finished_at=None)]


def test_a_campaign_under_review_is_returned_with_words_changed_and_put_online_by_two() -> None:
    campaign = drafted(customer())
    drafting.hand_in(creator_id=campaign.creator_id, campaign_id=campaign.id, at=clock.now())
    seen = reviewing.fingerprint(campaign)
    assert waits() == [drafting.REVIEW_WAITS]
    page = reverse("admin:wealth_campaign_change", args=[campaign.pk])
    client = verified(staff("mia", "finance_maker"))
    assert "Songs of our valley, written down." in client.get(page).content.decode()
    acts = page.removesuffix("change/")
    done = client.post(f"{acts}do/give-back/", {"why": "Say what it costs.", "reason": "unclear"})
    assert (done.status_code, waits()) == (302, []), done.content.decode()
    mine = f"campaigns/own/{campaign.public_id}"
    assert api(campaign.creator, "get", mine).json()["why"] == "Say what it costs."
    api(campaign.creator, "post", f"{mine}/edit", SAID | {"goal": GOAL + 1})
    api(campaign.creator, "post", f"{mine}/hand-in")
    with pytest.raises(CampaignChanged):
        by_two(reviewing.APPROVE, {"target": campaign.public_id, "seen": seen, **SELLING})
    proposed = client.post(f"{acts}do/approve/", {**SELLING, "reason": "read it all"})
    assert proposed.status_code == 302, proposed.content.decode()
    assert queries.campaign(campaign.id).state == "review"
    with pytest.raises(ApprovalNeeded):
        reviewing.cancel(campaign_id=campaign.id, why="by one alone", at=clock.now())


def test_two_operators_cancel_a_campaign_and_its_pledges_go_back() -> None:
    campaign = online()
    order = pledged(campaign, PRICE)
    by_two(reviewing.CANCEL, {"target": campaign.public_id, "why": "The pictures are another's."})
    sweep(clock.now())
    campaign = queries.campaign(campaign.id)
    assert (campaign.state, campaign.raised_fen, posted(order.customer)) == ("cancelled", 0, PRICE)
    assert_whole(campaign, held=0)


def test_a_milestone_is_paid_by_two_after_its_creator_showed_something() -> None:
    campaign = online()
    pledged(campaign, GOAL)
    campaign = ended(campaign)
    with pytest.raises(ApprovalNeeded):
        ending.pay_milestone(milestone_id=milestone(campaign, 2).id, at=clock.now())
    assert told(campaign, 2).status_code == 201
    assert waits() == [drafting.MILESTONE_WAITS]
    client = verified(staff("mia", "finance_maker"))
    page = reverse("admin:wealth_campaignmilestone_change", args=[milestone(campaign, 2).pk])
    assert "Here is a picture of it." in client.get(page).content.decode()
    assert campaign.creator_id
    paid_out(campaign, 2)
    assert (waits(), milestone(campaign, 2).state) == ([], "paid")


def test_a_campaign_keeps_its_creators_account_open_and_belongs_into_their_export() -> None:
    campaign = drafted(customer())
    obligation, exporter = OBLIGATIONS.get("wealth.crowdfunding"), EXPORTERS.get("wealth_crowdfunding")
    assert obligation is not None
    assert exporter is not None
    assert [one.code for one in obligation.obstacles(customer_id=campaign.creator_id, at=clock.now())] == ["campaign_open"]
    assert "一本歌集" in orjson.dumps(exporter.export(customer_id=campaign.creator_id)).decode()
    drafting.give_up(creator_id=campaign.creator_id, campaign_id=campaign.id, at=clock.now())
    assert obligation.obstacles(customer_id=campaign.creator_id, at=clock.now()) == []
