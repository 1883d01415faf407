"""News of campaigns, and the row they are about under its lock."""

from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import public_id
from core.outbox import services as outbox
from wealth.crowdfunding.models import Campaign


def locked(campaign_id: UUID, creator_id: UUID | None = None) -> Campaign:
    """To the end of the transaction. Raises NotFound, also for another creator's."""
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("product__current")
    mine = rows.filter(pk=campaign_id) if creator_id is None else rows.filter(pk=campaign_id, creator_id=creator_id)
    found = mine.first()
    if found is None:
        raise NotFound()
    return found


def publish(topic: str, campaign: Campaign, at: datetime, **facts: str | int) -> None:
    """News of one campaign, in order, for its creator's inbox."""
    payload: outbox.Payload = {
        "campaign": campaign.public_id,
        "customer": public_id("cus", campaign.creator_id),
        "state": str(campaign.state),
        "title": campaign.title_zh,
        "goal_fen": campaign.goal_fen,
        "currency": campaign.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=campaign.creator_id, payload=payload, at=at, key=campaign.public_id)
