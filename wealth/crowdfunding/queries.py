"""Reads of crowdfunding."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from core.errors import NotFound
from wealth.crowdfunding.models import Campaign, CampaignMilestone, CampaignReward, CampaignUpdate
from wealth.crowdfunding.states import UNFINISHED, CampaignState, MilestoneState

Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row]) -> Row:
    """Raises NotFound."""
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def whole() -> QuerySet[Campaign]:
    """Campaigns with all that belongs to them, in a constant number of queries."""
    return Campaign.objects.select_related("product__current").prefetch_related(
        Prefetch("rewards", CampaignReward.objects.order_by("number")),
        Prefetch("milestones", CampaignMilestone.objects.order_by("number")),
        Prefetch("updates", CampaignUpdate.objects.select_related("milestone").order_by("-number")),
    )


def shown() -> QuerySet[Campaign]:
    """What everybody may read: those that were approved, over or not."""
    return whole().filter(product__isnull=False)


def online() -> QuerySet[Campaign]:
    return whole().filter(state=CampaignState.ONLINE)


def one_shown(campaign_id: UUID) -> Campaign:
    return one(shown().filter(pk=campaign_id))


def own(creator_id: UUID) -> QuerySet[Campaign]:
    return whole().filter(creator_id=creator_id)


def own_campaign(creator_id: UUID, campaign_id: UUID) -> Campaign:
    return one(own(creator_id).filter(pk=campaign_id))


def campaign(campaign_id: UUID) -> Campaign:
    return one(whole().filter(pk=campaign_id))


def of_product(product_id: UUID) -> Campaign:
    return one(Campaign.objects.filter(product_id=product_id))


def milestone(milestone_id: UUID) -> CampaignMilestone:
    return one(CampaignMilestone.objects.select_related("campaign__product").filter(pk=milestone_id))


def milestones(campaign_id: UUID) -> QuerySet[CampaignMilestone]:
    return CampaignMilestone.objects.filter(campaign_id=campaign_id).order_by("number")


def rewards(campaign_id: UUID) -> QuerySet[CampaignReward]:
    return CampaignReward.objects.filter(campaign_id=campaign_id).order_by("number")


def updates(campaign_id: UUID) -> QuerySet[CampaignUpdate]:
    return CampaignUpdate.objects.filter(campaign_id=campaign_id).order_by("number")


def evidence(milestone_id: UUID) -> QuerySet[CampaignUpdate]:
    return CampaignUpdate.objects.filter(milestone_id=milestone_id)


def to_approve() -> QuerySet[CampaignMilestone]:
    """Milestones whose creators showed something for them, and whose turn it is."""
    told = Exists(CampaignUpdate.objects.filter(milestone_id=OuterRef("pk")))
    rows = CampaignMilestone.objects.filter(campaign_id=OuterRef("campaign_id"), number__lt=OuterRef("number"))
    return CampaignMilestone.objects.filter(told, ~Exists(rows.exclude(state=MilestoneState.PAID)), state=MilestoneState.WAITING)


def due(shard: int, at: datetime) -> QuerySet[Campaign, UUID]:
    return Campaign.objects.filter(shard=shard, due_at__lte=at).order_by("due_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    return sorted(Campaign.objects.filter(due_at__lte=at).order_by().values_list("shard", flat=True).distinct())


def keeps_open(creator_id: UUID) -> bool:
    """Whether a campaign of theirs is not over, or owes them a milestone."""
    unsettled = Q(state__in=UNFINISHED) | Q(due_at__isnull=False)
    if Campaign.objects.filter(unsettled, creator_id=creator_id).exists():
        return True
    return CampaignMilestone.objects.filter(campaign__creator_id=creator_id, state=MilestoneState.WAITING).exists()


def in_review() -> QuerySet[Campaign]:
    return Campaign.objects.filter(state=CampaignState.REVIEW)
