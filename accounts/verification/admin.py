"""The verification queue, proven names, and the rules of account classes."""

import uuid
from datetime import datetime

from django.contrib import admin
from django.db.models import Count, Min
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.verification import queries
from accounts.verification.models import CheckState, ClassRule, Evidence, OutflowLimit, RealName, RealNameCheck
from accounts.verification.sockets import VERIFIERS
from core.desk.acts import Act, Doing, Outcome
from core.desk.counted import Counted, of_customer
from core.desk.customers import OfCustomer, count_reveal
from core.desk.dashboard import figure
from core.desk.filters import as_they_are
from core.desk.masking import masked_id_number, masked_name
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import age, badge, link, money, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.ids import public_id

KINDS = {
    Evidence.Kind.REAL_NAME: _("real-name check"),
    Evidence.Kind.CARD: _("bank card"),
    Evidence.Kind.FACE: _("face check"),
    Evidence.Kind.DOCUMENT: _("identity document"),
}
OPEN = (CheckState.CREATED, CheckState.SENT, CheckState.UNAVAILABLE, CheckState.UNKNOWN)


def reveal(doing: Doing) -> Outcome:
    count_reveal(doing.staff, doing.at)
    return {str(_("Name")): doing.row.name or "-", str(_("Identity number")): doing.row.id_number or "-"}


REVEAL = Act(
    name="reveal",
    right="customer.reveal",
    title=_("Reveal the identity"),
    button=_("Reveal"),
    run=reveal,
    icon="visibility",
    explain=_("Shown once, on this page only. Your name, the customer and the reason go into the audit log."),
)


class Masked(OfCustomer):
    """Rows with a name and an identity number."""

    @display(description=_("Name"))
    def name_masked(self, row: RealNameCheck | RealName) -> str:
        return masked_name(row.name) if row.name else "-"

    @display(description=_("Identity number"))
    def id_masked(self, row: RealNameCheck | RealName) -> str:
        return masked_id_number(row.id_number) if row.id_number else "-"


@admin.register(RealNameCheck, site=desk)
class RealNameCheckAdmin(Masked):
    group, place, icon, heading = "customers", 40, "how_to_reg", _("Verification queue")
    acts = (REVEAL,)
    finds = {"cus": "customer_id", "rnc": "pk"}
    list_display = ("number", "owner", "state_label", "code", "name_masked", "attempts", "next_try", "created")
    list_filter = ("state", ("verifier", as_they_are(lambda: VERIFIERS.plugs)))
    fieldsets = (
        (None, {"fields": ("number", "owner", "state_label", "code", "verifier", "attempts", "next_try", "created", "changed")}),
        (_("Asked about"), {"fields": ("name_masked", "id_masked")}),
    )

    @display(description=_("Next try"))
    def next_try(self, row: RealNameCheck) -> str:
        return when(row.next_attempt_at)


@admin.register(RealName, site=desk)
class RealNameAdmin(Masked):
    group, place, icon, heading = "customers", 50, "verified_user", _("Proven names")
    acts = (REVEAL,)
    exports = False
    list_display = ("owner_number", "name_masked", "created", "erased")
    fieldsets = ((None, {"fields": ("owner", "name_masked", "id_masked", "created", "erased")}),)

    @display(description=_("Customer"), ordering="id")
    def owner_number(self, row: RealName) -> SafeString | str:
        return self.owner(row)

    def name_of(self, row: RealName) -> str:
        return public_id("cus", row.customer_id)

    @display(description=_("Erased"))
    def erased(self, row: RealName) -> str:
        return when(row.erased_at)


@admin.register(ClassRule, site=desk)
class ClassRuleAdmin(ProposedAdmin):
    place, icon, heading = 30, "rule", _("Account classes")
    table = RuleTable(ClassRule, ("account_class", "starts_on", "checks", "least_age", "source"), RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "account_class": _("1, 2 or 3."),
        "checks": _("How many independent checks the class needs."),
        "least_age": _("In whole years."),
        "source": _("The regulation and its article."),
    }
    list_display = ("account_class", "starts_on", "checks", "least_age", "source")
    ordering = ("account_class", "-starts_on")


@admin.register(OutflowLimit, site=desk)
class OutflowLimitAdmin(ProposedAdmin):
    place, icon, heading = 40, "data_thresholding", _("Outflow limits")
    fields_edited = ("account_class", "period", "one_factor", "starts_on", "cap_fen", "source")
    table = RuleTable(OutflowLimit, fields_edited, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "account_class": _("1, 2 or 3."),
        "one_factor": _("On: the cap on what one factor (PIN or text) approves alone."),
        "source": _("The regulation and its article."),
    }
    list_display = ("account_class", "period", "one_factor", "starts_on", "cap", "source")
    ordering = ("account_class", "period", "-starts_on")

    @display(description=_("Cap (yuan)"), ordering="cap_fen")
    def cap(self, row: OutflowLimit) -> SafeString:
        return money(row.cap_fen)


class VerificationPanel:
    order = 10

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        rows: list[tuple[object, ...]] = []
        proven = RealName.objects.filter(customer_id=customer_id, erased_at=None).first()
        if proven is not None:
            rows.append((link("accounts.realname", proven.pk, masked_name(proven.name)), _("proven name"), when(proven.created_at)))
        for evidence in Evidence.objects.filter(customer_id=customer_id).order_by("-id")[:5]:
            rows.append(
                (KINDS[Evidence.Kind(evidence.kind)], badge("withdrawn" if evidence.withdrawn_at else "active"), when(evidence.created_at))
            )
        for check in RealNameCheck.objects.filter(customer_id=customer_id).order_by("-id")[:3]:
            rows.append((link("accounts.realnamecheck", check.pk, check.public_id), badge(check.state), when(check.created_at)))
        note = _("Account class {number}").format(number=queries.account_class(customer_id, at))
        header = (_("What"), _("State"), _("Since"))
        return customer_panel(_("Verification"), "accounts.realnamecheck", customer_id, header, rows, note=note)


class LimitsPanel:
    order = 20

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        caps = queries.outflow_caps(queries.account_class(customer_id, at), at)
        used = queries.outflow_used(customer_id, at)
        periods = dict(OutflowLimit._meta.get_field("period").flatchoices)
        rows: list[list[object]] = [
            [
                f"{periods[period]} ({_('one factor')})" if one_factor else periods[period],
                money(used.get((period, one_factor), 0)),
                money(cap),
                money(cap - used.get((period, one_factor), 0)),
            ]
            for (period, one_factor), cap in caps.items()
        ]
        return Panel(_("Limits"), "accounts.outflowlimit", [_("Period"), _("Used"), _("Cap"), _("Left")], rows)


class VerificationFigures:
    order = 60

    def figures(self, *, at: datetime) -> list[Figure]:
        found = RealNameCheck.objects.filter(state__in=OPEN).aggregate(number=Count("pk"), oldest=Min("created_at"))
        count, oldest = found["number"], found["oldest"]
        late = oldest is not None and (at - oldest).total_seconds() > 3600
        told = _("oldest {age}").format(age=age(oldest, at)) if oldest else ""
        return [figure(_("Identity checks waiting"), count, "accounts.realnamecheck", level="warning" if late else "ok", detail=told)]


COUNTERS.plug("real_name_check", of_customer())
COUNTERS.plug("outflow", Counted(in_fen=True))
CUSTOMER_PANELS.plug("accounts.verification", VerificationPanel())
CUSTOMER_PANELS.plug("accounts.verification.limits", LimitsPanel())
FIGURES.plug("accounts.verification", VerificationFigures())
