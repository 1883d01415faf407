"""Crowdfunding at the desk: campaigns with their whole story, those to review, and milestones to pay."""

from datetime import datetime

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.ledger.shown import journal_link
from core.desk.acts import Act, Doing
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.forms import ReasonForm
from core.desk.owned import Owned, Queue, Whose, owning_acts
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from wealth.catalog.states import Risk
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import Campaign, CampaignMilestone
from wealth.crowdfunding.services import drafting, ending, reviewing
from wealth.crowdfunding.states import CAMPAIGN_MOVES, CampaignState, MilestoneState
from wealth.orders import queries as orders

CAMPAIGN, MILESTONE = "wealth.campaign", "wealth.campaignmilestone"
REVIEWS = Queue("campaign.take", waits=Q(state=CampaignState.REVIEW))
MILESTONES = Queue("campaign_milestone.take", waits=Q(state=MilestoneState.WAITING))
CHINESE = "zh"
WORDS_LENGTH = 4_000


def chinese() -> bool:
    return (get_language() or "en").startswith(CHINESE)


class ApproveForm(ReasonForm):
    """What a campaign is as a product."""

    risk = forms.ChoiceField(label=_("Risk"), choices=Risk.choices, widget=UnfoldAdminSelectWidget())
    fee_bp = forms.IntegerField(
        label=_("Our fee of what it raises (basis points)"), min_value=0, max_value=9_999, widget=UnfoldAdminTextInputWidget()
    )
    custodian = forms.CharField(label=_("Custodian"), max_length=60, widget=UnfoldAdminTextInputWidget())
    licence = forms.CharField(label=_("Licence"), max_length=60, widget=UnfoldAdminTextInputWidget())
    risk_text_en = forms.CharField(label=_("Risk in words (English)"), max_length=WORDS_LENGTH, widget=UnfoldAdminTextareaWidget())
    risk_text_zh = forms.CharField(label=_("Risk in words (Chinese)"), max_length=WORDS_LENGTH, widget=UnfoldAdminTextareaWidget())
    field_order = ("risk", "fee_bp", "custodian", "licence", "risk_text_en", "risk_text_zh", "reason")


class WhyForm(ReasonForm):
    """What the creator is told."""

    why = forms.CharField(label=_("Words for the creator"), min_length=5, max_length=200, widget=UnfoldAdminTextInputWidget())
    field_order = ("why", "reason")


def in_review(row: Campaign) -> bool:
    return row.state == CampaignState.REVIEW


def cancellable(row: Campaign) -> bool:
    return row.state in CAMPAIGN_MOVES.sources(CampaignState.CANCELLED)


def approval_of(doing: Doing) -> dict[str, str | int]:
    said = {name: doing.data[name] for name in ("risk", "fee_bp", "custodian", "licence", "risk_text_en", "risk_text_zh")}
    return {"target": doing.row.public_id, "seen": reviewing.fingerprint(doing.row), **said}


def give_back(doing: Doing) -> Words:
    reviewing.return_to_creator(campaign_id=doing.row.pk, why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("The campaign is its creator's to change again.")


def payable(row: CampaignMilestone) -> bool:
    return queries.to_approve().filter(pk=row.pk).exists()


@admin.register(Campaign, site=desk)
class CampaignAdmin(OfCustomer, Owned):
    group, place, icon, heading = "wealth", 26, "campaign", _("Campaigns")
    queue = REVIEWS
    acts = (
        *owning_acts(REVIEWS),
        proposing(
            "approve",
            act=reviewing.APPROVE,
            right="campaign.decide",
            title=_("Propose to put online"),
            named=_("Put a campaign online"),
            payload=approval_of,
            form=ApproveForm,
            icon="check",
            open_to=in_review,
        ),
        Act(
            name="give-back",
            right="campaign.decide",
            title=_("Return to its creator"),
            run=give_back,
            form=WhyForm,
            icon="undo",
            open_to=in_review,
        ),
        proposing(
            "cancel",
            act=reviewing.CANCEL,
            right="campaign.decide",
            title=_("Propose to cancel"),
            named=_("Cancel a campaign: every pledge goes back"),
            payload=lambda doing: {"target": doing.row.public_id, "why": doing.data["why"]},
            form=WhyForm,
            icon="block",
            variant="danger",
            open_to=cancellable,
        ),
    )
    finds = {"cfc": "pk", "cus": "creator_id", "prd": "product_id"}
    search_help_text = _("A public id: of the campaign, its creator or its product")
    list_display = (
        "number",
        "state_label",
        "looked_at_by",
        "title_shown",
        "creator_link",
        "goal",
        "scheme_label",
        "online",
        "ends",
        "created",
    )
    list_filter = ("state", "scheme", Whose)
    list_select_related = ("product",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("looked_at_by", "creator_link"),
                    ("title_shown", "product_link"),
                    ("goal", "pledged"),
                    ("raised", "person_cap"),
                    ("scheme_label", "days"),
                    ("fee_bp", "why"),
                    ("online", "ends"),
                    ("created", "changed"),
                    "story_en",
                    "story_zh",
                )
            },
        ),
        (_("The whole story"), {"fields": ("stretch_shown", "rewards_shown", "milestones_shown", "updates_shown")}),
    )

    @display(description=_("Title"))
    def title_shown(self, row: Campaign) -> str:
        return row.title_zh if chinese() else row.title_en

    @display(description=_("Creator"), ordering="creator_id")
    def creator_link(self, row: Campaign) -> SafeString | str:
        return link("accounts.customer", row.creator_id, public_id("cus", row.creator_id))

    @display(description=_("Product"))
    def product_link(self, row: Campaign) -> SafeString | str:
        return link("wealth.product", row.product_id, self.title_shown(row)) if row.product_id else "-"

    @display(description=_("Goal (yuan)"), ordering="goal_fen")
    def goal(self, row: Campaign) -> SafeString:
        return money(row.goal_fen)

    @display(description=_("Paid pledges (yuan)"))
    def pledged(self, row: Campaign) -> SafeString:
        found = orders.pledged([row.product_id]).get(row.product_id) if row.product_id else None
        return money(0 if found is None else found.fen)

    @display(description=_("Raised (yuan)"))
    def raised(self, row: Campaign) -> SafeString | str:
        return "-" if row.raised_fen is None else money(row.raised_fen)

    @display(description=_("Most of one person (yuan)"))
    def person_cap(self, row: Campaign) -> SafeString | str:
        return "-" if row.person_cap_fen is None else money(row.person_cap_fen)

    @display(description=_("Scheme"))
    def scheme_label(self, row: Campaign) -> SafeString:
        return badge(str(row.scheme))

    @display(description=_("Online since"), ordering="online_at")
    def online(self, row: Campaign) -> SafeString | str:
        return when(row.online_at)

    @display(description=_("Ends at"), ordering="ends_at")
    def ends(self, row: Campaign) -> SafeString | str:
        return when(row.ends_at)

    @display(description=_("Stretch goals"))
    def stretch_shown(self, row: Campaign) -> SafeString:
        rows = ((money(one["goal_fen"]), one["zh"] if chinese() else one["en"]) for one in row.stretch_goals)
        return table((_("Goal (yuan)"), _("Text")), rows)

    @display(description=_("Rewards"))
    def rewards_shown(self, row: Campaign) -> SafeString:
        rows = (
            (
                one.number,
                one.title_zh if chinese() else one.title_en,
                money(one.price_fen),
                one.used,
                "-" if one.stock is None else one.stock,
            )
            for one in queries.rewards(row.pk)
        )
        return table((_("No."), _("Title"), _("From (yuan)"), _("Used"), _("Stock")), rows)

    @display(description=_("Milestones"))
    def milestones_shown(self, row: Campaign) -> SafeString:
        rows = (
            (
                link(MILESTONE, one.pk, str(one.number)),
                one.title_zh if chinese() else one.title_en,
                one.weight,
                badge(one.state),
                "-" if one.amount_fen is None else money(one.amount_fen),
                journal_link(one.journal_id),
            )
            for one in queries.milestones(row.pk)
        )
        return table((_("No."), _("Title"), _("Weight"), _("State"), _("Amount (yuan)"), _("Journal")), rows)

    @display(description=_("Updates"))
    def updates_shown(self, row: Campaign) -> SafeString:
        rows = ((one.number, one.title, one.words, when(one.created_at)) for one in queries.updates(row.pk))
        return table((_("No."), _("Title"), _("Words"), _("Told at")), rows)


@admin.register(CampaignMilestone, site=desk)
class CampaignMilestoneAdmin(OfCustomer, Owned):
    group, place, icon, heading = "wealth", 27, "flag", _("Milestones of campaigns")
    queue = MILESTONES
    acts = (
        *owning_acts(MILESTONES),
        proposing(
            "pay",
            act=ending.PAY_MILESTONE,
            right="campaign_milestone.decide",
            title=_("Propose to pay"),
            named=_("Pay a milestone to a campaign's creator"),
            payload=lambda doing: {"target": doing.row.public_id},
            icon="payments",
            open_to=payable,
        ),
    )
    finds = {"cfm": "pk", "cfc": "campaign_id"}
    search_help_text = _("A public id: of the milestone or its campaign")
    list_display = ("number", "state_label", "looked_at_by", "campaign_link", "place_in_campaign", "title_shown", "amount_label", "changed")
    list_filter = ("state", Whose)
    list_select_related = ("campaign",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("looked_at_by", "campaign_link"),
                    ("title_shown", "weight"),
                    ("amount_label", "fee"),
                    ("journal", "changed"),
                    "evidence_shown",
                )
            },
        ),
    )

    @display(description=_("No."), ordering="number")
    def place_in_campaign(self, row: CampaignMilestone) -> int:
        return row.number

    @display(description=_("Campaign"), ordering="campaign_id")
    def campaign_link(self, row: CampaignMilestone) -> SafeString | str:
        return link(CAMPAIGN, row.campaign_id, row.campaign.title_zh if chinese() else row.campaign.title_en)

    @display(description=_("Title"))
    def title_shown(self, row: CampaignMilestone) -> str:
        return row.title_zh if chinese() else row.title_en

    @display(description=_("Amount (yuan)"))
    def amount_label(self, row: CampaignMilestone) -> SafeString | str:
        return "-" if row.amount_fen is None else money(row.amount_fen)

    @display(description=_("Our fee (yuan)"))
    def fee(self, row: CampaignMilestone) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Journal"))
    def journal(self, row: CampaignMilestone) -> SafeString | str:
        return journal_link(row.journal_id)

    @display(description=_("What its creator showed"))
    def evidence_shown(self, row: CampaignMilestone) -> SafeString:
        rows = ((one.title, one.words, when(one.created_at)) for one in queries.evidence(row.pk).order_by("number"))
        return table((_("Title"), _("Words"), _("Told at")), rows)


class WaitingFigures:
    order = 33

    def figures(self, *, at: datetime) -> list[Figure]:
        reviews, milestones = queries.in_review().count(), queries.to_approve().count()
        found = [
            (reviews, figure(_("Campaigns to review"), reviews, CAMPAIGN, level="warning", state__exact="review")),
            (milestones, figure(_("Milestones to pay"), milestones, MILESTONE, level="warning", state__exact="waiting")),
        ]
        return [shown for number, shown in found if number]


FIGURES.plug("wealth.crowdfunding", WaitingFigures())
WORK_KINDS.plug(
    drafting.REVIEW_WAITS,
    KindOfWork(
        _("A campaign is to be reviewed"),
        _("Read what it promises, then propose to put it online, or return it to its creator."),
        ends=_("Once it is online, returned or given up."),
    ),
)
WORK_KINDS.plug(
    drafting.MILESTONE_WAITS,
    KindOfWork(
        _("A milestone of a campaign is to be paid"),
        _("Look at what its creator showed, then propose to pay it."),
        ends=_("Once it is paid."),
    ),
)
