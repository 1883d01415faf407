"""What creators write down, hand in and give up, and what they tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.verification import queries as verification
from core.columns import MAX_FEN
from core.errors import Invalid
from core.ids import new_id, shard_of
from core.moves import advance
from core.work import services as work
from payments.wallet.services import parties
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import MOST_DAYS, Campaign, CampaignMilestone, CampaignReward, CampaignUpdate
from wealth.crowdfunding.refusals import CampaignNotOpen, CreatorNotVerified
from wealth.crowdfunding.services.telling import locked, publish
from wealth.crowdfunding.states import CAMPAIGN_MOVES, CampaignState, MilestoneState

REVIEW_WAITS, MILESTONE_WAITS = "campaign.review", "campaign.milestone"
MOST_PARTS = 20
WHICH_MILESTONE = ("Name a milestone of this campaign that waits to be paid.", "请选择本众筹待付款的里程碑。")
BY_CREATOR = "given up by its creator"
COLUMNS = ("title_en", "title_zh", "story_en", "story_zh", "goal_fen", "scheme", "days", "person_cap_fen")


@dataclass(frozen=True)
class Stretch:
    goal_fen: int
    en: str
    zh: str


@dataclass(frozen=True)
class Reward:
    title_en: str
    title_zh: str
    price_fen: int
    stock: int | None


@dataclass(frozen=True)
class Milestone:
    title_en: str
    title_zh: str
    weight: int


@dataclass(frozen=True)
class Draft:
    """All that a creator says of a campaign."""

    title_en: str
    title_zh: str
    story_en: str
    story_zh: str
    goal_fen: int
    scheme: str
    days: int
    person_cap_fen: int | None
    stretch_goals: Sequence[Stretch]
    rewards: Sequence[Reward]
    milestones: Sequence[Milestone]


def refuse_unfit(draft: Draft) -> None:
    """Raises Invalid naming the field."""
    if not all(text.strip() for text in (draft.title_en, draft.title_zh, draft.story_en, draft.story_zh)):
        raise Invalid("title_zh", "Write the title and the story in both languages.", "请填写中英文标题与介绍。")
    if not 1 <= draft.days <= MOST_DAYS:
        raise Invalid("days", "A campaign runs for 1 to 365 days.", "众筹期限须为 1 至 365 天。")
    goals = [draft.goal_fen, *(one.goal_fen for one in draft.stretch_goals)]
    if any(after <= before for before, after in pairwise(goals)) or goals[-1] > MAX_FEN:
        raise Invalid("stretch_goals", "Stretch goals go upward from the goal.", "进阶目标须逐级高于筹款目标。")
    if not 1 <= len(draft.milestones) <= MOST_PARTS or len(draft.rewards) > MOST_PARTS:
        raise Invalid("milestones", "One to 20 milestones, and at most 20 rewards.", "里程碑须为 1 至 20 个,回报最多 20 个。")
    cap = draft.person_cap_fen
    if cap is not None and any(one.price_fen > cap for one in draft.rewards):
        raise Invalid("person_cap", "A reward costs more than one person may pledge.", "存在价格高于每人限额的回报。")


@transaction.atomic
def draft(*, creator_id: UUID, said: Draft, at: datetime) -> Campaign:
    """Raises CustomerNotActive, CreatorNotVerified, Invalid."""
    parties.require_active(creator_id)
    if verification.account_class(creator_id, at) < 1:
        raise CreatorNotVerified()
    refuse_unfit(said)
    row = Campaign(id=new_id(), creator_id=creator_id, shard=shard_of(creator_id), created_at=at, changed_at=at)
    fill(row, said)
    row.save(force_insert=True)
    write_parts(row, said, at)
    return queries.own_campaign(creator_id, row.id)


@transaction.atomic
def edit(*, creator_id: UUID, campaign_id: UUID, said: Draft, at: datetime) -> Campaign:
    """Say all of a draft anew. Raises NotFound, CampaignNotOpen, Invalid."""
    row = locked(campaign_id, creator_id)
    if row.state != CampaignState.DRAFT:
        raise CampaignNotOpen(state=row.state)
    refuse_unfit(said)
    fill(row, said)
    row.changed_at = at
    row.save()
    queries.rewards(row.id).delete()
    queries.milestones(row.id).delete()
    write_parts(row, said, at)
    return queries.own_campaign(creator_id, row.id)


def fill(row: Campaign, said: Draft) -> None:
    for name in COLUMNS:
        setattr(row, name, getattr(said, name))
    row.stretch_goals = [{"goal_fen": one.goal_fen, "en": one.en, "zh": one.zh} for one in said.stretch_goals]


def write_parts(row: Campaign, said: Draft, at: datetime) -> None:
    CampaignReward.objects.bulk_create(
        CampaignReward(
            campaign=row,
            shard=row.shard,
            number=number,
            title_en=one.title_en,
            title_zh=one.title_zh,
            price_fen=one.price_fen,
            stock=one.stock,
        )
        for number, one in enumerate(said.rewards, start=1)
    )
    CampaignMilestone.objects.bulk_create(
        CampaignMilestone(
            campaign=row,
            shard=row.shard,
            number=number,
            title_en=one.title_en,
            title_zh=one.title_zh,
            weight=one.weight,
            created_at=at,
            changed_at=at,
        )
        for number, one in enumerate(said.milestones, start=1)
    )


@transaction.atomic
def hand_in(*, creator_id: UUID, campaign_id: UUID, at: datetime) -> Campaign:
    """Close a draft for changes; two operators decide. Raises CustomerNotActive, NotFound, CampaignNotOpen."""
    parties.require_active(creator_id)
    row = locked(campaign_id, creator_id)
    if row.state != CampaignState.DRAFT:
        raise CampaignNotOpen(state=row.state)
    advance(row, CampaignState.REVIEW, moves=CAMPAIGN_MOVES, at=at, why="")
    work.ask(kind=REVIEW_WAITS, target=row.public_id, facts={"goal_fen": row.goal_fen}, at=at)
    publish("wealth.campaign_handed_in", row, at)
    return queries.own_campaign(creator_id, row.id)


@transaction.atomic
def give_up(*, creator_id: UUID, campaign_id: UUID, at: datetime) -> Campaign:
    """The creator calls it off before its end: every pledge goes back. One that is cancelled stays so. Raises NotFound, CampaignNotOpen."""
    row = locked(campaign_id, creator_id)
    if row.state != CampaignState.CANCELLED:
        call_off(row, BY_CREATOR, "customer", at)
    return queries.own_campaign(creator_id, row.id)


def call_off(row: Campaign, why: str, by: str, at: datetime) -> None:
    """Of a locked campaign; the sweep gives its pledges back. Raises CampaignNotOpen."""
    if row.state not in CAMPAIGN_MOVES.sources(CampaignState.CANCELLED) or (row.ends_at is not None and at >= row.ends_at):
        raise CampaignNotOpen(state=row.state)
    sold = row.product_id is not None
    done = {"due_at": at} if sold else {"settled_at": at, "raised_fen": 0}
    advance(row, CampaignState.CANCELLED, moves=CAMPAIGN_MOVES, at=at, why=why, **done)
    work.finish(kind=REVIEW_WAITS, target=row.public_id, by=by, at=at)
    publish("wealth.campaign_cancelled", row, at)


@transaction.atomic
def tell(*, creator_id: UUID, campaign_id: UUID, title: str, words: str, milestone_id: UUID | None, at: datetime) -> CampaignUpdate:
    """Tell everybody how it goes; with a milestone it is the evidence for it, and two operators look at it. Raises CustomerNotActive,
    NotFound, CampaignNotOpen, Invalid."""
    parties.require_active(creator_id)
    row = locked(campaign_id, creator_id)
    milestone = None if milestone_id is None else queries.milestones(row.id).filter(pk=milestone_id).first()
    if milestone_id is not None and milestone is None:
        raise Invalid("milestone_id", *WHICH_MILESTONE)
    if row.product_id is None:
        raise CampaignNotOpen(state=row.state)
    if milestone is not None and milestone.state != MilestoneState.WAITING:
        raise Invalid("milestone_id", *WHICH_MILESTONE)
    number = (queries.updates(row.id).aggregate(most=Max("number"))["most"] or 0) + 1
    made = CampaignUpdate(
        id=new_id(),
        campaign=row,
        shard=row.shard,
        number=number,
        milestone_id=milestone_id,
        title=title.strip(),
        words=words.strip(),
        created_at=at,
    )
    made.save(force_insert=True)
    if made.milestone is not None:
        work.ask(kind=MILESTONE_WAITS, target=made.milestone.public_id, facts={"amount_fen": made.milestone.amount_fen}, at=at)
    publish("wealth.campaign_updated", row, at, update=made.public_id)
    return made
