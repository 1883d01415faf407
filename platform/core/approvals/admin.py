"""The approvals queue: what waits for a second person, and deciding it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.approvals import services
from core.approvals.models import Approval
from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.forms import ActForm, ReasonForm
from core.desk.proposals import is_amount
from core.desk.shown import badge, column_words, document, duration, link, money, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words


class ApproveForm(ActForm):
    """Deciding asks for a tick on exactly what is decided."""

    read = forms.BooleanField(label=_("I have read what is proposed and why"))


def approve(doing: Doing) -> Words:
    return services.approve(approval_id=doing.row.pk, checker=doing.staff, at=doing.at).decision or _("Applied.")


def reject(doing: Doing) -> Words:
    services.reject(approval_id=doing.row.pk, checker=doing.staff, reason=doing.data["reason"], at=doing.at)
    return _("Rejected.")


def withdraw(doing: Doing) -> Words:
    services.withdraw(approval_id=doing.row.pk, maker=doing.staff, at=doing.at)
    return _("Withdrawn.")


def pending(row: Approval) -> bool:
    return row.state == Approval.State.PENDING


def said(name: str, value: Any) -> object:
    """A proposed value as people read it: amounts in yuan, yes and no, a dash for nothing."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return format_html('<span class="whitespace-pre-line">{}</span>', value)
    return money(value) if is_amount(name) else value


def proposed_change(row: Approval) -> SafeString:
    """A change of a rule as a table of before and after; any other proposal as it is."""
    values, before = row.payload.get("values"), row.payload.get("before")
    if not isinstance(values, dict) or not isinstance(before, dict):
        return document(row.payload)
    lines = (
        (_(column_words(name)), said(name, before.get(name)), said(name, value))
        for name, value in values.items()
        if name not in before or before[name] != value
    )
    return table((_("Field"), _("Before"), _("After")), lines)


def to_decide(row: Approval) -> SafeString:
    """What a checker must have read."""
    facts = (
        (_("What"), row.act),
        (_("Target"), row.target),
        (_("Reason"), row.reason),
        (_("Proposed by"), row.maker.get_username()),
        (_("Change"), proposed_change(row)),
    )
    return table(("", ""), facts)


def by_another(row: Approval, staff: User) -> bool:
    return row.maker_id != staff.pk


def by_the_maker(row: Approval, staff: User) -> bool:
    return row.maker_id == staff.pk


ACTS = (
    Act(
        name="approve",
        right="approval.approve",
        title=_("Approve"),
        run=approve,
        form=ApproveForm,
        icon="check_circle",
        variant="primary",
        open_to=pending,
        open_for=by_another,
        shows=to_decide,
        audited=False,
        explain=_("It is applied at once, in your name."),
    ),
    Act(
        name="reject",
        right="approval.reject",
        title=_("Reject"),
        run=reject,
        form=ReasonForm,
        icon="block",
        variant="danger",
        open_to=pending,
        open_for=by_another,
        shows=to_decide,
        audited=False,
    ),
    Act(
        name="withdraw",
        right="approval.withdraw",
        title=_("Withdraw"),
        run=withdraw,
        form=ActForm,
        icon="undo",
        open_to=pending,
        open_for=by_the_maker,
        audited=False,
        explain=_("Only the person who proposed it can take it back."),
    ),
)


@admin.register(Approval, site=desk)
class ApprovalAdmin(DeskAdmin):
    group, place, icon, heading = "queues", 10, "approval", _("Approvals")
    acts = ACTS
    list_display = ("number", "state_label", "act", "target", "maker", "proposed", "waits", "checker")
    list_filter = ("state", "act")
    list_select_related = ("maker", "checker")
    finds = {"apv": "pk"}
    ordering = ("-id",)
    fieldsets = (
        (_("Proposed"), {"fields": ("number", "act", "target", "what", "reason", "maker", "proposed", "expires")}),
        (_("Decided"), {"fields": ("state_label", "checker", "decision", "decided")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).select_related("maker", "checker")

    def target_of(self, row: Any) -> str:
        return str(row.target) if row else super().target_of(row)

    @display(description=_("Id"), ordering="id")
    def number(self, row: Approval) -> SafeString | str:
        return link("core.approval", row.pk, row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Approval) -> SafeString:
        return badge(row.state)

    @display(description=_("Proposed"), ordering="id")
    def proposed(self, row: Approval) -> str:
        return when(row.created_at)

    @display(description=_("Expires"))
    def expires(self, row: Approval) -> str:
        return when(row.expires_at)

    @display(description=_("Decided"))
    def decided(self, row: Approval) -> str:
        return when(row.decided_at)

    @display(description=_("Time left"))
    def waits(self, row: Approval) -> str:
        return duration(row.expires_at - clock.now()) if pending(row) else "-"

    @display(description=_("What is proposed"))
    def what(self, row: Approval) -> SafeString:
        return proposed_change(row)


class ApprovalFigures:
    order = 40

    def figures(self, *, at: datetime) -> list[Figure]:
        waiting = Approval.objects.filter(state=Approval.State.PENDING)
        count, oldest = waiting.count(), waiting.order_by("created_at").values_list("created_at", flat=True).first()
        late = oldest is not None and (at - oldest).total_seconds() > 4 * 3600
        detail = _("oldest waits {age}").format(age=duration(at - oldest)) if oldest else ""
        level = "warning" if late else "ok"
        return [figure(_("Approvals waiting"), count, "core.approval", level=level, detail=detail, state__exact="pending")]


FIGURES.plug("core.approvals", ApprovalFigures())
