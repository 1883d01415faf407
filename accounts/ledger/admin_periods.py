"""Closed periods and the back-dating window, as operators see and change them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.models import BackDating, PeriodClose
from core.desk.base import DeskAdmin
from core.desk.forms import DayInput, ReasonForm
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import when
from core.desk.site import desk


class ThroughForm(ReasonForm):
    """Through which day the books are to close."""

    through_on = forms.DateField(
        label=_("Through"), widget=DayInput, help_text=_("The last day to close: nothing is booked on it or before it any more.")
    )
    field_order = ("through_on", "reason")


@admin.register(PeriodClose, site=desk)
class PeriodCloseAdmin(DeskAdmin):
    list_acts = (
        proposing(
            "close",
            act="ledger.close_period",
            right="ledger.propose",
            title=_("Propose to close the books"),
            named=_("Close the books"),
            form=ThroughForm,
            payload=lambda doing: {"target": "books", "through_on": doing.data["through_on"].isoformat()},
            icon="lock_clock",
        ),
    )
    group, place, icon, heading = "ledger", 60, "event_busy", _("Closed periods")
    list_display = ("through_on", "closed", "proposed_by", "actor")
    ordering = ("-through_on",)
    fieldsets = ((None, {"fields": ("through_on", "closed", "proposed_by", "actor")}),)

    @display(description=_("Closed"))
    def closed(self, row: PeriodClose) -> str:
        return when(row.closed_at)


@admin.register(BackDating, site=desk)
class BackDatingAdmin(ProposedAdmin):
    place, icon, heading = 60, "history", _("Back-dating window")
    table = RuleTable(BackDating, ("starts_on", "days", "note"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"days": _("How many days back a journal may be dated, from 1 to 400."), "note": _("Why: the decision it follows.")}
    list_display = ("starts_on", "days", "note")
    ordering = ("-starts_on",)
