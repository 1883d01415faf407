"""The books as operators see them: accounts, journals with their legs, holds, trial balance, open items, seals and the halt."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.ledger import admin_adjusting, admin_books, admin_periods, halt, queries  # noqa: F401  (two register their pages)
from accounts.ledger.models import (
    AccountState,
    Entry,
    Hold,
    Journal,
    LedgerAccount,
    LedgerBalance,
    LedgerHalt,
    Mode,
    PendingLeg,
    SealBlock,
)
from accounts.ledger.overview import BalancePanel, LedgerFigures
from accounts.ledger.shown import account_link, event_names, journal_link
from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.customers import customer_link
from core.desk.filters import among
from core.desk.forms import DayInput, ReasonForm
from core.desk.proposing import proposing
from core.desk.references import reference
from core.desk.shown import age, badge, document, link, money, mono, on, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork

ENTRIES_SHOWN = 50
ITEMS_SHOWN = 500


def names_of(account_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(LedgerAccount.objects.filter(pk__in=account_ids).values_list("pk", "name"))


def summed(rows: QuerySet[Any, Any], column: str) -> Subquery:
    return Subquery(rows.filter(account_id=OuterRef("pk")).order_by().values("account_id").annotate(total=Sum(column)).values("total"))


class PeriodForm(forms.Form):
    """From and through which effective date."""

    first = forms.DateField(label=_("From"), widget=DayInput)
    last = forms.DateField(label=_("Through"), widget=DayInput)


def states() -> list[tuple[str, str]]:
    """The states of an account in the reader's language."""
    return [(str(value), str(label)) for value, label in LedgerAccount._meta.get_field("state").flatchoices]


class StateForm(ReasonForm):
    """Which state an account is to have."""

    to = forms.ChoiceField(label=_("New state"), choices=states, widget=UnfoldAdminSelectWidget)
    field_order = ("to", "reason")


def modes() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in LedgerAccount._meta.get_field("mode").flatchoices if value != Mode.SHARDED]


class ModeForm(ReasonForm):
    """How postings are to reach an account."""

    to = forms.ChoiceField(label=_("New mode"), choices=modes, widget=UnfoldAdminSelectWidget)
    field_order = ("to", "reason")


@admin.register(LedgerAccount, site=desk)
class LedgerAccountAdmin(DeskAdmin):
    acts = (
        proposing(
            "state",
            act="ledger.account_state",
            right="ledger.propose",
            title=_("Propose another state"),
            named=_("Change the state of an account"),
            form=StateForm,
            payload=lambda doing: {"target": doing.row.public_id, "to": doing.data["to"]},
            icon="lock",
            open_to=lambda row: row.state != AccountState.CLOSED,
        ),
        proposing(
            "mode",
            act="ledger.account_mode",
            right="ledger.propose",
            title=_("Propose another mode"),
            named=_("Change the posting mode of an account"),
            form=ModeForm,
            payload=lambda doing: {"target": doing.row.public_id, "to": doing.data["to"]},
            icon="speed",
            explain=_("Buffered takes many postings at once, folded within seconds. Another person approves it first."),
            open_to=lambda row: row.mode != Mode.SHARDED and not row.role.clearing,
        ),
    )
    group, place, icon, heading = "ledger", 10, "account_balance", _("Ledger accounts")
    finds = {"acc": "pk", "cus": "owner_id"}
    search_help_text = _("An account's or a customer's public id, or a platform account's name")
    list_display = ("number", "name", "asset_code", "owner", "state_label", "posted", "held", "available")
    list_filter = ("role", "state", "mode")
    ordering = ("role", "id")
    extra_names = ("ledger_trial_balance", "ledger_open_items")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("name", "asset_code"), ("owner", "mode"), "opened")}),
        (_("Balance (yuan, credit positive)"), {"fields": (("posted", "held", "available"),)}),
        (_("Latest entries"), {"fields": ("entries",)}),
    )

    def find(self, term: str) -> Q | None:
        return Q(name=term, owner_id=None) if ":" in term else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        rows = LedgerBalance.objects.all()
        return (
            super()
            .get_queryset(request)
            .annotate(stands=summed(rows, "posted"), waits=summed(PendingLeg.objects.all(), "amount"), set_aside=summed(rows, "held"))
        )

    def extra_items(self) -> list[tuple[int, dict[str, Any]]]:
        return [
            (40, {"title": _("Trial balance"), "icon": "balance", "link": reverse("admin:ledger_trial_balance")}),
            (50, {"title": _("Open clearing items"), "icon": "pending_actions", "link": reverse("admin:ledger_open_items")}),
        ]

    def get_urls(self) -> list[URLPattern]:
        return [
            path("trial-balance/", self.admin_site.admin_view(self.trial_balance), name="ledger_trial_balance"),
            path("open-items/", self.admin_site.admin_view(self.open_items), name="ledger_open_items"),
            *super().get_urls(),
        ]

    @display(description=_("Id"))
    def number(self, row: LedgerAccount) -> SafeString | str:
        return account_link(row.pk)

    @display(description=_("Owner"))
    def owner(self, row: LedgerAccount) -> SafeString | str:
        return customer_link(row.owner_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: LedgerAccount) -> SafeString:
        return badge(row.state)

    @display(description=_("Opened"))
    def opened(self, row: LedgerAccount) -> str:
        return when(row.created_at)

    @display(description=_("Posted"))
    def posted(self, row: Any) -> SafeString:
        return money((row.stands or 0) + (row.waits or 0))

    @display(description=_("Held"))
    def held(self, row: Any) -> SafeString:
        return money(row.set_aside or 0)

    @display(description=_("Available"))
    def available(self, row: Any) -> SafeString:
        return money((row.stands or 0) + (row.waits or 0) - (row.set_aside or 0))

    @display(description=_("Entries"))
    def entries(self, row: LedgerAccount) -> SafeString:
        found = Entry.objects.filter(account_id=row.pk).order_by("-posted_at", "-version")[:ENTRIES_SHOWN]
        lines = (
            (when(entry.posted_at), journal_link(entry.journal_id), money(entry.amount), money(entry.balance_after)) for entry in found
        )
        return table((_("Posted at"), _("Journal"), _("Amount"), _("Balance after")), lines)

    def trial_balance(self, request: HttpRequest) -> HttpResponse:
        """By role and asset: opening, debits, credits, closing between two effective dates; the columns must balance."""
        self.door(request)
        today = clock.local_day(clock.now())
        form = PeriodForm(request.GET if "last" in request.GET else {"first": today.replace(day=1), "last": today})
        context: dict[str, Any] = {"title": _("Trial balance"), "form": form}
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            if first > last:
                form.add_error("first", _("This day must not be after the last one."))
            else:
                context |= shown_trial(first, last)
        return self.page(request, "desk/trial_balance.html", context)

    def open_items(self, request: HttpRequest) -> HttpResponse:
        """What stands open on clearing accounts by business reference, oldest first."""
        self.door(request)
        at = clock.now()
        items = queries.open_items(at=at, limit=ITEMS_SHOWN)
        lines = (
            (
                account_link(item.account_id, item.account),
                reference(item.reference),
                money(item.amount),
                when(item.since),
                age(item.since, at),
            )
            for item in items
        )
        shown = table((_("Account"), _("Reference"), _("Amount (yuan)"), _("Since"), _("Age")), lines)
        return self.page(
            request, "desk/table.html", {"title": _("Open clearing items"), "table": shown, "most": ITEMS_SHOWN, "number": len(items)}
        )

    def door(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        answer = TemplateResponse(request, template, self.admin_site.each_context(request) | context)
        answer["Cache-Control"] = "no-store"
        return answer


def shown_trial(first: date, last: date) -> dict[str, Any]:
    """GL codes with what stood before `first`, moved from `first` through `last`, and stands after `last`."""
    before = {(line.gl_code, line.asset): line for line in queries.trial_balance(first - timedelta(days=1))}
    lines: list[tuple[object, ...]] = []
    sums: dict[str, list[int]] = {}
    for line in queries.trial_balance(last):
        old = before.get((line.gl_code, line.asset))
        debit, credit = line.debit - (old.debit if old else 0), line.credit - (old.credit if old else 0)
        lines.append(
            (
                mono(line.gl_code),
                line.asset,
                gl_name(line),
                money(old.balance if old else 0),
                money(debit),
                money(credit),
                money(line.balance),
            )
        )
        total = sums.setdefault(line.asset, [0, 0, 0, 0])
        for place, amount in enumerate((debit, credit, line.debit, line.credit)):
            total[place] += amount
    whole = all(total[0] == total[1] and total[2] == total[3] for total in sums.values())
    totals = [(_("Total"), asset, "", "", money(total[0]), money(total[1]), "") for asset, total in sums.items()]
    header = (_("GL code"), _("Asset"), _("Name"), _("Opening"), _("Debits"), _("Credits"), _("Closing"))
    return {"table": table(header, [*lines, *totals]), "whole": whole}


def gl_name(line: queries.TrialLine) -> str:
    return line.name_zh if (get_language() or "en").startswith("zh") else line.name_en


@admin.register(Journal, site=desk)
class JournalAdmin(DeskAdmin):
    group, place, icon, heading = "ledger", 20, "receipt_long", _("Journals")
    list_acts = (admin_adjusting.PROPOSE,)
    finds = {"jrn": "pk"}
    search_help_text = _("A journal's public id")
    list_display = ("number", "posted", "event", "moved", "reference_link", "booked_on")
    list_filter = (("event", among(event_names)),)
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "event"),
                    ("posted", "reference_link"),
                    ("business_on", "effective_on"),
                    ("reversing", "hold"),
                    "facts",
                )
            },
        ),
        (_("Legs"), {"fields": ("legs",)}),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Journal) -> SafeString | str:
        return journal_link(row.pk)

    @display(description=_("Posted at"))
    def posted(self, row: Journal) -> str:
        return when(row.posted_at)

    @display(description=_("Reference"))
    def reference_link(self, row: Journal) -> SafeString | str:
        return reference(row.reference)

    @display(description=_("Business day"), ordering="business_on")
    def booked_on(self, row: Journal) -> SafeString:
        return on(row.business_on)

    @display(description=_("Moved (yuan)"))
    def moved(self, row: Journal) -> SafeString:
        return money(sum(amount for amount in row.amounts if amount > 0))

    @display(description=_("Reverses"))
    def reversing(self, row: Journal) -> SafeString | str:
        return journal_link(row.reverses)

    @display(description=_("Hold"))
    def hold(self, row: Journal) -> SafeString | str:
        return "-" if row.hold_id is None else link("accounts.hold", row.hold_id, public_id("hld", row.hold_id))

    @display(description=_("Facts"))
    def facts(self, row: Journal) -> SafeString:
        return document(row.metadata or {})

    @display(description=_("Legs"))
    def legs(self, row: Journal) -> SafeString:
        """By number: debits on the left, as in the books."""
        names = names_of(set(row.accounts))
        lines = (
            (
                account_link(account, names.get(account, "")),
                asset,
                money(-amount) if amount < 0 else "",
                money(amount) if amount > 0 else "",
            )
            for account, amount, asset in zip(row.accounts, row.amounts, row.assets, strict=True)
        )
        return table((_("Account"), _("Asset"), _("Debit"), _("Credit")), lines)


@admin.register(Hold, site=desk)
class HoldAdmin(DeskAdmin):
    group, place, icon, heading = "ledger", 30, "lock_clock", _("Holds")
    finds = {"hld": "pk", "acc": "account_id"}
    search_help_text = _("A hold's or an account's public id")
    list_display = ("number", "account", "state_label", "amount_text", "captured_text", "reference_link", "expires")
    list_filter = ("state",)
    ordering = ("-id",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "number",
                    "account",
                    "state_label",
                    "amount_text",
                    "captured_text",
                    "reference_link",
                    "expires",
                    "created",
                    "journal",
                )
            },
        ),
    )

    @display(description=_("Id"), ordering="id")
    def number(self, row: Hold) -> SafeString | str:
        return link("accounts.hold", row.pk, row.public_id)

    @display(description=_("Account"))
    def account(self, row: Hold) -> SafeString | str:
        return account_link(row.account_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Hold) -> SafeString:
        return badge("held" if row.state == Hold.State.OPEN else row.state, str(row.get_state_display()))

    @display(description=_("Reference"))
    def reference_link(self, row: Hold) -> SafeString | str:
        return reference(row.reference)

    @display(description=_("Amount (yuan)"))
    def amount_text(self, row: Hold) -> SafeString:
        return money(row.amount)

    @display(description=_("Captured"))
    def captured_text(self, row: Hold) -> SafeString:
        return money(row.captured)

    @display(description=_("Expires"))
    def expires(self, row: Hold) -> str:
        return when(row.expires_at)

    @display(description=_("Created"))
    def created(self, row: Hold) -> str:
        return when(row.created_at)

    @display(description=_("Journal"))
    def journal(self, row: Hold) -> SafeString | str:
        return journal_link(row.journal_id)


@admin.register(SealBlock, site=desk)
class SealBlockAdmin(DeskAdmin):
    group, place, icon, heading = "ledger", 70, "link", _("Ledger seals")
    exports = False
    list_display = ("number", "sealed", "journals", "hash_text")
    ordering = ("-number",)
    fieldsets = ((None, {"fields": ("number", "sealed", "journals", "hash_text", "previous_text")}),)

    @display(description=_("Sealed"))
    def sealed(self, row: SealBlock) -> str:
        return when(row.sealed_at)

    @display(description=_("Journals"))
    def journals(self, row: SealBlock) -> int:
        return len(row.journal_ids)

    @display(description=_("Hash"))
    def hash_text(self, row: SealBlock) -> SafeString:
        return mono(bytes(row.hash).hex())

    @display(description=_("Previous hash"))
    def previous_text(self, row: SealBlock) -> SafeString:
        return mono(bytes(row.previous_hash).hex())


AFTER_A_HALT = _(
    "Read the findings, run manage.py ledger_check and mend the cause. While halted nothing is posted, an adjustment neither: where one is "
    "needed, lift with the finding named in the reason, have the adjustment approved at once, and prove again. See docs/night.md."
)


@admin.register(LedgerHalt, site=desk)
class LedgerHaltAdmin(DeskAdmin):
    acts = (
        proposing(
            "lift",
            act="ledger.lift_halt",
            right="ledger.propose",
            title=_("Propose to lift the halt"),
            named=_("Lift the halt of money"),
            payload=lambda doing: {"target": f"halt:{doing.row.pk}", "findings": doing.row.findings_hash},
            explain=AFTER_A_HALT,
            open_to=lambda row: row.lifted_at is None,
        ),
    )
    group, place, icon, heading = "ledger", 80, "front_hand", _("Halts")
    list_display = ("halted", "state_label", "reason", "lifted", "lift_proposed_by", "lifted_by")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("halted", "state_label", "reason", "lifted", "lift_proposed_by", "lifted_by")}),
        (_("What the latest proof found"), {"fields": ("found", "lines_found")}),
    )

    @display(description=_("The first lines"))
    def lines_found(self, row: LedgerHalt) -> SafeString:
        return table((_("Finding"),), ((line,) for line in row.findings))

    @display(description=_("Halted"), ordering="id")
    def halted(self, row: LedgerHalt) -> str:
        return when(row.halted_at)

    @display(description=_("Lifted"))
    def lifted(self, row: LedgerHalt) -> str:
        return when(row.lifted_at)

    @display(description=_("State"))
    def state_label(self, row: LedgerHalt) -> SafeString:
        return badge("broken", str(_("halted"))) if row.lifted_at is None else badge("closed", str(_("lifted")))


CUSTOMER_PANELS.plug("accounts.ledger", BalancePanel())
FIGURES.plug("accounts.ledger", LedgerFigures())
WORK_KINDS.plug(
    halt.WORK,
    KindOfWork(
        _("The books did not prove and money is halted"),
        AFTER_A_HALT,
        ends=_("Once two people lift the halt, on the halt's page."),
    ),
)
