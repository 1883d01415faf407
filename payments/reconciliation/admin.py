"""Reconciliations, the statements' lines, and the terms they are judged by."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.addresses import list_of
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.filters import among
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import LINK, age, badge, link, money, mono, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.channels.models import Break
from payments.reconciliation import queries, services
from payments.reconciliation.files import OPERATIONS, PAYMENTS, unpacked
from payments.reconciliation.models import BETWEEN, ReconLine, ReconRun, ReconTerms
from payments.reconciliation.states import RunState

TERMS_FIELDS = ("channel", "effective_on", "fee_bp", "fee_fixed_fen", "fee_back_bp", "fee_tolerance_fen", "carry_days", "transit_days")
LABELS = {"open": "waiting", "matched": "pending", "closed": "done"}
LINE_LABELS = {"booked": "done", "corrected": "done", "broken": "failed", "matched": "pending"}
STATES: dict[str, Words] = {str(RunState.MATCHED): _("Judged")}
"""Where a state's own word says too much: a judged day may have breaks."""
REASONS = {
    "": "-",
    "not_ready": _("The channel has not closed its day yet"),
    "no_answer": _("The channel did not answer"),
}


def go_on(doing: Doing) -> Words:
    run = services.reconcile(channel=doing.row.channel_id, day=doing.row.day, at=doing.at)
    return str(_("Reconciled as far as it goes: {state}")).format(state=run.get_state_display())


def hand_out(doing: Doing) -> HttpResponse:
    """The orders' statement as it came."""
    file = doing.row.files.get(kind=PAYMENTS)
    answer = HttpResponse(unpacked(file), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{doing.row.channel_id}-{doing.row.day}.csv"'
    return answer


@admin.register(ReconRun, site=desk)
class ReconRunAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 58, "balance", _("Reconciliations")
    acts = (
        Act(
            name="go-on",
            right="reconciliation.go_on",
            title=_("Go on now"),
            run=go_on,
            icon="play_arrow",
            variant="primary",
            calls_out=True,
            open_to=lambda row: row.state != RunState.CLOSED,
            explain=_("Fetches the statement if it is not here, asks the bank about what is not decided, books what agrees."),
        ),
        Act(
            name="statement",
            right="reconciliation.statement",
            title=_("Download the statement"),
            run=hand_out,
            icon="download",
            open_to=lambda row: row.state != RunState.OPEN,
        ),
    )
    finds = {"rec": "pk"}
    search_help_text = _("A reconciliation's public id")
    list_display = ("day", "channel_code", "state_label", "lines", "booked", "open_breaks", "closing", "books", "waiting")
    list_filter = ("state", "channel")
    ordering = ("-day", "channel_id")
    fieldsets = (
        (None, {"fields": (("day", "channel_code"), ("state_label", "reason"), ("lines", "booked"), ("breaks_link", "waiting"))}),
        (_("The bank account"), {"fields": (("opening", "closing"), ("books", "difference"), ("dated_on", "explanation"))}),
        (_("Times"), {"fields": (("created_when", "closed_when"), "asked_next")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReconRun]:
        judged = ReconLine.objects.filter(run=OuterRef("pk")).order_by().values("run")
        open_breaks = Break.objects.filter(channel_id=OuterRef("channel_id"), day=OuterRef("day"), state="open").order_by().values("day")
        return (
            super()
            .get_queryset(request)
            .annotate(
                judged_lines=Coalesce(Subquery(judged.annotate(number=Count("pk")).values("number")), 0),
                settled_lines=Coalesce(
                    Subquery(judged.annotate(number=Count("pk", filter=Q(state__in=["booked", "corrected"]))).values("number")), 0
                ),
                booked_lines=Coalesce(Subquery(judged.annotate(number=Count("pk", filter=Q(state="booked"))).values("number")), 0),
                break_count=Coalesce(Subquery(open_breaks.annotate(number=Count("pk")).values("number")), 0),
            )
        )

    @display(description=_("State"), ordering="state")
    def state_label(self, row: ReconRun) -> SafeString:
        return badge(LABELS[row.state], str(STATES.get(row.state) or row.get_state_display()))

    @display(description=_("Why it waits"))
    def reason(self, row: Any) -> SafeString | str:
        if row.state == RunState.MATCHED:
            return self.missing(row)
        return (
            str(REASONS[row.why])
            if row.why in REASONS
            else str(_("The statement cannot be believed ({why})")).format(why=row.why.removeprefix("broken: "))
        )

    def missing(self, row: Any) -> SafeString | str:
        """What a judged day has not: its open breaks, and the lines that are neither booked nor broken."""
        parts = []
        if row.break_count:
            address = list_of("payments.break", day=str(row.day), channel__code__exact=row.channel_id, state__exact="open")
            words = gettext("{number} open breaks").format(number=row.break_count)
            parts.append(format_html('<a class="{}" href="{}">{}</a>', LINK, address, words))
        if row.judged_lines > row.settled_lines:
            words = gettext("{number} lines not settled").format(number=row.judged_lines - row.settled_lines)
            parts.append(format_html("{}", words))
        return format_html_join(", ", "{}", ((part,) for part in parts)) or gettext(
            "The proofs of the books, which run again by themselves"
        )

    @display(description=_("Lines"))
    def lines(self, row: Any) -> int:
        return int(row.judged_lines)

    @display(description=_("Booked"))
    def booked(self, row: Any) -> int:
        return int(row.booked_lines)

    @display(description=_("Open breaks"))
    def open_breaks(self, row: Any) -> int:
        return int(row.break_count)

    @display(description=_("Breaks"))
    def breaks_link(self, row: Any) -> SafeString:
        """All of the day's, also those that are closed."""
        address = list_of("payments.break", day=str(row.day), channel__code__exact=row.channel_id)
        return format_html(
            '<a class="{}" href="{}">{}</a>', LINK, address, gettext("{number} open, and the closed ones").format(number=row.break_count)
        )

    @display(description=_("Opening (yuan)"))
    def opening(self, row: ReconRun) -> SafeString | str:
        return "-" if row.opening_fen is None else money(row.opening_fen)

    @display(description=_("Closing (yuan)"))
    def closing(self, row: ReconRun) -> SafeString | str:
        return "-" if row.closing_fen is None else money(row.closing_fen)

    @display(description=_("Our books (yuan)"))
    def books(self, row: ReconRun) -> SafeString | str:
        return "-" if row.books_fen is None else money(row.books_fen)

    @display(description=_("Difference (yuan)"))
    def difference(self, row: ReconRun) -> SafeString | str:
        return "-" if row.closing_fen is None or row.books_fen is None else money(row.closing_fen - row.books_fen)

    @display(description=_("Why they differ"))
    def explanation(self, row: ReconRun) -> str:
        differs = row.closing_fen is not None and row.closing_fen != row.books_fen
        if not differs:
            return "-"
        if queries.booked_later(row):
            return gettext("A statement or a correction up to this day came after its books were closed, and is booked on a later day.")
        if row.state == RunState.CLOSED:
            return gettext("An earlier day was open then, or the account has orders in time that another day's statement lists.")
        return gettext("Not known yet: unless it is, it becomes a break once all else of the day is settled.")

    @display(description=_("Age"))
    def waiting(self, row: ReconRun) -> str:
        return "-" if row.state == RunState.CLOSED else age(row.created_at, clock.now())

    @display(description=_("The channel is asked again"))
    def asked_next(self, row: ReconRun) -> str:
        return "-" if row.state == RunState.CLOSED else when(row.due_at)

    @display(description=_("Begun"))
    def created_when(self, row: ReconRun) -> str:
        return when(row.created_at)

    @display(description=_("Closed"))
    def closed_when(self, row: ReconRun) -> str:
        return when(row.closed_at)


def line_kinds() -> list[tuple[str, Words]]:
    """The kinds of lines there are, named where people have a word for them."""
    named = {"payment": _("payment"), "refund": _("refund"), "payout": _("payout"), "payout_return": _("payout that came back")}
    named |= {"sent_on": _("sent on to our bank"), "arrived": _("come in at our bank")}
    return [(kind, named.get(kind, kind)) for kind in (*OPERATIONS, *BETWEEN)]


@admin.register(ReconLine, site=desk)
class ReconLineAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 59, "receipt_long", _("Statement lines")
    finds = {"rec": "run_id", "chr": "named"}
    search_help_text = _("A reconciliation's or a channel request's public id")
    list_display = ("day", "channel_code", "line_no", "kind", "request_link", "amount", "fee", "state_label", "disagreement_kind")
    list_filter = ("state", ("kind", among(line_kinds)), "channel")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("day", "channel_code"), ("line_no", "kind"), ("amount", "fee"), ("status", "state_label"))}),
        (_("For"), {"fields": (("request_no", "request_link"), ("channel_no", "filed_under"))}),
        (_("Outcome"), {"fields": (("disagreement_link", "variance"), ("journal", "half_link"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReconLine]:
        return super().get_queryset(request).select_related("run", "disagreement")

    @display(description=_("Day"), ordering="run__day")
    def day(self, row: ReconLine) -> str:
        return str(row.run.day)

    @display(description=_("Amount (yuan)"))
    def amount(self, row: ReconLine) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Fee (yuan)"))
    def fee(self, row: ReconLine) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Variance (yuan)"))
    def variance(self, row: ReconLine) -> SafeString:
        return money(row.variance_fen)

    @display(description=_("Request"))
    def request_link(self, row: ReconLine) -> SafeString | str:
        if row.request_id is None:
            return row.request_no or "-"
        return link("payments.channelrequest", row.request_id, public_id("chr", row.request_id))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: ReconLine) -> SafeString:
        return badge(LINE_LABELS[row.state], str(row.get_state_display()))

    @display(description=_("Break"))
    def disagreement_kind(self, row: ReconLine) -> str:
        return "-" if row.disagreement is None else str(row.disagreement.get_kind_display())

    @display(description=_("Break"))
    def disagreement_link(self, row: ReconLine) -> SafeString | str:
        return "-" if row.disagreement is None else link("payments.break", row.disagreement_id, str(row.disagreement.get_kind_display()))

    @display(description=_("Reference"))
    def filed_under(self, row: ReconLine) -> SafeString:
        return mono(row.reference or "-")

    @display(description=_("The other half"))
    def half_link(self, row: ReconLine) -> SafeString | str:
        return link("payments.reconline", row.other_half, row.reference)

    @display(description=_("Journal"))
    def journal(self, row: ReconLine) -> SafeString | str:
        return link("accounts.journal", row.journal_id, public_id("jrn", row.journal_id)) if row.state == "booked" else "-"


@admin.register(ReconTerms, site=desk)
class ReconTermsAdmin(ProposedAdmin):
    place, icon, heading = 77, "rule", _("Reconciliation terms")
    table = RuleTable(ReconTerms, TERMS_FIELDS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "fee_bp": _("What the channel takes of each payment, in hundredths of a percent: 20 is 0.2 %."),
        "fee_fixed_fen": _("What it takes of each payment beside that."),
        "fee_back_bp": _("What it gives back of its fee with a refund, in hundredths of a percent of the refund: 0 is nothing."),
        "fee_tolerance_fen": _("How far a line's fee may be off and still be booked, as a variance."),
        "carry_days": _("For how many days an order that is not listed may come with a later statement."),
        "transit_days": _("For how many days money sent on to our bank, or come in there, may be without its other half."),
    }
    list_display = ("channel_code", *TERMS_FIELDS[1:])
    list_filter = ("channel",)
    ordering = ("channel_id", "-effective_on")


LONG_WAITING = timedelta(days=3)
"""A day that waits this long is to be looked at now."""


class ReconFigures:
    order = 14

    def figures(self, *, at: datetime) -> list[Figure]:
        waiting, oldest = queries.unclosed_since()
        level = "ok" if oldest is None else "bad" if at - oldest >= LONG_WAITING else "warning"
        told = "" if oldest is None else str(_("oldest {age}")).format(age=age(oldest, at))
        return [figure(_("Days to reconcile"), waiting, "payments.reconrun", level=level, detail=told, state__in="open,matched")]


FIGURES.plug("payments.reconciliation", ReconFigures())
WORK_KINDS.plug(
    services.WORK,
    KindOfWork(
        _("A day cannot be reconciled"),
        _("Open the reconciliation: the statement did not come, cannot be believed, or a journal was refused."),
        ends=_("Once the statement is taken in; after that, once the day closes."),
    ),
)
