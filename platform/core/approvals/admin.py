"""The approvals queue: what waits for a second person, and deciding it."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.approvals import register, services
from core.approvals.models import Approval
from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.facts import facts
from core.desk.filters import among
from core.desk.forms import ActForm, ReasonForm
from core.desk.proposed import act_name, column_said, target_link, target_row
from core.desk.references import reference
from core.desk.shown import badge, column_words, duration, link, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words

PUBLIC_ID = re.compile(r"\b[a-z]{3}_[0-9a-z]{26}\b")
UNSAID = frozenset({"target", "findings"})  # said already, or a hash nobody reads


def named_acts() -> list[tuple[str, str]]:
    """The acts there are, by their names."""
    return sorted(((act, act_name(act)) for act in register.ACTS), key=lambda one: one[1])


class ApproveForm(ActForm):
    """Deciding asks for a tick on exactly what is decided."""

    read = forms.BooleanField(label=_("I have read what is proposed and why"))


def approve(doing: Doing) -> Words:
    applied = services.approve(approval_id=doing.row.pk, checker=doing.staff, at=doing.at)
    return " ".join((gettext("Applied."), *PUBLIC_ID.findall(applied.decision)))


def reject(doing: Doing) -> Words:
    services.reject(approval_id=doing.row.pk, checker=doing.staff, reason=doing.data["reason"], at=doing.at)
    return _("Rejected.")


def withdraw(doing: Doing) -> Words:
    services.withdraw(approval_id=doing.row.pk, maker=doing.staff, at=doing.at)
    return _("Withdrawn.")


def pending(row: Approval) -> bool:
    return row.state == Approval.State.PENDING


def proposed_change(row: Approval) -> SafeString:
    """A change of a rule as a table of before and after; any other proposal as what it says beside its target."""
    values, before = row.payload.get("values"), row.payload.get("before")
    if not isinstance(values, dict) or not isinstance(before, dict):
        return facts({name: value for name, value in row.payload.items() if name not in UNSAID})
    lines = (
        (_(column_words(name)), column_said(row.act, name, before.get(name)), column_said(row.act, name, value))
        for name, value in values.items()
        if name not in before or before[name] != value
    )
    return table((_("Field"), _("Before"), _("After")), lines)


def to_decide(request: HttpRequest, row: Approval) -> SafeString:
    """What a checker must have read: what is proposed, by whom and why, and the row it is about as it is now."""
    told: list[tuple[Words, object]] = [
        (_("What"), act_name(row.act)),
        (_("Target"), target_link(row.act, row.target)),
        (_("Reason"), row.reason),
        (_("Proposed by"), row.maker.get_username()),
        (_("Proposed"), when(row.created_at)),
        (_("Change"), proposed_change(row)),
    ]
    now = target_row(request, row.act, row.target)
    return table(("", ""), [*told, (_("As it is now"), now)] if now else told)


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
    list_display = ("number", "state_label", "what_act", "target_shown", "waits", "maker_name", "proposed", "checker_name")
    list_filter = ("state", ("act", among(named_acts)))
    search_help_text = _("An approval's public id, or the public id of what it is about")
    list_select_related = ("maker", "checker")
    finds = {"apv": "pk"}
    ordering = ("-id",)
    fieldsets = (
        (_("Proposed"), {"fields": ("number", "what_act", "target_shown", "what", "reason", "maker_name", "proposed", "expires")}),
        (_("Decided"), {"fields": ("state_label", "checker_name", "told", "decided")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).select_related("maker", "checker")

    def target_of(self, row: Any) -> str:
        return str(row.target) if row else super().target_of(row)

    def find(self, term: str) -> Q | None:
        return Q(target=term) if "_" in term else None

    @display(description=_("Act"), ordering="act")
    def what_act(self, row: Approval) -> SafeString:
        return format_html('<span class="inline-block" style="min-width: 9em">{}</span>', act_name(row.act))

    @display(description=_("Target"), ordering="target")
    def target_shown(self, row: Approval) -> SafeString | str:
        return target_link(row.act, row.target)

    @display(description=_("Maker"), ordering="maker")
    def maker_name(self, row: Approval) -> str:
        return row.maker.get_username()

    @display(description=_("Checker"), ordering="checker")
    def checker_name(self, row: Approval) -> str:
        return row.checker.get_username() if row.checker else "-"

    @display(description=_("Decision"))
    def told(self, row: Approval) -> SafeString | str:
        """Why it was rejected, or what an applied one made; the whole sentence of the latter is in the audit log."""
        if row.state != Approval.State.APPLIED:
            return row.decision or "-"
        return format_html_join(" ", "{}", ((reference(made),) for made in PUBLIC_ID.findall(row.decision))) or "-"

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
        found = Approval.objects.filter(state=Approval.State.PENDING).aggregate(number=Count("pk"), oldest=Min("created_at"))
        count, oldest = found["number"], found["oldest"]
        late = oldest is not None and (at - oldest).total_seconds() > 4 * 3600
        detail = _("oldest waits {age}").format(age=duration(at - oldest)) if oldest else ""
        level = "warning" if late else "ok"
        return [figure(_("Approvals waiting"), count, "core.approval", level=level, detail=detail, state__exact="pending")]


FIGURES.plug("core.approvals", ApprovalFigures())
