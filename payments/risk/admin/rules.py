"""The rules and terms of risk: a change is a new row with a time to come, a switch begins at once; either way by two people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.proposals import ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.roles import Role
from core.desk.shown import badge, money, mono, when
from core.desk.site import desk
from payments.risk.admin.shown import scene, verdict_badge
from payments.risk.models import RiskRule, RiskTerms
from payments.risk.rules import PARAMETERS
from payments.risk.services import switching
from payments.risk.sockets import REVIEWED

MAKERS = frozenset({Role.RISK})
CHECKERS = frozenset({Role.RISK, Role.FINANCE_CHECKER})
RULE_FIELDS = ("code", "starts_at", "active", "kind", "scenes", "verdict", "factors", *PARAMETERS, "note")


def in_force(row: Any) -> bool:
    """Whether this row is what the rule says now, on or off (`followed` is the page's own annotation)."""
    return row.starts_at <= clock.now() and not row.followed


def switch_to(*, active: bool) -> Act:
    """The button that proposes to switch a rule on or off now."""

    def payload(doing: Doing) -> dict[str, Any]:
        return {"target": doing.row.code, "active": active}

    def differs(row: Any) -> bool:
        return bool(row.active != active and in_force(row))

    return proposing(
        f"switch-{'on' if active else 'off'}",
        act=switching.SWITCH,
        right="risk_rule.switch",
        title=_("Propose to switch on now") if active else _("Propose to switch off now"),
        named=_("Switch a risk rule on or off"),
        payload=payload,
        icon="toggle_on" if active else "toggle_off",
        open_to=differs,
    )


@admin.register(RiskRule, site=desk)
class RiskRuleAdmin(ProposedAdmin):
    place, icon, heading = 80, "shield", _("Risk rules")
    table = RuleTable(RiskRule, RULE_FIELDS, MAKERS, CHECKERS)
    acts = (switch_to(active=False), switch_to(active=True))
    helps = {
        "code": _("The rule's name; a later row of the same name takes its place."),
        "scenes": _("The acts it looks at; figures of a window are those of all its scenes together."),
        "verdict": _("Allow only notes the hit: a rule on trial."),
        "factors": _("For a step-up: how many kinds of factor answer it (2: a passkey)."),
        "amount_fen": _("Hits over this amount: of the act, of the window, or of the day. For just under a limit: the limit."),
        "window": _("For velocity: it rolls, and counts at least that long back."),
        "most": _("Hits over this number: of acts, of acts just under the limit in a day, or of other customers on the device."),
        "hours": _("A device, payee or account is new for so long (at most 720)."),
        "from_hour": _("Shanghai hour the night begins with."),
        "to_hour": _("Shanghai hour the night ends before."),
        "share_bp": _("How far under the limit still counts, in hundredths of a percent: 500 is 5 %."),
        "note": _("What it is for, for operators. Customers never read it."),
    }
    list_display = ("name", "starts", "state_label", "kind", "verdict_label", "scenes_text", "bounds", "note")
    list_filter = ("kind", "verdict", "active")
    ordering = ("code", "-starts_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RiskRule]:
        later = RiskRule.objects.filter(code=OuterRef("code"), starts_at__gt=OuterRef("starts_at"), starts_at__lte=clock.now())
        return super().get_queryset(request).annotate(followed=Exists(later))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "scenes":
            choices = [(name, scene(name)) for name in sorted(REVIEWED.plugs)]
            return forms.MultipleChoiceField(
                label=_("Scenes"), choices=choices, help_text=str(self.helps["scenes"]), widget=UnfoldAdminCheckboxSelectMultipleWidget()
            )
        return super().formfield_for_dbfield(db_field, request, **options)

    @display(description=_("Rule"), ordering="code")
    def name(self, row: RiskRule) -> SafeString:
        return mono(row.code)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: RiskRule) -> str:
        return when(row.starts_at)

    @display(description=_("State"))
    def state_label(self, row: RiskRule) -> SafeString:
        if row.starts_at > clock.now():
            return badge("pending", str(_("to come")))
        if not in_force(row):
            return badge("over", str(_("over")))
        return badge("active" if row.active else "declined", str(_("on") if row.active else _("off")))

    @display(description=_("Verdict"), ordering="verdict")
    def verdict_label(self, row: RiskRule) -> SafeString:
        return verdict_badge(row.verdict, str(row.get_verdict_display()))

    @display(description=_("Scenes"))
    def scenes_text(self, row: RiskRule) -> str:
        return ", ".join(scene(name) for name in row.scenes)

    @display(description=_("Bounds"))
    def bounds(self, row: RiskRule) -> str:
        """The parameters it has, in one line."""
        told = {"amount_fen": money(row.amount_fen), "window": row.get_window_display()}
        names = (name for name in PARAMETERS if getattr(row, name) is not None)
        pairs = ((self.opts.get_field(name).verbose_name, told.get(name, getattr(row, name))) for name in names)
        return format_html_join(" · ", "{}: {}", pairs)


@admin.register(RiskTerms, site=desk)
class RiskTermsAdmin(ProposedAdmin):
    place, icon, heading = 82, "timer", _("Risk terms")
    table = RuleTable(RiskTerms, ("starts_at", "two_people_fen", "review_hours"), MAKERS, frozenset({Role.FINANCE_CHECKER}))
    helps = {
        "two_people_fen": _("Over this amount a review is released by two people."),
        "review_hours": _("What nobody decided within so many hours goes back (at most 144)."),
    }
    list_display = ("starts", "two_people", "review_hours")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: RiskTerms) -> str:
        return when(row.starts_at)

    @display(description=_("Two people over (yuan)"))
    def two_people(self, row: RiskTerms) -> SafeString:
        return money(row.two_people_fen)
