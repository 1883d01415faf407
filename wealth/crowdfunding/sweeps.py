"""Campaigns whose end came, in one shard: bounded batches, a pledge a transaction. Killed anywhere, the next run goes on where it was."""

from datetime import datetime
from uuid import UUID

from payments.wallet.sweeps import each
from wealth.crowdfunding import queries
from wealth.crowdfunding.services import ending
from wealth.crowdfunding.states import OVER, CampaignState
from wealth.orders import queries as orders

BATCH = 50
PLEDGES = 500


def go_on(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how much was done."""
    return sum(step(campaign_id, at) for campaign_id in list(queries.due(shard, at)[:BATCH]))


def step(campaign_id: UUID, at: datetime) -> int:
    """A campaign's next state, then a batch of its pledges, then its end."""
    done = each("campaign_end", [campaign_id], lambda row: ending.end(campaign_id=row, at=at))
    row = queries.campaign(campaign_id)
    if row.state not in OVER or row.product_id is None:
        return done
    succeeded, why = row.state == CampaignState.SUCCESSFUL, f"campaign_{row.state}"
    pledges = list(orders.undecided(row.product_id)[:PLEDGES])
    done += each("campaign_pledge", pledges, lambda order: ending.decide(order_id=order, succeeded=succeeded, why=why, at=at))
    return done + each("campaign_settle", [campaign_id], lambda one: ending.settle(campaign_id=one, at=at))
