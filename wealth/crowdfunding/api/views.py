"""Campaigns to everybody, and to their creators. A pledge is an order of the campaign's product, with `details` {"reward_id": ...}."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor, Listing
from core.api.views import EffectView, View
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.crowdfunding import queries, refusals
from wealth.crowdfunding.api import examples as ex
from wealth.crowdfunding.api.shapes import CampaignIn, CampaignShort, CampaignShown, OwnCampaignShown, UpdateIn, UpdateShown, draft_of
from wealth.crowdfunding.models import Campaign, CampaignMilestone, CampaignUpdate
from wealth.crowdfunding.services import drafting


class NewestOnline(Cursor):
    """Newest online first."""

    ordering = ("-online_at", "-id")


class Campaigns(Listing):
    """Campaigns that take pledges."""

    output_class = CampaignShort
    pagination_class = NewestOnline

    @extend_schema(operation_id="wealth_campaigns_list", examples=[page("A campaign", ex.SHORT)])
    def get(self, request: Request, **url: str) -> Response:
        """Those that are online, the newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Campaign]:
        return queries.online()


class OneCampaign(View):
    """One campaign."""

    output_class = CampaignShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_campaigns_read", examples=[answer("A campaign", ex.CAMPAIGN, 200)])
    def get(self, request: Request, campaign_id: str) -> Response:
        """What it is for, how far it is, what is promised, and what its creator told. Also of one that is over. To pledge, order its
        `product_id` with `details` {"reward_id": ...} or none, and pay it; a pledge is called off until `ends_at` as any order."""
        return Response(self.shown(queries.one_shown(named(campaign_id))))


class OwnCampaigns(EffectView, Listing):
    """The caller's campaigns."""

    input_class = CampaignIn
    output_class = OwnCampaignShown
    refusals = (Invalid, CustomerNotActive, refusals.CreatorNotVerified)

    @extend_schema(operation_id="wealth_own_campaigns_list", examples=[page("A campaign", ex.OWN)])
    def get(self, request: Request, **url: str) -> Response:
        """The campaigns the caller began, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="wealth_own_campaigns_create", examples=[asked("A song book", ex.CAMPAIGN_IN), answer("A draft", ex.DRAFT, 201)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Write a campaign down. Nobody else sees it until it was handed in and two people approved it."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Campaign]:
        return queries.own(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Campaign:
        return drafting.draft(creator_id=customer_id(request), said=draft_of(data), at=at)


class OneOwnCampaign(View):
    """One campaign of the caller."""

    output_class = OwnCampaignShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_own_campaigns_read", examples=[answer("A campaign", ex.OWN, 200)])
    def get(self, request: Request, own_campaign_id: str) -> Response:
        """In whatever state."""
        return Response(self.shown(queries.own_campaign(customer_id(request), named(own_campaign_id))))


@extend_schema(examples=[asked("All anew", ex.CAMPAIGN_IN), answer("A draft", ex.DRAFT, 200)])
class Edits(EffectView):
    """Say all of a draft anew."""

    input_class = CampaignIn
    output_class = OwnCampaignShown
    success_status = 200
    refusals = (NotFound, Invalid, refusals.CampaignNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Campaign:
        said = draft_of(data)
        return drafting.edit(creator_id=customer_id(request), campaign_id=named(url["own_campaign_id"]), said=said, at=at)


@extend_schema(request=None, examples=[answer("Under review", ex.HANDED_IN, 200)])
class HandIns(EffectView):
    """Hand a draft in: two people decide whether it goes online."""

    output_class = OwnCampaignShown
    success_status = 200
    refusals = (NotFound, CustomerNotActive, refusals.CampaignNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Campaign:
        return drafting.hand_in(creator_id=customer_id(request), campaign_id=named(url["own_campaign_id"]), at=at)


@extend_schema(request=None, examples=[answer("Cancelled", ex.CANCELLED, 200)])
class Cancels(EffectView):
    """Call a campaign off before its end: every pledge goes back in full."""

    output_class = OwnCampaignShown
    success_status = 200
    refusals = (NotFound, refusals.CampaignNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Campaign:
        return drafting.give_up(creator_id=customer_id(request), campaign_id=named(url["own_campaign_id"]), at=at)


@extend_schema(examples=[asked("Evidence", ex.UPDATE_IN), answer("Told", ex.UPDATE, 201)])
class Updates(EffectView):
    """Tell everybody how a campaign goes on. With `milestone_id` it is the evidence on which two people pay that milestone."""

    input_class = UpdateIn
    output_class = UpdateShown
    refusals = (NotFound, Invalid, CustomerNotActive, refusals.CampaignNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> CampaignUpdate:
        milestone = data["milestone_id"]
        return drafting.tell(
            creator_id=customer_id(request),
            campaign_id=named(url["own_campaign_id"]),
            title=data["title"],
            words=data["words"],
            milestone_id=None if milestone is None else parse_public_id(CampaignMilestone.PREFIX, milestone),
            at=at,
        )


def named(campaign_id: str) -> Any:
    """Raises NotFound."""
    return parse_public_id(Campaign.PREFIX, campaign_id)
