"""The chart of accounts, account roles, event types and the GL rules between them, to read, and to propose a rule's next version."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.ledger import gl_rules
from accounts.ledger.models import AccountRole, EventType, GLCode, GLRule
from accounts.ledger.shown import event_names
from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.filters import among
from core.desk.forms import DayInput, ReasonForm
from core.desk.proposing import proposing
from core.desk.shown import badge, money, mono
from core.desk.site import desk

EVERY_EVENT = _("every other event")


def named(row: Any) -> str:
    """A row's name in the reader's language."""
    return str(row.name_zh if (get_language() or "en").startswith("zh") else row.name_en)


def roles() -> list[tuple[str, str]]:
    return [(row.role, f"{row.role} {named(row)}") for row in AccountRole.objects.order_by("role")]


def events() -> list[tuple[str, str]]:
    return [("", str(EVERY_EVENT)), *event_names()]


def codes() -> list[tuple[str, str]]:
    return [(row.code, f"{row.code} {named(row)}") for row in GLCode.objects.order_by("code")]


class RuleForm(ReasonForm):
    """Which legs are to take which GL code from which business day on."""

    role = forms.ChoiceField(label=_("Role"), choices=roles, widget=UnfoldAdminSelectWidget)
    event = forms.ChoiceField(
        label=_("Event"),
        choices=events,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("A rule of one event goes before the role's rule for every other event."),
    )
    gl_code = forms.ChoiceField(label=_("GL code"), choices=codes, widget=UnfoldAdminSelectWidget)
    valid_from = forms.DateField(
        label=_("From"), widget=DayInput, help_text=_("The first business day it holds for, later than the one open now.")
    )
    field_order = ("role", "event", "gl_code", "valid_from", "reason")


class Named(DeskAdmin):
    """A page of a table of the books whose rows have a name in both languages."""

    group = "settings"

    def name_of(self, row: Any) -> str:
        return f"{row.pk} {named(row)}"

    @display(description=_("Name"))
    def name(self, row: Any) -> str:
        return named(row)

    @display(description=_("Kind"), ordering="kind")
    def kind_text(self, row: Any) -> str:
        return str(row.get_kind_display())


@admin.register(GLCode, site=desk)
class GLCodeAdmin(Named):
    place, icon, heading = 61, "account_tree", _("Chart of accounts")
    list_display = ("code", "name", "kind_text")
    list_filter = ("kind",)
    ordering = ("code",)
    fieldsets = ((None, {"fields": ("code", "kind_text", "name_en", "name_zh")}),)


@admin.register(AccountRole, site=desk)
class AccountRoleAdmin(Named):
    place, icon, heading = 62, "badge", _("Account roles")
    list_display = ("role", "name", "kind_text", "mode_text", "floor_text", "ceiling_text", "clearing")
    list_filter = ("kind", "mode", "clearing")
    ordering = ("role",)
    fieldsets = (
        (None, {"fields": (("role", "kind_text"), ("name_en", "name_zh"), ("mode_text", "subs"), ("clearing", "hold_overdraft"))}),
        (_("Bounds of the balance (yuan, credit positive)"), {"fields": (("floor_text", "ceiling_text"),)}),
    )

    @display(description=_("Mode"), ordering="mode")
    def mode_text(self, row: AccountRole) -> str:
        return str(row.get_mode_display())

    @display(description=_("Floor"))
    def floor_text(self, row: AccountRole) -> SafeString | str:
        return "-" if row.floor is None else money(row.floor)

    @display(description=_("Ceiling"))
    def ceiling_text(self, row: AccountRole) -> SafeString | str:
        return "-" if row.ceiling is None else money(row.ceiling)


@admin.register(EventType, site=desk)
class EventTypeAdmin(Named):
    place, icon, heading = 63, "bolt", _("Event types")
    list_display = ("event", "name", "forced", "passes_freeze")
    list_filter = ("forced", "passes_freeze")
    ordering = ("event",)
    fieldsets = ((None, {"fields": ("event", "name_en", "name_zh", "forced", "passes_freeze")}),)


@admin.register(GLRule, site=desk)
class GLRuleAdmin(DeskAdmin):
    group, place, icon, heading = "settings", 64, "rule_folder", _("GL rules")
    list_acts = (
        proposing(
            "change",
            act=gl_rules.ACT,
            right="ledger.propose",
            title=_("Propose a rule"),
            named=_("Change which GL code legs take"),
            form=RuleForm,
            payload=lambda doing: {
                "target": f"gl_rule:{doing.data['role']}/{doing.data['event'] or '*'}",
                "role": doing.data["role"],
                "event": doing.data["event"],
                "gl_code": doing.data["gl_code"],
                "valid_from": doing.data["valid_from"].isoformat(),
            },
            icon="rule",
        ),
    )
    list_display = ("role_text", "event_text", "code_text", "valid_from", "valid_to", "now_text")
    list_filter = (("role", among(roles)), ("gl_code", among(codes)))
    ordering = ("role_id", "event", "-valid_from")
    fieldsets = ((None, {"fields": (("role_text", "event_text"), ("code_text", "now_text"), ("valid_from", "valid_to"))}),)

    def name_of(self, row: GLRule) -> str:
        return f"{self.role_text(row)} · {row.event or EVERY_EVENT}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GLRule]:
        return super().get_queryset(request).select_related("role", "gl_code")

    @display(description=_("Role"), ordering="role_id")
    def role_text(self, row: GLRule) -> str:
        return f"{row.role_id} {named(row.role)}"

    @display(description=_("Event"), ordering="event")
    def event_text(self, row: GLRule) -> SafeString | str:
        return mono(row.event) if row.event else str(EVERY_EVENT)

    @display(description=_("GL code"), ordering="gl_code_id")
    def code_text(self, row: GLRule) -> str:
        return f"{row.gl_code_id} {named(row.gl_code)}"

    @display(description=_("State"))
    def now_text(self, row: GLRule) -> SafeString:
        today = clock.local_day(clock.now())
        if row.valid_from > today:
            return badge("pending", gettext("to come"))
        return badge("closed", gettext("over")) if row.valid_to and row.valid_to <= today else badge("active", gettext("in force"))
