"""Work items: what only a person can settle."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.shown import age, badge, document, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.work import services
from core.work.models import WorkItem


def finish(doing: Doing) -> Words:
    services.finish(kind=doing.row.kind, target=doing.row.target, by=doing.actor, at=doing.at)
    return _("Settled.")


@admin.register(WorkItem, site=desk)
class WorkItemAdmin(DeskAdmin):
    group, place, icon, heading = "queues", 20, "assignment_late", _("Work items")
    acts = (
        Act(
            name="finish",
            right="work.finish",
            title=_("Mark as settled"),
            run=finish,
            icon="task_alt",
            variant="primary",
            open_to=lambda row: row.finished_at is None,
            explain=_("Say what was found and what was done."),
        ),
    )
    list_display = ("kind", "target", "state_label", "asked", "waiting", "finished_by")
    list_filter = ("kind", ("finished_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)
    fieldsets = ((None, {"fields": ("kind", "target", "state_label", "asked", "refreshed", "finished", "finished_by", "facts_text")}),)

    def target_of(self, row: Any) -> str:
        return str(row.target) if row else super().target_of(row)

    @display(description=_("State"))
    def state_label(self, row: WorkItem) -> SafeString:
        return badge("waiting" if row.finished_at is None else "done")

    @display(description=_("Asked"), ordering="asked_at")
    def asked(self, row: WorkItem) -> str:
        return when(row.asked_at)

    @display(description=_("Age"))
    def waiting(self, row: WorkItem) -> str:
        return age(row.asked_at, clock.now()) if row.finished_at is None else "-"

    @display(description=_("Last confirmed"))
    def refreshed(self, row: WorkItem) -> str:
        return when(row.refreshed_at)

    @display(description=_("Settled"))
    def finished(self, row: WorkItem) -> str:
        return when(row.finished_at)

    @display(description=_("Facts"))
    def facts_text(self, row: WorkItem) -> SafeString:
        return document(row.facts)


class WorkFigures:
    order = 20

    def figures(self, *, at: datetime) -> list[Figure]:
        found = WorkItem.objects.filter(finished_at=None).aggregate(number=Count("pk"), oldest=Min("asked_at"))
        told = _("oldest {age}").format(age=age(found["oldest"], at)) if found["number"] else ""
        level = "warning" if found["number"] else "ok"
        return [figure(_("Work items"), found["number"], "core.workitem", level=level, detail=told, finished_at__isempty="1")]


FIGURES.plug("core.work", WorkFigures())
