"""Issuers, what they were asked and how it went, their files and each line of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.filters import among
from core.desk.forms import ReasonForm
from core.desk.proposing import proposing
from core.desk.shown import badge, link, money, mono, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Words
from core.ids import public_id
from core.work.models import WorkItem
from core.work.sockets import WORK_KINDS, KindOfWork
from wealth.issuers import queries, switching
from wealth.issuers.models import Issuer, IssuerFile, IssuerLine, IssuerRequest, IssuerSettlement
from wealth.issuers.overview import IssuerFigures
from wealth.issuers.services import concluding, quoting, receiving, sending, settling, telling
from wealth.issuers.states import FileState, IssuerState, LineState, RequestState

ASKABLE = (RequestState.SENT, RequestState.UNKNOWN, RequestState.ACCEPTED)
BADGES = {"created": "pending", "sent": "pending", "accepted": "pending", "unknown": "waiting", "confirmed": "done", "rejected": "failed"}


def issuers() -> list[tuple[str, Words]]:
    """Every issuer by its code."""
    return [(code, code) for code in Issuer.objects.order_by("code").values_list("code", flat=True)]


class SwitchForm(ReasonForm):
    """Which state the issuer is to have."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[(value, pgettext_lazy("choice", label)) for value, label in IssuerState.choices],
        widget=UnfoldAdminSelectWidget,
    )


class Timed(DeskAdmin):
    """Rows that say when they were made and changed."""

    @display(description=_("Created"), ordering="id")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Any) -> str:
        return when(row.changed_at)


def switching_to(doing: Doing) -> dict[str, Any]:
    row = doing.row
    payload = {"target": switching.named(row.code), "held": row.state, "state": doing.data["state"]}
    switching.check(code=row.code, held=row.state, state=payload["state"])
    return payload


@admin.register(Issuer, site=desk)
class IssuerAdmin(Timed):
    group, place, icon, heading = "wealth", 60, "account_balance", _("Issuers")
    acts = (
        proposing(
            "switch",
            act=switching.ACT,
            right="issuer.switch",
            title=_("Propose another state"),
            named=_("Switch an issuer"),
            payload=switching_to,
            form=SwitchForm,
            icon="power_settings_new",
            explain=_(
                "On: asked. Maintenance: new requests are kept and wait. Off: no new requests; what is under way is brought to its end. "
                "Another person approves it first."
            ),
        ),
    )
    list_display = ("code", "name_zh", "name_en", "adapter", "state_label", "changed")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": ("code", ("name_zh", "name_en"), "adapter", "state_label", "changed")}),
        (_("Patience"), {"fields": ("connect_timeout_ms", "total_timeout_ms")}),
    )

    def target_of(self, row: Any) -> str:
        return switching.named(row.code) if row else super().target_of(row)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Issuer) -> SafeString:
        level = {"on": "done", "maintenance": "waiting"}.get(row.state, "failed")
        return badge(level, str(row.get_state_display()))


def ask_the_issuer(doing: Doing) -> Words:
    request = sending.query(request_id=doing.row.pk, at=doing.at)
    return str(_("The issuer was asked: {state} {code}")).format(state=request.get_state_display(), code=request.code)


@admin.register(IssuerRequest, site=desk)
class IssuerRequestAdmin(Timed):
    group, place, icon, heading = "wealth", 70, "swap_horiz", _("Requests to issuers")
    acts = (
        Act(
            name="ask",
            right="issuer_request.ask",
            title=_("Ask the issuer now"),
            run=ask_the_issuer,
            icon="contact_support",
            variant="primary",
            calls_out=True,
            open_to=lambda row: row.state in ASKABLE,
        ),
    )
    finds = {"isr": "pk", "wod": "business_id"}
    search_help_text = _("A public id: the request's own, or the order's it is for")
    list_display = ("request_number", "created", "operation", "state_label", "product_code", "asked", "trade_on", "issuer_code", "code")
    list_filter = ("state", "operation", ("issuer_code", among(issuers)))
    fieldsets = (
        (None, {"fields": (("request_number", "state_label"), ("issuer_code", "operation"), ("product_code", "asked"), "trade_on")}),
        (_("For"), {"fields": (("business", "business_text"), "original_link")}),
        (_("Outcome"), {"fields": (("code", "issuer_no"), ("confirmed", "units", "fee"), ("nav", "confirmed_on"), "settlement_text")}),
        (_("On its way"), {"fields": (("tried", "due"), ("created", "sent"), ("settled", "owed"), "changed")}),
        (_("Its story"), {"fields": ("story",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssuerRequest]:
        return super().get_queryset(request).select_related("settlement")

    @display(description=_("Number"), ordering="id")
    def request_number(self, row: IssuerRequest) -> SafeString:
        return mono(row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: IssuerRequest) -> SafeString:
        return badge(BADGES.get(row.state, row.state), str(row.get_state_display()))

    @display(description=_("Asked (yuan, units)"))
    def asked(self, row: IssuerRequest) -> SafeString | str:
        found = row.amount_fen if row.amount_fen is not None else row.units_fen
        return "-" if found is None else money(found)

    @display(description=_("Its id"))
    def business_text(self, row: IssuerRequest) -> SafeString:
        return mono(row.business_id)

    @display(description=_("Original"))
    def original_link(self, row: IssuerRequest) -> SafeString | str:
        if row.original_id is None:
            return "-"
        return link("wealth.issuerrequest", row.original_id, public_id(IssuerRequest.PREFIX, row.original_id))

    @display(description=_("Confirmed (yuan)"))
    def confirmed(self, row: IssuerRequest) -> SafeString | str:
        return "-" if row.confirmed_fen is None else money(row.confirmed_fen)

    @display(description=_("Units"))
    def units(self, row: IssuerRequest) -> SafeString | str:
        return "-" if row.confirmed_units_fen is None else money(row.confirmed_units_fen)

    @display(description=_("Fee (yuan)"))
    def fee(self, row: IssuerRequest) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Net money of its day"))
    def settlement_text(self, row: IssuerRequest) -> SafeString | str:
        if row.settlement is None:
            return "-"
        return link("wealth.issuerfile", row.settlement.file_id, row.settlement.public_id)

    @display(description=_("Sent / asked"))
    def tried(self, row: IssuerRequest) -> str:
        return f"{row.sends} / {row.queries}"

    @display(description=_("Looked at again"))
    def due(self, row: IssuerRequest) -> str:
        return when(row.due_at)

    @display(description=_("Sent"))
    def sent(self, row: IssuerRequest) -> str:
        return when(row.sent_at)

    @display(description=_("Settled"))
    def settled(self, row: IssuerRequest) -> str:
        return when(row.settled_at)

    @display(description=_("Its story"))
    def story(self, row: IssuerRequest) -> SafeString:
        """What happened to it, in order: its own steps, the line that ended it, what operators were asked."""
        steps: list[tuple[Any, Any, Any]] = [(row.created_at, _("Written"), "-")]
        if row.sent_at is not None:
            steps.append((row.sent_at, _("First sent"), str(_("{sends} times in all")).format(sends=row.sends)))
        lines = IssuerLine.objects.filter(request=row).select_related("file").defer("file__raw").order_by("settled_at")
        for line in lines:
            name = f"{line.file.day} · {line.get_state_display()} {line.broken}"
            steps.append((line.settled_at, _("A line of a file"), link("wealth.issuerfile", line.file_id, name)))
        for item in WorkItem.objects.filter(target=row.public_id).order_by("asked_at"):
            known = WORK_KINDS.get(item.kind)
            steps.append((item.asked_at, _("Operators were asked"), known.title if known else item.kind))
        if row.settled_at is not None:
            steps.append((row.settled_at, _("Settled"), f"{row.get_state_display()} {row.code}"))
        found = sorted(steps, key=lambda step: step[0])
        return table((_("Time"), _("Step"), _("Details")), [(when(at), step, told) for at, step, told in found])


def fetch_now(doing: Doing) -> Words:
    receiving.fetch(doing.row, doing.at)
    state = queries.file(doing.row.pk)
    return str(_("The issuer was asked for the file: {state} {code}")).format(state=state.get_state_display(), code=state.code)


@admin.register(IssuerFile, site=desk)
class IssuerFileAdmin(DeskAdmin):
    group, place, icon, heading = "wealth", 80, "fact_check", _("Confirmation files")
    acts = (
        Act(
            name="fetch",
            right="issuer_file.fetch",
            title=_("Fetch it now"),
            run=fetch_now,
            icon="download",
            variant="primary",
            calls_out=True,
            open_to=lambda row: row.state == FileState.WAITING,
        ),
    )
    finds = {"isf": "pk"}
    search_help_text = _("A file's public id")
    list_display = ("day", "issuer_name", "state_label", "lines", "subscribed", "redeemed", "fees", "tries", "code")
    list_filter = ("state", "issuer")
    ordering = ("-day", "issuer_id")
    fieldsets = (
        (None, {"fields": (("day", "issuer_name"), ("state_label", "code"), ("tries", "due"))}),
        (_("What it says"), {"fields": ("lines", ("subscribed", "redeemed", "fees"), "sha256")}),
        (_("Times"), {"fields": ("received", "settled")}),
        (_("Net money"), {"fields": ("net_money",)}),
        (_("Lines that do not fit"), {"fields": ("misfits",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssuerFile]:
        return super().get_queryset(request).defer("raw")

    @display(description=_("Issuer"), ordering="issuer_id")
    def issuer_name(self, row: IssuerFile) -> str:
        return str(row.issuer_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: IssuerFile) -> SafeString:
        return badge({"received": "pending", "settled": "done"}.get(row.state, "waiting"), str(row.get_state_display()))

    @display(description=_("Subscribed (yuan)"))
    def subscribed(self, row: IssuerFile) -> SafeString:
        return money(row.subscribed_fen)

    @display(description=_("Redeemed (yuan)"))
    def redeemed(self, row: IssuerFile) -> SafeString:
        return money(row.redeemed_fen)

    @display(description=_("Fees (yuan)"))
    def fees(self, row: IssuerFile) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Looked at again"))
    def due(self, row: IssuerFile) -> str:
        return when(row.due_at)

    @display(description=_("Received"))
    def received(self, row: IssuerFile) -> str:
        return when(row.received_at)

    @display(description=_("Settled"))
    def settled(self, row: IssuerFile) -> str:
        return when(row.settled_at)

    @display(description=_("Net money"))
    def net_money(self, row: IssuerFile) -> SafeString | str:
        rows = [
            (
                one.product_code,
                money(one.subscribed_fen),
                money(one.redeemed_fen),
                money(one.net_fen),
                "-" if one.journal_id is None else link("accounts.journal", one.journal_id, public_id("jrn", one.journal_id)),
            )
            for one in IssuerSettlement.objects.filter(file=row).order_by("product_code", "id")
        ]
        heads = (_("Product"), _("Subscribed (yuan)"), _("Redeemed (yuan)"), _("Net (yuan)"), _("Journal"))
        return table(heads, rows) if rows else "-"

    @display(description=_("Lines that do not fit"))
    def misfits(self, row: IssuerFile) -> SafeString | str:
        found = IssuerLine.objects.filter(file=row, state=LineState.BROKEN).order_by("place")[:100]
        rows = [(link("wealth.issuerline", one.pk, str(one.place)), one.number, one.broken, money(one.amount_fen)) for one in found]
        return table((_("Line"), _("Number"), _("Why"), _("Amount (yuan)")), rows) if rows else "-"


@admin.register(IssuerLine, site=desk)
class IssuerLineAdmin(DeskAdmin):
    group, place, icon, heading = "wealth", 85, "format_list_numbered", _("Confirmation lines")
    finds = {"isl": "pk", "isr": "request_id", "isf": "file_id"}
    search_help_text = _("A public id: the line's, the file's or the request's")
    list_display = ("line_number", "file_link", "operation", "product_code", "state_label", "broken", "amount", "units")
    list_filter = ("state", "broken")
    fieldsets = (
        (None, {"fields": (("file_link", "place"), ("line_number", "request_link"), ("state_label", "broken"))}),
        (_("What it says"), {"fields": (("operation", "product_code"), ("confirmed", "code"), ("amount", "units", "fee"), "nav")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssuerLine]:
        return super().get_queryset(request).select_related("file").defer("file__raw")

    @display(description=_("Number"), ordering="id")
    def line_number(self, row: IssuerLine) -> SafeString:
        return mono(row.number)

    @display(description=_("File"))
    def file_link(self, row: IssuerLine) -> SafeString | str:
        return link("wealth.issuerfile", row.file_id, str(row.file))

    @display(description=_("Request"))
    def request_link(self, row: IssuerLine) -> SafeString | str:
        if row.request_id is None:
            return "-"
        return link("wealth.issuerrequest", row.request_id, public_id(IssuerRequest.PREFIX, row.request_id))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: IssuerLine) -> SafeString:
        level = {"settled": "done", "repeated": "done", "broken": "failed"}.get(row.state, "pending")
        return badge(level, str(row.get_state_display()))

    @display(description=_("Amount (yuan)"))
    def amount(self, row: IssuerLine) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Units"))
    def units(self, row: IssuerLine) -> SafeString:
        return money(row.units_fen)

    @display(description=_("Fee (yuan)"))
    def fee(self, row: IssuerLine) -> SafeString:
        return money(row.fee_fen)


FIGURES.plug("wealth.issuers", IssuerFigures())
ENDS_BY_WORD = _("Once the issuer tells how it ended, by its answer or its file.")
WORK_KINDS.plug(
    concluding.UNKNOWN,
    KindOfWork(
        _("Nobody knows whether an issuer has a request"),
        _("Open the request and ask the issuer now; when it never answers, call it: only its answer or its file ends the request."),
        ends=ENDS_BY_WORD,
    ),
)
WORK_KINDS.plug(
    concluding.UNSENT,
    KindOfWork(
        _("A request does not reach its issuer"),
        _("See whether the issuer is up and takes our signature; the request leaves again by itself."),
        ends=_("Once the issuer has taken or refused the request."),
    ),
)
WORK_KINDS.plug(
    concluding.UNCONFIRMED,
    KindOfWork(
        _("A confirmation file leaves a request out"),
        _("Ask the issuer which day's file will have it."),
        ends=_("Once a file confirms or refuses the request."),
    ),
)
WORK_KINDS.plug(
    concluding.CONTRADICTED,
    KindOfWork(
        _("An issuer contradicts how a request ended"),
        _("Compare the request's story with the issuer's own records; what it booked must be what we booked."),
    ),
)
WORK_KINDS.plug(
    telling.UNTOLD,
    KindOfWork(
        _("An issuer's word could not be booked"),
        _("Look at the refusal below and mend its cause; it is told again by itself every minute."),
        ends=_("Once it is booked."),
    ),
)
WORK_KINDS.plug(
    receiving.WAITING,
    KindOfWork(
        _("A confirmation file is missing or not to be believed"),
        _("Call the issuer; the file is fetched again every ten minutes, and nothing of it is used before it verifies."),
        ends=_("Once the file is here and verifies."),
    ),
)
WORK_KINDS.plug(
    settling.BROKEN,
    KindOfWork(
        _("A line of a confirmation file does not fit"),
        _("Compare the line with the request and the issuer's records. A wrong line is put right by the issuer in a later day's file."),
    ),
)
WORK_KINDS.plug(
    quoting.MISSING,
    KindOfWork(
        _("A product has no quote for a day"),
        _("Call the issuer; the product's income of that day waits for it."),
        ends=_("Once the quote is here."),
    ),
)
WORK_KINDS.plug(
    quoting.CHANGED,
    KindOfWork(
        _("A quote changed under its revision number"),
        _("Ask the issuer for a revision with a number of its own; the first one stays."),
    ),
)
