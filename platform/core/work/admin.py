"""Work items: what only a person can settle."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.dashboard import figure
from core.desk.facts import facts
from core.desk.filters import among
from core.desk.owned import HANDS, Owned, Queue, Whose, owning_acts
from core.desk.references import reference
from core.desk.shown import age, badge, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.work import services
from core.work.models import WorkItem
from core.work.sockets import WORK_KINDS


def kind_name(kind: str) -> str:
    """The kind in words; its code when no room says any."""
    known = WORK_KINDS.get(kind)
    return str(known.title) if known else kind


def kinds() -> list[tuple[str, Words]]:
    """The kinds there are, by their names."""
    return sorted(((kind, known.title) for kind, known in WORK_KINDS.items()), key=lambda one: str(one[1]))


class Waiting(admin.SimpleListFilter):
    """Items by whether they still wait; what waits is listed first."""

    title, parameter_name = _("State"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("done", _("done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        return queryset if self.value() is None else queryset.filter(finished_at__isnull=self.value() == "waiting")


def finish(doing: Doing) -> Words:
    services.settle(kind=doing.row.kind, target=doing.row.target, by=doing.actor, at=doing.at)
    return _("Settled.")


def of_target(column: str) -> Combinable:
    return Subquery(HANDS.filter(target=OuterRef("target")).values(column)[:1])


QUEUE = Queue("work.take", waits=Q(finished_at=None), target=lambda row: str(row.target), assigned=of_target)


@admin.register(WorkItem, site=desk)
class WorkItemAdmin(Owned):
    group, place, icon, heading = "queues", 20, "assignment_late", _("Work items")
    queue = QUEUE
    acts = (
        *owning_acts(QUEUE),
        Act(
            name="finish",
            right="work.finish",
            title=_("Mark as settled"),
            run=finish,
            icon="task_alt",
            variant="primary",
            open_to=lambda row: row.finished_at is None and not services.what_ends(row.kind),
            explain=_("Ends this item only; what it is about stays as it is. It is asked again only if it is found anew."),
        ),
    )
    list_display = ("kind_text", "target_link", "state_label", "asked", "waiting", "looked_at_by", "finished_by")
    list_filter = (Waiting, Whose, ("kind", among(kinds)))
    search_help_text = _("The public id of what it is about")
    ordering = (F("finished_at").desc(nulls_first=True), "asked_at", "id")
    fieldsets = (
        (
            None,
            {"fields": ("kind_text", "target_link", "to_do", "what_ends", "state_label", "asked", "waiting", "refreshed", "looked_at_by")},
        ),
        (_("Facts"), {"fields": ("facts_text",)}),
        (_("Settled"), {"fields": ("finished", "finished_by")}),
    )

    def target_of(self, row: Any) -> str:
        return str(row.target) if row else super().target_of(row)

    def find(self, term: str) -> Q | None:
        return Q(target=term)

    def name_of(self, row: Any) -> str:
        return f"{kind_name(row.kind)} · {row.target}"

    @display(description=_("Kind"), ordering="kind")
    def kind_text(self, row: WorkItem) -> str:
        return kind_name(row.kind)

    @display(description=_("Target"), ordering="target")
    def target_link(self, row: WorkItem) -> SafeString | str:
        return reference(row.target)

    @display(description=_("What to do"))
    def to_do(self, row: WorkItem) -> Words:
        known = WORK_KINDS.get(row.kind)
        return known.to_do if known else "-"

    @display(description=_("What ends it"))
    def what_ends(self, row: WorkItem) -> Words:
        return services.what_ends(row.kind) or gettext("Your word, once it is done: Mark as settled.")

    @display(description=_("State"))
    def state_label(self, row: WorkItem) -> SafeString:
        return badge("waiting", gettext("waiting")) if row.finished_at is None else badge("done", gettext("done"))

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
        return facts(row.facts)


class WorkFigures:
    order = 20

    def figures(self, *, at: datetime) -> list[Figure]:
        found = WorkItem.objects.filter(finished_at=None).aggregate(number=Count("pk"), oldest=Min("asked_at"))
        told = _("oldest {age}").format(age=age(found["oldest"], at)) if found["number"] else ""
        level = "warning" if found["number"] else "ok"
        return [figure(_("Work items"), found["number"], "core.workitem", level=level, detail=told, state="waiting")]


FIGURES.plug("core.work", WorkFigures())
