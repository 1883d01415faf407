"""Queues whose rows people take: whose each is, taking it, handing it over, putting it back, and the list of one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import BooleanField, Case, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from core.audit import queries as audit
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.forms import ActForm, ReasonForm
from core.desk.roles import ACTS
from core.desk.shown import mono, table, when
from core.desk.sockets import Words
from core.work import owning
from core.work.models import Assignment

NOTES = 10
NOTE_COLUMNS = (_("Time"), _("Actor"), _("Act"), _("Reason"))
HANDS = Assignment.objects.filter(owner__is_active=True)
"""Assignments that count: what somebody has who left is nobody's."""


def of_thing(column: str) -> Combinable:
    """`column` of the assignment of the row itself."""
    return Subquery(HANDS.filter(thing_id=OuterRef("pk")).values(column)[:1])


@dataclass(frozen=True)
class Queue:
    """What of a page's rows waits for people (`waits`), what somebody takes who takes a row (`target`: the row's own, unless several
    rows are one piece of work), and how a query finds a column of its assignment. `right` is who takes, hands over and puts back."""

    right: str
    waits: Q
    target: Callable[[Any], str] = lambda row: str(row.public_id)
    assigned: Callable[[str], Combinable] = of_thing
    explain: Words = ""

    def waiting(self, row: Model) -> QuerySet[Any]:
        """The row, as long as it waits."""
        return type(row)._default_manager.filter(self.waits, pk=row.pk)

    def marked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with whether they wait (`waits_now`) and whose they are (`held_by`, `held_by_name`; null: nobody's)."""
        waits_now = Case(When(self.waits, then=Value(True)), default=Value(False), output_field=BooleanField())
        return rows.annotate(waits_now=waits_now, held_by=self.assigned("owner_id"), held_by_name=self.assigned("owner__username"))


class HeldForm(ReasonForm):
    """Carries whose it was when the page was read."""

    held_by = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_by"].initial = self.row.held_by


def colleagues(right: str, but: int | None) -> QuerySet[User]:
    """Who may take a row of the page, without the one who has it."""
    return (
        User.objects.filter(is_active=True, is_staff=True, groups__name__in=ACTS[right])
        .distinct()
        .order_by("username")
        .exclude(pk__in=[but] if but else [])
    )


def handing_over(queue: Queue) -> type[HeldForm]:
    class HandOverForm(HeldForm):
        to = forms.ModelChoiceField(label=_("To"), queryset=User.objects.none(), widget=UnfoldAdminSelectWidget())
        field_order = ("to", "reason", "held_by")

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            to: Any = self.fields["to"]
            to.queryset = colleagues(queue.right, self.row.held_by)

    return HandOverForm


def is_free(row: Any) -> bool:
    return row.waits_now and row.held_by is None


def is_held(row: Any) -> bool:
    return row.waits_now and row.held_by is not None


def owning_acts(queue: Queue) -> tuple[Act, ...]:
    """What staff do about whose a row is: `acts = (*owning_acts(QUEUE), ...)`."""

    def take(doing: Doing) -> Words:
        owning.take(waiting=queue.waiting(doing.row), target=queue.target(doing.row), staff=doing.staff, at=doing.at)
        return _("Yours now.")

    def hand_over(doing: Doing) -> Words:
        whose = {"held_by": doing.data["held_by"], "to": doing.data["to"], "by": doing.actor}
        owning.hand_over(waiting=queue.waiting(doing.row), target=queue.target(doing.row), at=doing.at, **whose)
        return str(_("It is {name}'s now.")).format(name=doing.data["to"])

    def put_back(doing: Doing) -> Words:
        owning.put_back(target=queue.target(doing.row), held_by=doing.data["held_by"])
        return _("It is nobody's now.")

    def what(doing: Doing) -> dict[str, Any]:
        return {"what": queue.target(doing.row)}

    def to_whom(doing: Doing) -> dict[str, Any]:
        return what(doing) | {"from": doing.row.held_by_name, "to": doing.data["to"].get_username()}

    def from_whom(doing: Doing) -> dict[str, Any]:
        return what(doing) | {"from": doing.row.held_by_name}

    return (
        Act(
            name="take",
            right=queue.right,
            title=_("Take it"),
            run=take,
            form=ActForm,
            icon="back_hand",
            explain=queue.explain or _("Says that you look after it. Others see your name."),
            open_to=is_free,
            details=what,
        ),
        Act(
            name="hand-over",
            right=queue.right,
            title=_("Hand over"),
            run=hand_over,
            form=handing_over(queue),
            icon="swap_horiz",
            explain=_("Somebody else looks after it from now on. Say how far it has come."),
            open_to=is_held,
            details=to_whom,
        ),
        Act(
            name="put-back",
            right=queue.right,
            title=_("Put back"),
            run=put_back,
            form=HeldForm,
            icon="undo",
            explain=_("Nobody looks after it from now on. Say how far it has come."),
            open_to=is_held,
            details=from_whom,
        ),
    )


class Whose(admin.SimpleListFilter):
    """What waits, by whose it is."""

    title, parameter_name = _("Looked at by"), "whose"

    def __init__(self, request: HttpRequest, params: Any, model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.waits = model_admin.queue.waits

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("Me")), ("nobody", _("Nobody")), ("somebody", _("Somebody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"mine": Q(held_by=request.user.pk), "nobody": Q(held_by=None), "somebody": Q(held_by__isnull=False)}.get(
            self.value() or ""
        )
        return queryset if wanted is None else queryset.filter(wanted, self.waits)


class Owned(DeskAdmin):
    """A page whose waiting rows people take. Its rows carry what `Queue.marked` says; it shows `looked_at_by` and filters by `Whose`.
    A row's page ends with what was done to it, or to the piece of work it belongs to: the audit log is open to few."""

    queue: ClassVar[Queue]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.queue.marked(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), (_("What was done here"), {"fields": ("done_here",)})]

    def get_fields_shown(self) -> list[str]:
        return [*super().get_fields_shown(), "done_here"]

    def audited_as(self, act: Act, row: Any) -> str:
        """Notes about whose it is are kept under what is one piece of work, so that every row of it shows them."""
        return self.queue.target(row) if row is not None and act.right == self.queue.right else super().audited_as(act, row)

    @display(description=_("The newest acts"))
    def done_here(self, row: Any) -> SafeString | str:
        """What those before wrote down, for whoever goes on."""
        found = audit.newest_of({self.target_of(row), self.queue.target(row)}, most=NOTES)
        return table(NOTE_COLUMNS, ((when(one.at), one.actor, mono(one.act), one.reason or "-") for one in found)) if found else "-"

    @display(description=_("Looked at by"))
    def looked_at_by(self, row: Any) -> str:
        return (row.waits_now and row.held_by_name) or "-"
