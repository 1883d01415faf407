"""Campaigns, what they promise, when their creators are paid, and what creators tell."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.crowdfunding.states import CAMPAIGN_MOVES, MILESTONE_MOVES, OVER, CampaignState, MilestoneState, Scheme

TITLE_LENGTH = 60
STORY_LENGTH = 4_000
MOST_DAYS = 365
WHAT_WAS_HANDED_IN_STAYS = """
IF OLD.state <> 'draft' AND (NEW.title_en, NEW.title_zh, NEW.story_en, NEW.story_zh, NEW.goal_fen, NEW.scheme, NEW.days,
    NEW.person_cap_fen, NEW.stretch_goals) IS DISTINCT FROM (OLD.title_en, OLD.title_zh, OLD.story_en, OLD.story_zh, OLD.goal_fen,
    OLD.scheme, OLD.days, OLD.person_cap_fen, OLD.stretch_goals)
    OR (NEW.id, NEW.creator_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.creator_id, OLD.created_at)
    OR (OLD.product_id IS NOT NULL AND (NEW.product_id, NEW.fee_bp, NEW.online_at, NEW.ends_at)
        IS DISTINCT FROM (OLD.product_id, OLD.fee_bp, OLD.online_at, OLD.ends_at))
    OR (OLD.settled_at IS NOT NULL AND (NEW.settled_at, NEW.raised_fen) IS DISTINCT FROM (OLD.settled_at, OLD.raised_fen)) THEN
    RAISE EXCEPTION 'what campaign % says stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaign_stays';
END IF;
RETURN NEW;
"""
REWARD_STAYS = """
IF (TG_OP = 'DELETE' OR (NEW.campaign_id, NEW.number, NEW.title_en, NEW.title_zh, NEW.price_fen, NEW.stock)
        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.title_en, OLD.title_zh, OLD.price_fen, OLD.stock))
    AND NOT EXISTS (SELECT 1 FROM wealth_campaign c WHERE c.id = OLD.campaign_id AND c.state = 'draft') THEN
    RAISE EXCEPTION 'what reward % is stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignreward_stays';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""
MILESTONE_STAYS = """
IF (TG_OP = 'DELETE' OR (NEW.campaign_id, NEW.number, NEW.title_en, NEW.title_zh, NEW.weight)
        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.title_en, OLD.title_zh, OLD.weight))
    AND NOT EXISTS (SELECT 1 FROM wealth_campaign c WHERE c.id = OLD.campaign_id AND c.state = 'draft')
    OR (TG_OP = 'UPDATE' AND OLD.amount_fen IS NOT NULL
        AND (NEW.amount_fen, NEW.fee_fen) IS DISTINCT FROM (OLD.amount_fen, OLD.fee_fen)) THEN
    RAISE EXCEPTION 'what milestone % is stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignmilestone_stays';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class Campaign(models.Model):
    """What a customer (`creator`) collects money for, `goal_fen` within `days` from its approval on. Pledges are orders of its `product`.

    `stretch_goals`: JSON, upward: goal_fen, en, zh. `fee_bp` of what is raised is ours, said at the approval. `why`: why it was returned or
    cancelled. `due_at`: when its next step is ours. `raised_fen`: the pledges booked, known at `settled_at`, when all of them are booked or
    on their way back.
    """

    PREFIX: ClassVar[str] = "cfc"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    creator = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=14, choices=CampaignState.choices, default=CampaignState.DRAFT)
    title_en = models.CharField(max_length=TITLE_LENGTH)
    title_zh = models.CharField(max_length=TITLE_LENGTH)
    story_en = models.TextField(max_length=STORY_LENGTH)
    story_zh = models.TextField(max_length=STORY_LENGTH)
    goal_fen = models.BigIntegerField()
    scheme = models.CharField(max_length=14, choices=Scheme.choices)
    days = models.SmallIntegerField()
    person_cap_fen = models.BigIntegerField(null=True, blank=True)
    stretch_goals = models.JSONField(default=list, blank=True)
    fee_bp = models.IntegerField(default=0)
    why = models.CharField(max_length=200, default="", blank=True)
    raised_fen = models.BigIntegerField(null=True, blank=True)
    online_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_campaign_shard"),
            models.UniqueConstraint(name="wealth_campaign_product", fields=["product", "shard"]),
            models.CheckConstraint(name="wealth_campaign_state", condition=Q(state__in=CampaignState.values)),
            models.CheckConstraint(name="wealth_campaign_scheme", condition=Q(scheme__in=Scheme.values)),
            models.CheckConstraint(
                name="wealth_campaign_amounts",
                condition=Q(goal_fen__gte=1, goal_fen__lte=MAX_FEN, days__gte=1, days__lte=MOST_DAYS, fee_bp__gte=0, fee_bp__lt=10_000)
                & (Q(person_cap_fen=None) | Q(person_cap_fen__gte=1, person_cap_fen__lte=MAX_FEN)),
            ),
            models.CheckConstraint(
                name="wealth_campaign_approved",
                condition=Q(state__in=["draft", "review", "cancelled"], product=None, online_at=None, ends_at=None)
                | (~Q(state__in=["draft", "review"]) & Q(product__isnull=False, online_at__isnull=False, ends_at__gt=F("online_at"))),
            ),
            models.CheckConstraint(
                name="wealth_campaign_due",
                condition=Q(state__in=["online", "waiting_funds"], due_at__isnull=False)
                | Q(state__in=["draft", "review"], due_at=None)
                | Q(state__in=OVER, due_at__isnull=False, settled_at=None)
                | Q(state__in=OVER, due_at=None, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_campaign_raised",
                condition=Q(settled_at=None, raised_fen=None)
                | Q(settled_at__isnull=False, state="successful", raised_fen__gte=0)
                | Q(settled_at__isnull=False, state__in=["failed", "cancelled"], raised_fen=0),
            ),
        ]
        indexes = [
            models.Index(name="wealth_campaign_mine", fields=["creator", "-created_at", "-id"]),
            models.Index(name="wealth_campaign_shown", fields=["state", "-online_at", "-id"]),
            models.Index(name="wealth_campaign_next", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
        ]
        triggers = [
            StateGuard("wealth_campaign_moves", CAMPAIGN_MOVES, born=["draft"]),
            pgtrigger.Protect(name="wealth_campaign_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="wealth_campaign_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_WAS_HANDED_IN_STAYS
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class CampaignReward(models.Model):
    """What a pledge of at least `price_fen` is promised. `stock` empty: for everybody; `used` by pledges that are open or kept."""

    PREFIX: ClassVar[str] = "cfr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rewards", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    title_en = models.CharField(max_length=TITLE_LENGTH)
    title_zh = models.CharField(max_length=TITLE_LENGTH)
    price_fen = models.BigIntegerField()
    stock = models.IntegerField(null=True, blank=True)
    used = models.IntegerField(default=0)

    class Meta:
        constraints = [
            shard_check("wealth_campaignreward_shard"),
            models.UniqueConstraint(name="wealth_campaignreward_number", fields=["campaign", "number", "shard"]),
            models.CheckConstraint(
                name="wealth_campaignreward_stock",
                condition=Q(used__gte=0, price_fen__gte=1, price_fen__lte=MAX_FEN)
                & (Q(stock=None) | Q(stock__gte=1, used__lte=F("stock"))),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="wealth_campaignreward_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=REWARD_STAYS,
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def left(self) -> int | None:
        return None if self.stock is None else self.stock - self.used

    def __str__(self) -> str:
        return self.public_id


class CampaignMilestone(models.Model):
    """One part of what the creator is paid, by `weight`. `amount_fen` is known once the campaign settled; `fee_fen` is ours beside it (all
    of it with the first)."""

    PREFIX: ClassVar[str] = "cfm"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="milestones", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    title_en = models.CharField(max_length=TITLE_LENGTH)
    title_zh = models.CharField(max_length=TITLE_LENGTH)
    weight = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=MilestoneState.choices, default=MilestoneState.PLANNED)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    fee_fen = models.BigIntegerField(default=0)
    journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_campaignmilestone_shard"),
            models.UniqueConstraint(name="wealth_campaignmilestone_number", fields=["campaign", "number", "shard"]),
            models.CheckConstraint(
                name="wealth_campaignmilestone_state", condition=Q(state__in=MilestoneState.values, weight__gte=1, fee_fen__gte=0)
            ),
            models.CheckConstraint(
                name="wealth_campaignmilestone_paid",
                condition=Q(state="planned", amount_fen=None, fee_fen=0, journal_id=None)
                | Q(state="waiting", amount_fen__gte=0, journal_id=None)
                | Q(state="paid", amount_fen__gte=0, journal_id__isnull=False)
                | Q(state="paid", amount_fen=0, fee_fen=0, journal_id=None),
            ),
        ]
        indexes = [models.Index(name="wealth_cfmilestone_queue", fields=["changed_at"], condition=Q(state="waiting"))]
        triggers = [
            StateGuard("wealth_campaignmilestone_moves", MILESTONE_MOVES, born=["planned"]),
            pgtrigger.Trigger(
                name="wealth_campaignmilestone_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=MILESTONE_STAYS,
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class CampaignUpdate(models.Model):
    """What the creator told everybody, in their own words; with `milestone` it is the evidence that this one is reached."""

    PREFIX: ClassVar[str] = "cfu"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="updates", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    milestone = models.ForeignKey(CampaignMilestone, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    words = models.TextField(max_length=STORY_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_campaignupdate_shard"),
            models.UniqueConstraint(name="wealth_campaignupdate_number", fields=["campaign", "number", "shard"]),
            models.CheckConstraint(name="wealth_campaignupdate_told", condition=Q(number__gte=1) & ~Q(title="") & ~Q(words="")),
        ]
        triggers = [pgtrigger.Protect(name="wealth_campaignupdate_kept", operation=pgtrigger.Delete | pgtrigger.Update)]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id
