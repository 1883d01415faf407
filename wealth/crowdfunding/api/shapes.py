"""What goes in and comes out of crowdfunding. Amounts are whole fen with their currency beside them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from core.clock import queries as clock
from core.columns import MAX_FEN
from wealth.crowdfunding.models import MOST_DAYS, STORY_LENGTH, TITLE_LENGTH, Campaign
from wealth.crowdfunding.services.drafting import MOST_PARTS, Draft, Milestone, Reward, Stretch
from wealth.crowdfunding.states import CampaignState, MilestoneState, Scheme
from wealth.orders import queries as orders
from wealth.orders.queries import Pledged
from wealth.rules.crowdfunding import progress_bp, stretch_reached

NOBODY = Pledged(0, 0)
ONE_DAY = timedelta(days=1)


def title(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=TITLE_LENGTH, validators=[no_card_number], **more)


def words(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=STORY_LENGTH, validators=[no_card_number], **more)


class StretchGoal(serializers.Serializer[Any]):
    goal = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    text_en = title()
    text_zh = title()


class RewardIn(serializers.Serializer[Any]):
    title_en = title()
    title_zh = title()
    price = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="The least pledge that gets it.")
    stock = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, allow_null=True, default=None, help_text="Null: for everybody."
    )


class MilestoneIn(serializers.Serializer[Any]):
    title_en = title()
    title_zh = title()
    weight = serializers.IntegerField(min_value=1, max_value=10_000, help_text="Its part of what is paid, beside the others' weights.")


class CampaignIn(serializers.Serializer[Any]):
    title_en = title()
    title_zh = title()
    story_en = words()
    story_zh = words()
    goal = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    scheme = serializers.ChoiceField(
        Scheme.choices, help_text="all_or_nothing: below the goal every pledge goes back. flexible: what is pledged is kept."
    )
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, help_text="From the approval on.")
    person_cap = serializers.IntegerField(min_value=1, max_value=MAX_FEN, required=False, allow_null=True, default=None)
    stretch_goals = serializers.ListField(child=StretchGoal(), max_length=MOST_PARTS, required=False, default=list)
    rewards = serializers.ListField(child=RewardIn(), max_length=MOST_PARTS, required=False, default=list)
    milestones = serializers.ListField(child=MilestoneIn(), min_length=1, max_length=MOST_PARTS)


def draft_of(data: dict[str, Any]) -> Draft:
    return Draft(
        title_en=data["title_en"],
        title_zh=data["title_zh"],
        story_en=data["story_en"],
        story_zh=data["story_zh"],
        goal_fen=data["goal"],
        scheme=data["scheme"],
        days=data["days"],
        person_cap_fen=data["person_cap"],
        stretch_goals=[Stretch(one["goal"], one["text_en"], one["text_zh"]) for one in data["stretch_goals"]],
        rewards=[Reward(one["title_en"], one["title_zh"], one["price"], one["stock"]) for one in data["rewards"]],
        milestones=[Milestone(one["title_en"], one["title_zh"], one["weight"]) for one in data["milestones"]],
    )


class RewardShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    price = serializers.IntegerField(source="price_fen")
    left = serializers.IntegerField(allow_null=True, help_text="Null: for everybody.")


class MilestoneShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField()
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    weight = serializers.IntegerField()
    state = serializers.ChoiceField(MilestoneState.choices, help_text="waiting: its amount is known, and its evidence is waited for.")
    amount = serializers.IntegerField(source="amount_fen", allow_null=True)


class UpdateIn(serializers.Serializer[Any]):
    title = title()
    words = words()
    milestone_id = serializers.CharField(
        max_length=40, required=False, allow_null=True, default=None, help_text="The milestone that this shows to be reached."
    )


class UpdateShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField()
    title = serializers.CharField()
    words = serializers.CharField()
    milestone_id = serializers.CharField(source="milestone.public_id", allow_null=True, default=None)
    created_at = serializers.DateTimeField()


class PledgedOnly(serializers.ListSerializer[Any]):
    """What is pledged for all rows of a page, asked once."""

    def to_representation(self, data: Any) -> Any:
        rows, child = list(data), self.child
        assert isinstance(child, CampaignShort)
        child.known = orders.pledged([row.product_id for row in rows if row.product_id])
        return [child.to_representation(row) for row in rows]


class CampaignShort(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    product_id = serializers.CharField(source="product.public_id", allow_null=True, default=None, help_text="A pledge is an order of it.")
    state = serializers.ChoiceField(CampaignState.choices)
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    scheme = serializers.ChoiceField(Scheme.choices)
    goal = serializers.IntegerField(source="goal_fen")
    pledged = serializers.SerializerMethodField(help_text="What is paid and kept.")
    progress_bp = serializers.SerializerMethodField(help_text="Of the goal, in basis points; more than 10000 beyond it.")
    backers = serializers.SerializerMethodField()
    currency = serializers.CharField()
    online_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    days_left = serializers.SerializerMethodField(help_text="Begun days count; 0 once it is over.")
    created_at = serializers.DateTimeField()

    known: Mapping[UUID, Pledged] | None = None
    """Of the page's products."""

    class Meta:
        list_serializer_class = PledgedOnly

    def kept(self, row: Campaign) -> Pledged:
        if row.product_id is None:
            return NOBODY
        found = orders.pledged([row.product_id]) if self.known is None else self.known
        return found.get(row.product_id, NOBODY)

    def get_pledged(self, row: Campaign) -> int:
        return self.kept(row).fen

    def get_progress_bp(self, row: Campaign) -> int:
        return progress_bp(paid_fen=self.kept(row).fen, goal_fen=row.goal_fen)

    def get_backers(self, row: Campaign) -> int:
        return self.kept(row).customers

    def get_days_left(self, row: Campaign) -> int:
        return days_left(row, clock.now())


def days_left(row: Campaign, at: datetime) -> int:
    if row.ends_at is None or row.state != CampaignState.ONLINE or at >= row.ends_at:
        return 0
    return -((at - row.ends_at) // ONE_DAY)


class CampaignShown(CampaignShort):
    story_en = serializers.CharField()
    story_zh = serializers.CharField()
    person_cap = serializers.IntegerField(source="person_cap_fen", allow_null=True)
    days = serializers.IntegerField()
    fee_bp = serializers.IntegerField(help_text="Of what is raised.")
    stretch_goals = serializers.SerializerMethodField()
    stretch_reached = serializers.SerializerMethodField(help_text="How many of the stretch goals, upward.")
    rewards = serializers.SerializerMethodField()
    milestones = serializers.SerializerMethodField()
    updates = serializers.SerializerMethodField(help_text="Newest first.")

    @extend_schema_field(StretchGoal(many=True))
    def get_stretch_goals(self, row: Campaign) -> list[dict[str, Any]]:
        return [{"goal": one["goal_fen"], "text_en": one["en"], "text_zh": one["zh"]} for one in row.stretch_goals]

    def get_stretch_reached(self, row: Campaign) -> int:
        return stretch_reached(paid_fen=self.kept(row).fen, goals_fen=[one["goal_fen"] for one in row.stretch_goals])

    @extend_schema_field(RewardShown(many=True))
    def get_rewards(self, row: Campaign) -> Any:
        return RewardShown(row.rewards.all(), many=True).data

    @extend_schema_field(MilestoneShown(many=True))
    def get_milestones(self, row: Campaign) -> Any:
        return MilestoneShown(row.milestones.all(), many=True).data

    @extend_schema_field(UpdateShown(many=True))
    def get_updates(self, row: Campaign) -> Any:
        return UpdateShown(row.updates.all(), many=True).data


class OwnCampaignShown(CampaignShown):
    why = serializers.CharField(help_text="Why it was returned or cancelled.")
    raised = serializers.IntegerField(source="raised_fen", allow_null=True, help_text="Known once every pledge is booked.")
    settled_at = serializers.DateTimeField(allow_null=True)
