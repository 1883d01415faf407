"""Consents, exports of personal data and closed accounts as operators see them. An export's content is the customer's alone."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from accounts.privacy import queries
from accounts.privacy.models import AccountClosure, Consent, ConsentDocument, DataExport
from accounts.privacy.publishing import ACT, Draft, draft_of
from core.desk.acts import Doing
from core.desk.base import DeskAdmin
from core.desk.customers import OfCustomer
from core.desk.forms import DayInput, ReasonForm
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import badge, link, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, Panel
from core.ids import public_id


def body(label: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=UnfoldAdminTextareaWidget({"rows": 12}))


def title(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, widget=UnfoldAdminTextInputWidget())


class VersionForm(ReasonForm):
    """The next version's texts, beginning with what the present version says."""

    title_zh, title_en = title(_("Title in Chinese")), title(_("Title in English"))
    body_zh, body_en = body(_("Text in Chinese")), body(_("Text in English"))
    required = forms.BooleanField(
        label=_("Required"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Who does not agree can look, log out, withdraw their money and leave, and do nothing else."),
    )
    required_on = forms.DateField(
        label=_("Required from"),
        required=False,
        widget=DayInput,
        help_text=_("A day after today: until it begins, who agreed to the version before may go on. Empty when not required."),
    )
    field_order = ("title_zh", "title_en", "body_zh", "body_en", "required", "required_on", "reason")

    def __init__(self, *args: Any, row: ConsentDocument, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        self.initial = {**draft_of(row).values(), "required_on": None}


def next_version(doing: Doing) -> dict[str, Any]:
    said = {name: value for name, value in doing.data.items() if name != "reason"}
    draft = Draft(version=doing.row.version + 1, **said)
    return {"target": f"consent_document:{doing.row.kind}", "values": draft.values(), "before": draft_of(doing.row).values()}


def document_name(document: ConsentDocument) -> str:
    """Its title in the reader's language, and the version."""
    words = document.title_zh if (get_language() or "en").startswith("zh") else document.title_en
    return f"{words} {document.version}"


@admin.register(ConsentDocument, site=desk)
class ConsentDocumentAdmin(DeskAdmin):
    group, place, icon, heading = "settings", 97, "contract", _("Consent documents")
    acts = (
        proposing(
            "publish",
            act=ACT,
            right=ACT,
            title=_("Propose the next version"),
            named=_("Publish a version of a document"),
            form=VersionForm,
            payload=next_version,
            icon="post_add",
            variant="primary",
            explain=_("Once another person approves, it is published at once and for good; customers are asked to agree to it."),
            open_to=lambda row: row.version == queries.newest(row.kind).version,
        ),
    )
    list_display = ("kind", "version", "required", "title_zh", "title_en", "published", "asked_from")
    list_filter = ("kind", "required")
    ordering = ("kind", "-version")
    fieldsets = (
        (None, {"fields": ("kind", "version", "required", "published", "asked_from", "title_zh", "body_zh", "title_en", "body_en")}),
    )

    def name_of(self, row: ConsentDocument) -> str:
        return document_name(row)

    @display(description=_("Required from"))
    def asked_from(self, row: ConsentDocument) -> str:
        return when(row.required_from)

    @display(description=_("Published"))
    def published(self, row: ConsentDocument) -> str:
        return when(row.published_at)


@admin.register(Consent, site=desk)
class ConsentAdmin(OfCustomer):
    group, place, icon, heading = "customers", 90, "handshake", _("Consents")
    finds = {"cus": "customer_id", "cns": "pk"}
    list_display = ("number", "owner", "agreed_to", "standing", "created", "withdrawn")
    fieldsets = ((None, {"fields": ("number", "owner", "agreed_to", "standing", "on_session", "created", "withdrawn")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        return super().get_queryset(request).select_related("document")

    @display(description=_("Document"))
    def agreed_to(self, row: Consent) -> SafeString | str:
        return link("accounts.consentdocument", row.document_id, document_name(row.document))

    @display(description=_("Session"))
    def on_session(self, row: Consent) -> SafeString | str:
        return "-" if row.session_id is None else link("accounts.devicesession", row.session_id, public_id("ses", row.session_id))

    @display(description=_("State"))
    def standing(self, row: Consent) -> SafeString:
        return badge("active" if row.withdrawn_at is None else "withdrawn")

    @display(description=_("Withdrawn"))
    def withdrawn(self, row: Consent) -> str:
        return when(row.withdrawn_at)


@admin.register(DataExport, site=desk)
class DataExportAdmin(OfCustomer):
    group, place, icon, heading = "customers", 92, "folder_zip", _("Personal-data exports")
    finds = {"cus": "customer_id", "exp": "pk"}
    list_display = ("number", "owner", "state_label", "created", "expires")
    list_filter = ("state",)
    fieldsets = ((None, {"fields": ("number", "owner", "state_label", "created", "changed", "expires")}),)

    @display(description=_("Expires"))
    def expires(self, row: DataExport) -> str:
        return when(row.expires_at)


@admin.register(AccountClosure, site=desk)
class AccountClosureAdmin(OfCustomer):
    group, place, icon, heading = "customers", 94, "person_off", _("Closed accounts")
    finds = {"cus": "customer_id", "cls": "pk"}
    list_display = ("number", "owner", "created")
    fieldsets = ((None, {"fields": ("number", "owner", "created", "reason")}),)


class ConsentsPanel:
    order = 70

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        rows = (
            (document_name(consent.document), badge("active" if consent.withdrawn_at is None else "withdrawn"), when(consent.created_at))
            for consent in Consent.objects.filter(customer_id=customer_id).select_related("document").order_by("-id")[:6]
        )
        return customer_panel(_("Consents"), "accounts.consent", customer_id, (_("Document"), _("State"), _("Since")), rows)


CUSTOMER_PANELS.plug("accounts.privacy", ConsentsPanel())
