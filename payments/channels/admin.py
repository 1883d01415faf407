"""Channels, every call made to them, what nobody could find out, what they told us and what does not agree."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.admin_adjusting import AdjustmentForm, adjustment
from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.addresses import list_of
from core.desk.base import DeskAdmin
from core.desk.customers import OfCustomer
from core.desk.filters import among
from core.desk.masking import yuan
from core.desk.owned import Owned, Queue, Whose, owning_acts
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.roles import opens
from core.desk.shown import LINK, age, badge, link, money, mono, on, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.channels import (
    admin_health,  # noqa: F401  (registers its page)
    both_sides,
    breaker,
    breaks,
    closing_breaks,
    outcomes,
    services,
    telling,
)
from payments.channels.admin_connecting import CONNECT
from payments.channels.models import (
    Break,
    BreakerRule,
    Channel,
    ChannelNotice,
    ChannelRequest,
    ErrorRule,
    MaintenanceWindow,
    RefusedNotices,
    RouteRule,
)
from payments.channels.overview import ChannelFigures
from payments.channels.port import REFUSALS
from payments.channels.states import RequestState

ASKABLE = (RequestState.SENT, RequestState.PENDING, RequestState.ACTION_REQUIRED, RequestState.UNKNOWN)
CHANNEL_FIELDS = ("code", "adapter", "name_en", "name_zh", "enabled", "connect_timeout_ms", "total_timeout_ms")
WINDOW_FIELDS = ("channel", "bank_code", "starts_at", "ends_at", "words_en", "words_zh")
BREAKER_FIELDS = ("channel", "effective_on", "window_s", "least_calls", "bad_share_bp", "open_s", "probe_s")
ROUTE_FIELDS = ("channel", "operation", "bank_code", "kind", "offered", "cost_bp", "cost_fen", "least_fen", "most_fen", "effective_on")
RULE_FIELDS = ("channel", "code", "operation", "action", "definite", "words_en", "words_zh", "effective_on")


def ask_the_bank(doing: Doing) -> Words:
    request = services.ask_now(request_id=doing.row.pk, at=doing.at)
    return str(_("The bank was asked: {state} {code}")).format(state=request.get_state_display(), code=request.code)


ASKED = {
    "scan": _("Scan a code"),
    "invoke": _("Go on in the other app"),
    "confirm": _("Confirm in the other app"),
    "redirect": _("Go to a page"),
}


@admin.register(ChannelRequest, site=desk)
class ChannelRequestAdmin(OfCustomer):
    group, place, icon, heading = "payments", 40, "swap_horiz", _("Channel requests")
    acts = (
        Act(
            name="ask",
            right="channel_request.ask",
            title=_("Ask the bank now"),
            run=ask_the_bank,
            icon="contact_support",
            variant="primary",
            calls_out=True,
            open_to=lambda row: row.state in ASKABLE,
        ),
    )
    finds = {"cus": "customer_id", "chr": "pk", "top": "business_id", "wdr": "business_id", "crd": "card_id", "bnd": "business_id"}
    list_display = ("number", "created", "operation", "state_label", "amount", "owner", "channel_code", "code")
    list_filter = ("state", "operation", "channel")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("channel_code", "operation"), ("amount", "fee"), ("owner", "card_link"))}),
        (_("For"), {"fields": (("business", "business_text"), "original_link")}),
        (_("Outcome"), {"fields": (("code", "verdict"), "asked_of_payer", ("channel_no", "booked_on"), ("settled", "returned"))}),
        (_("On its way"), {"fields": (("tried", "due"), ("created", "sent"), "changed")}),
    )

    @display(description=_("Fee (yuan)"))
    def fee(self, row: ChannelRequest) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Asked of the payer"))
    def asked_of_payer(self, row: ChannelRequest) -> str:
        return str(ASKED.get(row.action, "-"))

    @display(description=_("Card"))
    def card_link(self, row: ChannelRequest) -> SafeString | str:
        return "-" if row.card_id is None else link("payments.card", row.card_id, public_id("crd", row.card_id))

    @display(description=_("Its id"))
    def business_text(self, row: ChannelRequest) -> SafeString | str:
        pages = {
            "top_up": ("payments.topup", "top"),
            "withdrawal": ("payments.withdrawal", "wdr"),
            "card_binding": ("payments.cardbinding", "bnd"),
        }
        label, prefix = pages.get(row.business, ("", ""))
        return link(label, row.business_id, public_id(prefix, row.business_id)) if label else mono(row.business_id)

    @display(description=_("Original"))
    def original_link(self, row: ChannelRequest) -> SafeString | str:
        return "-" if row.original_id is None else link("payments.channelrequest", row.original_id, public_id("chr", row.original_id))

    @display(description=_("Sent / asked"))
    def tried(self, row: ChannelRequest) -> str:
        return f"{row.sends} / {row.queries}"

    @display(description=_("Looked at again"))
    def due(self, row: ChannelRequest) -> str:
        return when(row.due_at)

    @display(description=_("Sent"))
    def sent(self, row: ChannelRequest) -> str:
        return when(row.sent_at)

    @display(description=_("Settled"))
    def settled(self, row: ChannelRequest) -> str:
        return when(row.settled_at)

    @display(description=_("Returned"))
    def returned(self, row: ChannelRequest) -> str:
        return when(row.returned_at)


CORRECTION = ("debited", "credited", "amount", "reference")


class OfRequest(DeskAdmin):
    """Rows that name a channel request."""

    @display(description=_("Request"))
    def request_link(self, row: Break) -> SafeString | str:
        return "-" if row.request_id is None else link("payments.channelrequest", row.request_id, public_id("chr", row.request_id))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Break) -> SafeString:
        return badge("waiting", gettext("waiting")) if row.state == "open" else badge("done", str(row.get_state_display()))

    @display(description=_("Age"))
    def waiting(self, row: Break) -> str:
        return age(row.created_at, clock.now()) if row.state == "open" else "-"

    @display(description=_("Since"), ordering="id")
    def since(self, row: Break) -> str:
        return when(row.created_at)


class ClosingForm(AdjustmentForm):
    """Why a break is closed, and what corrects the books: all of the four fields or none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CORRECTION:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in CORRECTION if cleaned.get(name)]
        if given and len(given) < len(CORRECTION):
            raise forms.ValidationError(_("A correction needs both accounts, the amount and the reference."))
        return cleaned


def closing(doing: Doing) -> dict[str, Any]:
    correction = adjustment(doing.data) if doing.data.get("debited") else None
    return {"target": breaks.named(doing.row.pk), "why": doing.data["reason"], "correction": correction}


def fixing(doing: Doing) -> dict[str, Any]:
    offered = closing_breaks.proposal(doing.row)
    if offered is None:
        raise closing_breaks.FixChanged()
    return {"target": breaks.named(doing.row.pk), "why": doing.data["reason"], "correction": None, "fix": closing_breaks.told(offered[1])}


def fixable(row: Break) -> bool:
    return row.state == Break.State.OPEN and closing_breaks.proposal(row) is not None


BREAKS = Queue("break.take", waits=Q(state=Break.State.OPEN), target=lambda row: breaks.named(row.pk))


@admin.register(Break, site=desk)
class BreakAdmin(Owned, OfRequest):
    group, place, icon, heading = "payments", 60, "difference", _("Breaks")
    queue = BREAKS
    acts = (
        *owning_acts(BREAKS),
        proposing(
            "fix",
            act=closing_breaks.ACT,
            right="break.close",
            title=_("Propose the fix shown"),
            named=_("Close a break"),
            payload=fixing,
            icon="auto_fix_high",
            variant="primary",
            explain=_("The fix shown on the break's page is booked and the break closed. Another person approves it first."),
            open_to=fixable,
        ),
        proposing(
            "close",
            act=closing_breaks.ACT,
            right="break.close",
            title=_("Propose to close"),
            named=_("Close a break"),
            payload=closing,
            form=ClosingForm,
            icon="task_alt",
            explain=_(
                "Say why the two differ. Where our books are wrong, fill in all four fields of the correction, else none. "
                "Another person approves it first."
            ),
            open_to=lambda row: row.state == Break.State.OPEN,
        ),
    )
    finds = {"chr": "request_id"}
    search_help_text = _("A channel request's public id")
    list_display = (
        "since",
        "state_label",
        "waiting",
        "looked_at_by",
        "kind",
        "on_day",
        "request_link",
        "our_word",
        "their_word",
        "channel_code",
    )
    list_filter = ("state", Whose, "kind", "channel")
    ordering = (F("closed_at").desc(nulls_first=True), "id")
    fieldsets = (
        (None, {"fields": (("since", "waiting"), ("looked_at_by", "channel_code"), ("kind", "run_of_day"))}),
        (_("For"), {"fields": (("request_no", "request_link"), "source", "two_words")}),
        (_("Proposed fix"), {"fields": ("fix_words", "fix_legs")}),
        (_("Closed"), {"fields": ("state_label", "closed", "closed_why", "journal")}),
    )

    @display(description=_("What to do"))
    def fix_words(self, row: Break) -> str:
        if row.state != Break.State.OPEN:
            return "-"
        offered = closing_breaks.proposal(row)
        if offered is None:
            return gettext("None: find out with the bank what happened, then close the break with your own correction, or none.")
        return offered[1].zh if (get_language() or "").startswith("zh") else offered[1].en

    @display(description=_("Journal"))
    def fix_legs(self, row: Break) -> SafeString | str:
        offered = closing_breaks.proposal(row) if row.state == Break.State.OPEN else None
        if offered is None or not offered[1].legs:
            return "-"
        rows = [(name, yuan(-fen) if fen < 0 else "", yuan(fen) if fen > 0 else "") for name, fen in offered[1].legs]
        return table((_("Account"), _("Debit (yuan)"), _("Credit (yuan)")), rows)

    def target_of(self, row: Any) -> str:
        return breaks.named(row.pk) if row else super().target_of(row)

    def name_of(self, row: Break) -> str:
        return f"{row.get_kind_display()} · {row.request_no}"

    @display(description=_("Day"), ordering="day")
    def on_day(self, row: Break) -> SafeString | str:
        return on(row.day) if row.day else "-"

    @display(description=_("Day"))
    def run_of_day(self, row: Break) -> SafeString | str:
        """The day's reconciliation, a list of one."""
        if row.day is None or not opens("payments.reconrun"):
            return self.on_day(row)
        address = list_of("payments.reconrun", day=str(row.day), channel__code__exact=row.channel_id)
        return format_html('<a class="{}" href="{}">{}</a>', LINK, address, row.day)

    @display(description=_("What they say"))
    def two_words(self, row: Break) -> SafeString:
        return both_sides.both(row)

    @display(description=_("Ours"))
    def our_word(self, row: Break) -> str:
        return both_sides.side(row.kind, row.ours)

    @display(description=_("Theirs"))
    def their_word(self, row: Break) -> str:
        return both_sides.side(row.kind, row.theirs)

    @display(description=_("Journal"))
    def journal(self, row: Break) -> SafeString | str:
        return "-" if row.journal_id is None else link("accounts.journal", row.journal_id, public_id("jrn", row.journal_id))

    @display(description=_("Closed"))
    def closed(self, row: Break) -> str:
        return when(row.closed_at)


@admin.register(ChannelNotice, site=desk)
class ChannelNoticeAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 50, "notifications", _("Notices")
    search_help_text = _("A notice's id")
    list_display = ("received", "channel_code", "event", "event_id", "state_label", "outcome")
    list_filter = ("state", "channel")
    fieldsets = ((None, {"fields": ("id", "received", "channel_code", "event", "event_id", "state_label", "outcome", "processed")}),)

    @display(description=_("Received"), ordering="id")
    def received(self, row: ChannelNotice) -> str:
        return when(row.created_at)

    @display(description=_("Processed"))
    def processed(self, row: ChannelNotice) -> str:
        return when(row.processed_at)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: ChannelNotice) -> SafeString:
        return badge({"received": "pending", "processed": "done"}.get(row.state, row.state), str(row.get_state_display()))


def refusals() -> list[tuple[str, Words]]:
    """Why notices are refused, in words."""
    named = {"signature": _("signature"), "timestamp": _("too old"), "merchant": _("of another merchant"), "malformed": _("unreadable")}
    return [(reason, named[reason]) for reason in REFUSALS]


@admin.register(RefusedNotices, site=desk)
class RefusedNoticesAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 55, "notifications_off", _("Refused notices")
    list_display = ("day", "channel_code", "reason", "count", "last")
    list_filter = ("channel", ("reason", among(refusals)))
    ordering = ("-day", "-id")
    fieldsets = ((None, {"fields": ("day", "channel_code", "reason", "count", "last", "last_body_sha256")}),)

    @display(description=_("Last"))
    def last(self, row: RefusedNotices) -> str:
        return when(row.last_at)


@admin.register(Channel, site=desk)
class ChannelAdmin(ProposedAdmin):
    place, icon, heading = 50, "cable", _("Channels")
    may_add = False
    acts = (CONNECT,)
    table = RuleTable(Channel, CHANNEL_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "enabled": _("When off, no new call goes out; what is under way is still asked about."),
        "total_timeout_ms": _("Under 8,000: a customer waits for it."),
    }
    list_display = ("code", "name_zh", "name_en", "adapter", "enabled", "total_timeout_ms")
    ordering = ("code",)


@admin.register(MaintenanceWindow, site=desk)
class MaintenanceWindowAdmin(ProposedAdmin):
    place, icon, heading = 60, "construction", _("Maintenance windows")
    table = RuleTable(MaintenanceWindow, WINDOW_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "bank_code": _("Only the cards of this bank; empty for the whole channel."),
        "starts_at": _("No calls from then on, Shanghai time."),
        "ends_at": _("Calls again from then on."),
        "words_en": _("What customers read meanwhile."),
        "words_zh": _("What customers read meanwhile."),
    }
    list_display = ("channel_code", "bank_code", "starts", "ends", "words_zh")
    list_filter = ("channel",)
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: MaintenanceWindow) -> str:
        return when(row.starts_at)

    @display(description=_("Until"))
    def ends(self, row: MaintenanceWindow) -> str:
        return when(row.ends_at)


@admin.register(ErrorRule, site=desk)
class ErrorRuleAdmin(ProposedAdmin):
    place, icon, heading = 70, "translate", _("Channel codes")
    table = RuleTable(ErrorRule, RULE_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "channel": _("Empty for every channel: the platform's own codes."),
        "code": _("As the channel answers it."),
        "operation": _("Empty for every operation. A row of one goes before it."),
        "definite": _("On: the code proves that nothing was done. When in doubt off, so that the channel is asked again."),
        "words_en": _("What the customer reads."),
        "words_zh": _("What the customer reads."),
    }
    list_display = ("which_channel", "code", "operation", "action", "definite", "words_en", "words_zh", "effective_on")
    list_filter = ("channel", "action", "operation")
    ordering = ("channel_id", "code", "operation", "-effective_on")

    @display(description=_("Channel"), ordering="channel_id")
    def which_channel(self, row: ErrorRule) -> str:
        return row.channel_id or gettext("every channel")


@admin.register(BreakerRule, site=desk)
class BreakerRuleAdmin(ProposedAdmin):
    place, icon, heading = 75, "electrical_services", _("Breaker thresholds")
    table = RuleTable(BreakerRule, BREAKER_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "window_s": _("How far back calls are counted."),
        "least_calls": _("With fewer calls in the window the channel is never put at rest."),
        "bad_share_bp": _("Put at rest from this share of bad calls on, in hundredths of a percent: 5000 is half."),
        "open_s": _("How long it rests before one call tries."),
        "probe_s": _("How long that one call may take."),
    }
    list_display = ("channel_code", "effective_on", "window_s", "least_calls", "bad_share_bp", "open_s", "probe_s")
    list_filter = ("channel",)
    ordering = ("channel_id", "-effective_on")


@admin.register(RouteRule, site=desk)
class RouteRuleAdmin(ProposedAdmin):
    place, icon, heading = 65, "alt_route", _("Routes")
    table = RuleTable(RouteRule, ROUTE_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "operation": _("Payments, payouts, and the signing of cards."),
        "bank_code": _("Only the cards of this bank; empty for all. A row of a bank goes before it."),
        "kind": _("Empty for both."),
        "offered": _("Off: the channel does not serve it."),
        "cost_bp": _("What the channel takes of the amount, in hundredths of a percent."),
        "cost_fen": _("What the channel takes a call."),
        "least_fen": _("Empty for no bound."),
        "most_fen": _("Empty for no bound."),
    }
    list_display = ("channel_code", "operation", "bank_code", "kind", "offered", "cost_bp", "cost", "least", "most", "effective_on")
    list_filter = ("channel", "operation")
    ordering = ("channel_id", "operation", "bank_code", "kind", "-effective_on")

    @display(description=_("A call (yuan)"))
    def cost(self, row: RouteRule) -> SafeString:
        return money(row.cost_fen)

    @display(description=_("From (yuan)"))
    def least(self, row: RouteRule) -> SafeString:
        return money(row.least_fen)

    @display(description=_("Up to (yuan)"))
    def most(self, row: RouteRule) -> SafeString:
        return money(row.most_fen)


FIGURES.plug("payments.channels", ChannelFigures())
WORK_KINDS.plug(
    outcomes.WORK,
    KindOfWork(
        _("Nobody knows how a request ended"),
        _(
            "Open the request and ask the bank now; when it never answers, ask it by telephone: "
            "it ends only by the channel's answer or its statement."
        ),
        ends=_("Once the channel tells how the request ended."),
    ),
)
WORK_KINDS.plug(
    telling.WORK,
    KindOfWork(
        _("A settled request could not be booked"),
        _("Look at the refusal below and mend its cause; it is booked again by itself every minute."),
        ends=_("Once the request is booked."),
    ),
)
WORK_KINDS.plug(
    breaker.WORK,
    KindOfWork(
        _("A channel is at rest"),
        _("See the channel's health and call the bank; it settles itself once a trial call succeeds."),
        ends=_("Once a trial call succeeds, or the channel is switched off."),
    ),
)
