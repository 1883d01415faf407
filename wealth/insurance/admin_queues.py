"""What waits for people: applications to underwrite, and claims."""

import base64
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.forms import ActForm, ReasonForm, YuanField
from core.desk.owned import Owned, Queue, Whose, owning_acts
from core.desk.proposing import proposing
from core.desk.shown import age, link, money, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.work.sockets import WORK_KINDS, KindOfWork
from wealth.insurance import queries
from wealth.insurance import terms as terms_of
from wealth.insurance.claim_models import MOST_FILES
from wealth.insurance.models import InsuranceApplication, InsuranceClaim
from wealth.insurance.services import applying, claiming
from wealth.insurance.services.applying import MOST_LOAD_BP
from wealth.insurance.services.giving_back import CLAIM_WAITS
from wealth.insurance.states import ApplicationState, ClaimState

APPLICATION, CLAIM = "wealth.insuranceapplication", "wealth.insuranceclaim"
REFERRED = Queue("insurance_application.take", waits=Q(state=ApplicationState.REFERRED))
CLAIMS = Queue("insurance_claim.take", waits=Q(state=ClaimState.OPEN))
FILE_COLUMNS = (_("No."), _("Kind"), _("Bytes"), "SHA-256", _("Handed in"))
CHINESE = "zh"


def chinese() -> bool:
    return (get_language() or "en").startswith(CHINESE)


class AcceptForm(ReasonForm):
    """On what premium an application is accepted."""

    load_bp = forms.IntegerField(
        label=_("Raise the premium by (basis points)"),
        min_value=0,
        max_value=MOST_LOAD_BP,
        initial=0,
        widget=UnfoldAdminTextInputWidget(),
    )
    why = forms.CharField(label=_("Words for the customer"), max_length=200, widget=UnfoldAdminTextInputWidget())
    field_order = ("load_bp", "why", "reason")


class WhyForm(ReasonForm):
    """What the customer is told."""

    why = forms.CharField(label=_("Words for the customer"), max_length=200, widget=UnfoldAdminTextInputWidget())
    field_order = ("why", "reason")


class ApproveForm(ReasonForm):
    """How much of a claim the insurer is asked for."""

    amount = YuanField(label=_("Amount (yuan)"), min_value=Decimal("0.01"))
    last = forms.BooleanField(label=_("Nothing more of it follows"), required=False, initial=True, widget=UnfoldBooleanWidget())
    why = forms.CharField(label=_("Words for the customer"), max_length=200, widget=UnfoldAdminTextInputWidget())
    field_order = ("amount", "last", "why", "reason")


class FileForm(ActForm):
    """Which file."""

    number = forms.IntegerField(label=_("No."), min_value=1, max_value=MOST_FILES, widget=UnfoldAdminTextInputWidget())


def accept(doing: Doing) -> Words:
    data = doing.data
    applying.decide(application_id=doing.row.pk, accept=True, load_bp=data["load_bp"], why=data["why"], by=doing.actor, at=doing.at)
    return _("The application is accepted.")


def decline(doing: Doing) -> Words:
    applying.decide(application_id=doing.row.pk, accept=False, load_bp=0, why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("The application is declined.")


def is_referred(row: InsuranceApplication) -> bool:
    return row.state == ApplicationState.REFERRED


def is_open(row: InsuranceClaim) -> bool:
    return row.state == ClaimState.OPEN


def hand_out(doing: Doing) -> HttpResponse:
    """A file as the customer handed it in. Never shown inside a page."""
    found = queries.numbered_file(doing.row.pk, doing.data["number"])
    answer = HttpResponse(base64.b64decode(found.content_base64 or ""), content_type=found.content_type)
    ending = found.content_type.rpartition("/")[2]
    answer["Content-Disposition"] = f'attachment; filename="{doing.row.public_id}-{found.number}.{ending}"'
    return answer


@admin.register(InsuranceApplication, site=desk)
class InsuranceApplicationAdmin(OfCustomer, Owned):
    group, place, icon, heading = "wealth", 20, "assignment", _("Applications for insurance")
    queue = REFERRED
    acts = (
        *owning_acts(REFERRED),
        Act(
            name="accept",
            right="insurance_application.decide",
            title=_("Accept"),
            run=accept,
            form=AcceptForm,
            icon="check",
            open_to=is_referred,
        ),
        Act(
            name="decline",
            right="insurance_application.decide",
            title=_("Decline"),
            run=decline,
            form=WhyForm,
            icon="block",
            variant="danger",
            open_to=is_referred,
        ),
    )
    finds = {"ina": "pk", "cus": "customer_id", "prd": "product_id", "wod": "order_id"}
    search_help_text = _("A public id: of the application, its customer, its product or its order")
    list_display = ("number", "state_label", "waits", "looked_at_by", "owner", "of_product", "cover", "premium", "created")
    list_filter = ("state", Whose)
    list_select_related = ("product", "version")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("waits", "looked_at_by"),
                    ("owner", "of_product"),
                    ("cover", "premium"),
                    ("rate_bp", "load_bp"),
                    ("born_on", "valid_until"),
                    ("decided_by", "why"),
                    ("created", "changed"),
                    "answered",
                )
            },
        ),
    )

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: InsuranceApplication) -> SafeString | str:
        return link("wealth.product", row.product_id, row.version.name_zh if chinese() else row.version.name_en)

    @display(description=_("Cover (yuan)"), ordering="cover_fen")
    def cover(self, row: InsuranceApplication) -> SafeString:
        return money(row.cover_fen)

    @display(description=_("Premium (yuan)"), ordering="premium_fen")
    def premium(self, row: InsuranceApplication) -> SafeString:
        return money(row.premium_fen)

    @display(description=_("Waits for"))
    def waits(self, row: InsuranceApplication) -> str:
        return age(row.changed_at, clock.now()) if is_referred(row) else "-"

    @display(description=_("Answers"))
    def answered(self, row: InsuranceApplication) -> SafeString:
        """What was asked, what was answered, and what the rules make of it."""
        given = orjson.loads(row.answers) if row.answers else None
        rows = []
        for question in () if given is None else terms_of.of(row.version).questions:
            choice = terms_of.choice_for(question, (given or {}).get(question.code))
            words = (question.zh, choice.zh) if chinese() else (question.en, choice.en)
            rows.append((*words, plainly(choice.decision), choice.load_bp))
        return table((_("Question"), _("Answer"), _("By the rules"), _("Load (bp)")), rows)


@admin.register(InsuranceClaim, site=desk)
class InsuranceClaimAdmin(OfCustomer, Owned):
    group, place, icon, heading = "wealth", 21, "medical_services", _("Insurance claims")
    queue = CLAIMS
    acts = (
        *owning_acts(CLAIMS),
        proposing(
            "approve",
            act=claiming.APPROVE,
            right="insurance_claim.decide",
            title=_("Propose to pay"),
            named=_("Approve an insurance claim: the insurer is asked for the money"),
            payload=lambda doing: {
                "target": doing.row.public_id,
                "amount": doing.data["amount"],
                "last": doing.data["last"],
                "why": doing.data["why"],
            },
            form=ApproveForm,
            icon="check",
            open_to=is_open,
        ),
        proposing(
            "decline",
            act=claiming.DECLINE,
            right="insurance_claim.decide",
            title=_("Propose to decline"),
            named=_("Decline an insurance claim"),
            payload=lambda doing: {"target": doing.row.public_id, "why": doing.data["why"]},
            form=WhyForm,
            icon="block",
            variant="danger",
            open_to=is_open,
        ),
        Act(name="file", right="insurance_claim.file", title=_("Download a file"), run=hand_out, form=FileForm, icon="download"),
    )
    finds = {"inc": "pk", "cus": "customer_id", "inp": "policy_id"}
    search_help_text = _("A public id: of the claim, its customer or its policy")
    list_display = ("number", "state_label", "waits", "looked_at_by", "owner", "of_policy", "asked", "paid_out", "event_on", "created")
    list_filter = ("state", Whose)
    list_select_related = ("policy",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("waits", "looked_at_by"),
                    ("owner", "of_policy"),
                    ("asked", "event_on"),
                    ("approved", "paid_out"),
                    ("code_words", "why"),
                    ("created", "changed"),
                    "words_shown",
                    "handed_in",
                    "payouts_shown",
                )
            },
        ),
    )

    @display(description=_("Policy"), ordering="policy_id")
    def of_policy(self, row: InsuranceClaim) -> SafeString | str:
        return link("wealth.insurancepolicy", row.policy_id, row.policy.number)

    @display(description=_("Asked for (yuan)"), ordering="asked_fen")
    def asked(self, row: InsuranceClaim) -> SafeString:
        return money(row.asked_fen)

    @display(description=_("Asked of the insurer (yuan)"))
    def approved(self, row: InsuranceClaim) -> SafeString:
        return money(row.approved_fen)

    @display(description=_("Paid (yuan)"), ordering="paid_fen")
    def paid_out(self, row: InsuranceClaim) -> SafeString:
        return money(row.paid_fen)

    @display(description=_("Why not"))
    def code_words(self, row: InsuranceClaim) -> SafeString | str:
        return mono(row.code) if row.code else "-"

    @display(description=_("Waits for"))
    def waits(self, row: InsuranceClaim) -> str:
        return age(row.changed_at, clock.now()) if is_open(row) else "-"

    @display(description=_("What happened"))
    def words_shown(self, row: InsuranceClaim) -> str:
        return row.words or "-"

    @display(description=_("Handed in"))
    def handed_in(self, row: InsuranceClaim) -> SafeString:
        rows = ((one.number, one.content_type, one.size, mono(one.sha256), when(one.created_at)) for one in queries.files(row.pk))
        return table(FILE_COLUMNS, rows)

    @display(description=_("Payouts"))
    def payouts_shown(self, row: InsuranceClaim) -> SafeString:
        header = (_("Id"), _("State"), _("Amount (yuan)"), _("Why not"))
        rows = (
            (link("wealth.policypayout", one.pk, one.public_id), plainly(one.state), money(one.amount_fen), mono(one.code or "-"))
            for one in queries.payouts(row.policy_id).filter(claim_id=row.pk)
        )
        return table(header, rows)


class WaitingFigures:
    order = 31

    def figures(self, *, at: datetime) -> list[Figure]:
        referred, claims = queries.referred().count(), queries.open_claims().count()
        found = [
            (referred, figure(_("Applications to underwrite"), referred, APPLICATION, level="warning", state__exact="referred")),
            (claims, figure(_("Insurance claims to decide"), claims, CLAIM, level="warning", state__exact="open")),
        ]
        return [shown for number, shown in found if number]


def claims_of(policy_id: uuid.UUID) -> list[tuple[Any, ...]]:
    return [
        (link(CLAIM, one.pk, one.public_id), plainly(one.state), money(one.asked_fen), money(one.paid_fen), one.event_on.isoformat())
        for one in queries.claims(policy_id)
    ]


FIGURES.plug("wealth.insurance", WaitingFigures())
WORK_KINDS.plug(
    applying.REFERRED,
    KindOfWork(
        _("An application for insurance is to be underwritten"),
        _("Read the answers, then accept it, on a higher premium where that is right, or decline it."),
        ends=_("Once it is accepted or declined."),
    ),
)
WORK_KINDS.plug(
    CLAIM_WAITS,
    KindOfWork(
        _("An insurance claim is to be decided"),
        _("Read what happened and what was handed in, then propose to pay or to decline it."),
        ends=_("Once two people decided it, or it is withdrawn."),
    ),
)
