"""What the tables of states allow, what the database refuses by itself, and what `ledger_check` finds."""

from itertools import product as pairs
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Invalid
from core.moves import Moves
from tests.ledger_proof import behind_its_back, found_of
from tests.wealth.catalog.products import draft
from tests.wealth.crowdfunding.world import PRICE, assert_whole, drafted, ended, milestone, online, pledged, reward, told
from tests.wealth.orders.world import saver
from wealth.crowdfunding import states

TABLES = [(states.CampaignState, states.CAMPAIGN_MOVES, 9), (states.MilestoneState, states.MILESTONE_MOVES, 2)]


@pytest.mark.parametrize(("names", "moves", "allowed"), TABLES)
def test_the_tables_allow_what_they_say_and_nothing_else(names: Any, moves: Moves, allowed: int) -> None:
    found = [(start, to) for start, to in pairs(names.values, repeat=2) if moves.allowed(start, to)]
    assert (sorted(found), len(found)) == (moves.transitions(), allowed)


def test_a_campaign_that_is_over_stays_so() -> None:
    assert states.CAMPAIGN_MOVES.final() == set(states.OVER)
    assert not states.CAMPAIGN_MOVES.allowed("online", "successful")
    assert not states.CAMPAIGN_MOVES.allowed("waiting_funds", "cancelled")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("opened")
def test_the_database_itself_refuses() -> None:
    campaign = online(scheme="flexible")
    pledged(campaign, 9_000, reward(campaign))
    campaign = ended(campaign)
    told(campaign, 2)
    drafted(saver())
    for statement in (
        "UPDATE wealth_campaign SET state = 'online' WHERE state = 'successful'",
        "UPDATE wealth_campaign SET state = 'failed' WHERE state = 'successful'",
        "UPDATE wealth_campaign SET state = 'online' WHERE state = 'draft'",
        "UPDATE wealth_campaign SET state = 'nothing' WHERE state = 'draft'",
        "UPDATE wealth_campaign SET goal_fen = goal_fen + 1 WHERE state = 'successful'",
        "UPDATE wealth_campaign SET goal_fen = 0 WHERE state = 'draft'",
        "UPDATE wealth_campaign SET scheme = 'both' WHERE state = 'draft'",
        "UPDATE wealth_campaign SET due_at = now() WHERE state = 'draft'",
        "UPDATE wealth_campaign SET raised_fen = raised_fen + 1 WHERE state = 'successful'",
        "UPDATE wealth_campaign SET settled_at = NULL, raised_fen = NULL WHERE state = 'successful'",
        "UPDATE wealth_campaign SET fee_bp = 1 WHERE state = 'successful'",
        "UPDATE wealth_campaign SET product_id = NULL WHERE state = 'successful'",
        "UPDATE wealth_campaign SET shard = 64 WHERE state = 'draft'",
        "DELETE FROM wealth_campaign",
        "UPDATE wealth_campaignreward SET used = stock + 1",
        "UPDATE wealth_campaignreward SET used = -1",
        "UPDATE wealth_campaignreward SET price_fen = 1",
        "DELETE FROM wealth_campaignreward",
        "UPDATE wealth_campaignmilestone SET weight = 2",
        "UPDATE wealth_campaignmilestone SET number = 1",
        "UPDATE wealth_campaignmilestone SET amount_fen = amount_fen + 1 WHERE state = 'waiting'",
        "UPDATE wealth_campaignmilestone SET state = 'waiting', journal_id = NULL WHERE state = 'paid'",
        "UPDATE wealth_campaignmilestone SET state = 'paid' WHERE state = 'waiting'",
        "UPDATE wealth_campaignmilestone SET state = 'paid' WHERE state = 'planned'",
        "UPDATE wealth_campaignmilestone SET amount_fen = 1 WHERE state = 'planned'",
        "DELETE FROM wealth_campaignmilestone",
        "UPDATE wealth_campaignupdate SET words = 'other'",
        "DELETE FROM wealth_campaignupdate",
    ):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError:
            continue
        pytest.fail(f"the database took: {statement}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("opened")
def test_the_proof_finds_what_does_not_add_up() -> None:
    campaign = online(scheme="flexible")
    pledged(campaign, PRICE, reward(campaign))
    campaign = ended(campaign)
    assert_whole(campaign, held=PRICE - 250 - 1_584)
    assert found_of("wealth_crowdfunding") == []
    behind_its_back("UPDATE wealth_campaignreward SET used = 2")
    behind_its_back("UPDATE wealth_campaignmilestone SET amount_fen = amount_fen + 1 WHERE number = 1")
    assert found_of("wealth_crowdfunding") == [
        ("wealth_crowdfunding.held", campaign.public_id),
        ("wealth_crowdfunding.shared", campaign.public_id),
        ("wealth_crowdfunding.stock", reward(campaign).public_id),
    ]
    behind_its_back("UPDATE wealth_campaignmilestone SET journal_id = id WHERE number = 1")
    assert [subject for _, subject in found_of("crowdfunding")][:1] == [milestone(campaign, 1).public_id]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("values", [{"yield_kind": "none", "carry": "", "t0_cap_fen": 0}, {"yield_kind": "seven_day"}])
def test_a_product_of_this_kind_is_made_by_no_hand(values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        draft(kind="crowdfunding", **values)
