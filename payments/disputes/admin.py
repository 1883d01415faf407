"""Disputes at the desk: the queue of what is to be decided, what both sides say, and opening, winning and losing by two people."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.customers import customer_link
from core.desk.dashboard import counts, figure
from core.desk.forms import ActForm, ReasonForm, YuanField
from core.desk.owned import Owned, Queue, Whose, owning_acts
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.disputes import queries
from payments.disputes.models import MOST_FILES, Dispute, DisputeTerms
from payments.disputes.services import answering, deciding, freezing
from payments.disputes.states import OPEN, DisputeKind
from payments.refunds.admin import ACCOUNTS

FILE_COLUMNS = (_("No."), _("Name"), _("Kind"), _("Bytes"), "SHA-256", _("Handed in"))
VERDICT_LENGTH = 200
KINDS = [(kind.value, pgettext_lazy("choice", str(kind.label))) for kind in DisputeKind]
TERMS = ("effective_on", "open_days", "answer_days")


class Turn(admin.SimpleListFilter):
    """Whose turn it is."""

    title = _("Waits for")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("decide", _("A decision")), ("answer", _("The merchant's answer")), ("short", _("Money of the merchant"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        found = {"decide": queries.to_decide, "answer": queries.to_answer, "short": queries.still_short}.get(self.value() or "")
        return queryset if found is None else queryset.filter(pk__in=found().values("pk"))


class OpenForm(ReasonForm):
    """A dispute for a payer, or a chargeback of the payer's bank."""

    order = forms.CharField(label=_("Payment order"), max_length=40, widget=UnfoldAdminTextInputWidget())
    amount = YuanField(label=_("Amount (yuan)"), min_value=Decimal("0.01"))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=UnfoldAdminSelectWidget())
    words = forms.CharField(label=_("Words for the merchant"), max_length=500, widget=UnfoldAdminTextInputWidget())
    bank_reference = forms.CharField(
        label=_("Bank's number of the chargeback"),
        max_length=64,
        required=False,
        help_text=_("Only for a chargeback."),
        widget=UnfoldAdminTextInputWidget(),
    )
    taken_by_bank = forms.BooleanField(label=_("The bank has taken the money already"), required=False, widget=UnfoldBooleanWidget())
    field_order = ("order", "amount", "kind", "words", "bank_reference", "taken_by_bank", "reason")


class VerdictForm(ReasonForm):
    """What is decided, and why."""

    verdict = forms.CharField(
        label=_("Words for the merchant and the payer"),
        max_length=VERDICT_LENGTH,
        help_text=_("Name no personal data."),
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ("verdict", "reason")


class FileForm(ActForm):
    """Which file."""

    number = forms.IntegerField(label=_("No."), min_value=1, max_value=MOST_FILES, widget=UnfoldAdminTextInputWidget())


def opening_payload(doing: Doing) -> dict[str, Any]:
    data = doing.data
    return {
        "order": data["order"].strip(),
        "amount": data["amount"],
        "kind": data["kind"],
        "words": data["words"].strip(),
        "bank_reference": data["bank_reference"].strip(),
        "taken_by_bank": data["taken_by_bank"],
    }


def verdict_payload(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id, "verdict": doing.data["verdict"].strip()}


def hand_out(doing: Doing) -> HttpResponse:
    """A file as the merchant handed it in. Never shown inside a page."""
    found = queries.file(doing.row.pk, doing.data["number"])
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    ending = found.content_type.rpartition("/")[2]
    answer["Content-Disposition"] = f'attachment; filename="{doing.row.public_id}-{found.number}.{ending}"'
    return answer


def is_open(row: Dispute) -> bool:
    return row.state in OPEN


QUEUE = Queue("dispute.take", waits=Q(state__in=OPEN))


@admin.register(Dispute, site=desk)
class DisputeAdmin(Owned):
    group, place, icon, heading = "payments", 7, "gavel", _("Disputes")
    queue = QUEUE
    acts = (
        *owning_acts(QUEUE),
        proposing(
            "win",
            act=deciding.WIN,
            right="dispute.decide",
            title=_("Propose as won by the merchant"),
            named=_("Decide a dispute for the merchant"),
            payload=verdict_payload,
            form=VerdictForm,
            icon="storefront",
            open_to=is_open,
        ),
        proposing(
            "lose",
            act=deciding.LOSE,
            right="dispute.decide",
            title=_("Propose as lost by the merchant"),
            named=_("Decide a dispute against the merchant: the money goes back"),
            payload=verdict_payload,
            form=VerdictForm,
            icon="undo",
            variant="danger",
            open_to=is_open,
        ),
        Act(
            name="file",
            right="dispute.file",
            title=_("Download a file"),
            run=hand_out,
            form=FileForm,
            icon="download",
        ),
    )
    list_acts = (
        proposing(
            "open",
            act=deciding.OPEN_ACT,
            right="dispute.decide",
            title=_("Propose a dispute"),
            named=_("Open a dispute: the merchant's money is frozen"),
            payload=opening_payload,
            form=OpenForm,
            icon="gavel",
        ),
    )
    finds = {"dsp": "pk", "ord": "order_id", "mch": "merchant_id", "cus": "payer_id", "rfd": "refund_id"}
    search_help_text = _("A public id (dispute, order, merchant, payer, refund)")
    ordering = ("-id",)
    list_display = (
        "number",
        "state_label",
        "waits",
        "looked_at_by",
        "amount",
        "order_link",
        "merchant_name",
        "kind_label",
        "due",
        "created",
    )
    list_filter = ("state", Turn, Whose, "opened_by", "kind")
    list_select_related = ("merchant",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("waits", "looked_at_by"),
                    ("order_link", "refund_link"),
                    ("merchant_name", "payer_link"),
                    ("amount", "short"),
                    ("opened_by_label", "opener"),
                    ("kind_label", "bank_reference"),
                    ("created", "changed"),
                    ("due", "answered"),
                    ("decided", "taken_by_bank"),
                    "verdict",
                )
            },
        ),
        (_("Both sides"), {"fields": ("claim", "reply", "handed_in", "kept")}),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Dispute) -> SafeString:
        return mono(row.public_id)

    @display(description=_("Payment order"))
    def order_link(self, row: Dispute) -> SafeString | str:
        return link("payments.paymentorder", row.order_id, row.order_public_id)

    @display(description=_("Refund"))
    def refund_link(self, row: Dispute) -> SafeString | str:
        return link("payments.refund", row.refund_id, row.refund_public_id or "") if row.refund_id else "-"

    @display(description=_("Merchant"))
    def merchant_name(self, row: Dispute) -> SafeString | str:
        return link("payments.merchant", row.merchant_id, row.merchant.short_name)

    @display(description=_("Payer"))
    def payer_link(self, row: Dispute) -> SafeString | str:
        return customer_link(row.payer_id)

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: Dispute) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Still to be frozen (yuan)"))
    def short(self, row: Dispute) -> SafeString:
        return money(row.short_fen)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Dispute) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Kind"))
    def kind_label(self, row: Dispute) -> SafeString:
        return badge(str(row.kind), str(row.get_kind_display()))

    @display(description=_("Opened by"))
    def opened_by_label(self, row: Dispute) -> SafeString:
        return badge(str(row.opened_by), str(row.get_opened_by_display()))

    @display(description=_("Waits for"))
    def waits(self, row: Dispute) -> str:
        """How long an open dispute has been as it is."""
        return age(row.changed_at, clock.now()) if is_open(row) else "-"

    @display(description=_("Answer due"))
    def due(self, row: Dispute) -> SafeString | str:
        return when(row.answer_due_at)

    @display(description=_("Answered"))
    def answered(self, row: Dispute) -> SafeString | str:
        return when(row.answered_at)

    @display(description=_("Created"), ordering="id")
    def created(self, row: Dispute) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Dispute) -> SafeString | str:
        return when(row.changed_at)

    @display(description=_("Decided"))
    def decided(self, row: Dispute) -> SafeString | str:
        return when(row.decided_at)

    @display(description=_("What is claimed"))
    def claim(self, row: Dispute) -> str:
        return str(row.words)

    @display(description=_("What the merchant says"))
    def reply(self, row: Dispute) -> str:
        return str(row.answer or "-")

    @display(description=_("Files"))
    def handed_in(self, row: Dispute) -> SafeString:
        rows = (
            (one["number"], one["name"], one["content_type"], one["size"], mono(one["sha256"][:16]), when(one["created_at"]))
            for one in queries.files(row.pk)
        )
        return table(FILE_COLUMNS, rows)

    @display(description=_("Frozen"))
    def kept(self, row: Dispute) -> SafeString:
        return table((_("Account"), _("Amount (yuan)")), ((ACCOUNTS[role], money(fen)) for role, fen in row.frozen.items()))


@admin.register(DisputeTerms, site=desk)
class DisputeTermsAdmin(ProposedAdmin):
    place, icon, heading = 24, "gavel", _("Dispute terms")
    table = RuleTable(DisputeTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "open_days": _("For how many days after a payment its payer may dispute it."),
        "answer_days": _("How many days a merchant has to answer a dispute."),
    }
    list_display = ("effective_on", "open_days", "answer_days")
    ordering = ("-effective_on",)


class DisputesPanel:
    order = 40

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest disputes of a payer's."""
        rows = (
            (link("payments.dispute", row.pk, row.public_id), money(row.amount_fen), badge(row.state), when(row.created_at))
            for row in queries.of_payer(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Dispute"), _("Amount (yuan)"), _("State"), _("Created"))
        return customer_panel(_("Disputes"), "payments.dispute", customer_id, header, rows)


class DisputeFigures:
    order = 15

    def figures(self, *, at: datetime) -> list[Figure]:
        page = "payments.dispute"
        decide, short = counts(queries.to_decide(), queries.still_short())
        found = [
            (decide, figure(_("Disputes to decide"), decide, page, level="warning", turn="decide")),
            (short, figure(_("Disputes with money missing"), short, page, level="warning", turn="short")),
        ]
        return [shown for number, shown in found if number]


CUSTOMER_PANELS.plug("payments.disputes", DisputesPanel())
FIGURES.plug("payments.disputes", DisputeFigures())
WORK_KINDS.plug(
    answering.DECIDE,
    KindOfWork(
        _("A dispute is to be decided"),
        _("Read what both sides say, then propose it as won or lost."),
        ends=_("Once the dispute is decided or withdrawn."),
    ),
)
WORK_KINDS.plug(
    freezing.SHORT,
    KindOfWork(
        _("A merchant has less than is disputed"),
        _("It is asked for again by itself; see to the merchant's other money."),
        ends=_("Once the whole amount is frozen, or the dispute is over."),
    ),
)
