"""Base of every page: read-only, by role, masked, never counting, with acts on their own pages and an export."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing, perform
from core.desk.addresses import list_of
from core.desk.csv_export import download
from core.desk.forms import tell_refusal
from core.desk.masking import names_somebody
from core.desk.paging import InfinitePaginator
from core.desk.roles import may, sees
from core.desk.shown import column_words, plainly, table
from core.desk.sockets import Words
from core.errors import DomainError, NotFound
from core.ids import parse_public_id

EXPORT_ROWS = 10_000
NOTHING = Q(pk__in=[])
HIDDEN = "hidden"


def person(request: HttpRequest) -> User:
    """The member of staff behind a request that has passed the site's door."""
    user: Any = request.user
    assert user.is_staff, "the site lets only staff in"
    return user  # type: ignore[no-any-return]


def kept_filters(request: HttpRequest) -> str:
    """How a list was filtered, as the audit log keeps it: what was searched for is hidden unless it can name nobody."""
    kept = request.GET.copy()
    for name, texts in kept.lists():
        if any(names_somebody(text) or not text.isascii() for text in texts):
            kept[name] = HIDDEN
    return kept.urlencode()


class DeskAdmin(ModelAdmin):
    """A page of one table. Nothing is added, changed or deleted here: what an operator may do are `acts` and `list_acts`.

    `finds` maps a public id's prefix to the column its id is in; `find` turns any other search text into a condition. A page
    that says how to search (`search_help_text`) has a search box.
    `extra_names` are the URL names of the page's own views beyond acts and export.
    """

    group: ClassVar[str]
    place: ClassVar[int] = 50
    icon: ClassVar[str] = "table_rows"
    heading: ClassVar[Words] = ""
    acts: ClassVar[tuple[Act, ...]] = ()
    list_acts: ClassVar[tuple[Act, ...]] = ()
    finds: ClassVar[dict[str, str]] = {}
    exports: ClassVar[bool] = True
    extra_names: ClassVar[tuple[str, ...]] = ()

    show_full_result_count = False
    paginator = InfinitePaginator
    list_per_page = 50
    list_max_show_all = 50
    list_disable_select_all = True
    list_filter_sheet = True
    list_fullwidth = True
    actions = None
    ordering: Any = ("-pk",)
    search_fields: Sequence[str] = ()
    show_facets = None

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        """Names of the model, its columns and their choices become translatable: models leave them in plain English. Choices that are
        asked for each time come with words of their own."""
        super().__init__(model, admin_site)
        model._meta.verbose_name = _(str(model._meta.verbose_name))  # type: ignore[assignment]
        for field in model._meta.concrete_fields:
            field.verbose_name = _(column_words(str(field.verbose_name).replace(" ", "_")))
            if isinstance(field.choices, list):
                field.choices = [(value, pgettext_lazy("choice", str(label))) for value, label in field.flatchoices]
        if self.heading:
            model._meta.verbose_name_plural = self.heading  # type: ignore[assignment]

    def title(self) -> Words:
        return self.heading or self.opts.verbose_name_plural

    def address(self) -> str:
        return list_of(self.opts.label_lower)

    def extra_items(self) -> list[tuple[int, dict[str, Any]]]:
        """Further sidebar entries of this page (its custom pages), as (place, item)."""
        return []

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Django refuses what its own filter of a foreign key asks where that points at another column than the key (a channel's code)."""
        column, _underscores, rest = lookup.partition("__")
        field: Any = self.opts.get_field(column) if column in self.list_filter else None
        if field is not None and field.is_relation and rest == f"{field.target_field.name}__exact":
            return True
        return super().lookup_allowed(lookup, value, request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return sees(request.user, self.opts.label_lower)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        shown = self.get_fields_shown()
        return shown or [field.name for field in self.opts.concrete_fields if field.editable or field.primary_key]

    def get_fields_shown(self) -> list[str]:
        names: list[str] = []
        for _title, options in self.fieldsets or ():
            for entry in options["fields"]:
                names += [entry] if isinstance(entry, str) else list(entry)
        return names or ([] if self.fields is None else [str(name) for name in self.fields])

    # Searching: exact answers by id or by what the page knows, never a LIKE over a large table.

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return self.search_fields or (("pk",) if self.finds or self.search_help_text else ())

    def find(self, term: str) -> Q | None:
        """What a search text that is no public id means on this page; None when nothing."""
        return None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self.condition(term)) if term else queryset), False

    def condition(self, term: str) -> Q:
        prefix = term.rpartition("_")[0]
        if prefix in self.finds:
            try:
                return Q(**{self.finds[prefix]: parse_public_id(prefix, term)})
            except NotFound:
                return NOTHING
        found = self.find(term)
        if found is not None:
            return found
        try:
            return Q(pk=self.opts.pk.to_python(uuid.UUID(term) if "-" in term else term))
        except (ValueError, ValidationError):
            return NOTHING

    # Columns that many tables have.

    @display(description=_("Channel"), ordering="channel_id")
    def channel_code(self, row: Any) -> str:
        return str(row.channel_id)

    @display(description=_("Bank"), ordering="bank_id")
    def bank_code_text(self, row: Any) -> str:
        return str(row.bank_id)

    @display(description=_("Asset"), ordering="asset_id")
    def asset_code(self, row: Any) -> str:
        return str(row.asset_id)

    # Acts.

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [path("export/", self.admin_site.admin_view(self.export_view), name=f"{name}_export")] if self.exports else []
        for act in self.list_acts:
            own.append(path(f"do/{act.name}/", self.admin_site.admin_view(self.list_act_view(act)), name=f"{name}_do_{act.name}"))
        for act in self.acts:
            own.append(path(f"<path:object_id>/do/{act.name}/", self.admin_site.admin_view(self.act_view(act)), name=f"{name}_{act.name}"))
        return own + super().get_urls()

    def act_view(self, act: Act) -> Callable[..., HttpResponseBase]:
        def view(request: HttpRequest, object_id: str) -> HttpResponseBase:
            return self.run_act(request, act, object_id)

        return view

    def list_act_view(self, act: Act) -> Callable[..., HttpResponseBase]:
        def view(request: HttpRequest) -> HttpResponseBase:
            return self.run_act(request, act, None)

        return view

    def run_act(self, request: HttpRequest, act: Act, object_id: str | None) -> HttpResponseBase:
        """GET shows the act's form, POST does it. 403 without the right, 404 for an unknown row."""
        if not (self.has_view_permission(request) and may(request.user, act.right)):
            raise PermissionDenied
        row = None if object_id is None else self.get_object(request, object_id)
        if object_id is not None and row is None:
            raise Http404
        form = act.form(request.POST or None, staff=person(request), row=row)
        if request.method == "POST" and form.is_valid():
            doing = Doing(request=request, staff=person(request), row=row, data=form.cleaned_data, at=clock.now())
            try:
                outcome = perform(act, doing, self.audited_as(act, row))
            except DomainError as refused:
                tell_refusal(form, refused)
            else:
                return self.after(request, act, row, outcome)
        return self.act_page(request, act, row, {"form": form})

    def after(self, request: HttpRequest, act: Act, row: Any, outcome: Any) -> HttpResponseBase:
        if isinstance(outcome, HttpResponseBase):
            return outcome
        if isinstance(outcome, dict):
            return self.act_page(request, act, row, {"revealed": outcome})
        messages.success(request, str(outcome))
        return HttpResponseRedirect(self.address() if row is None else self.address_of(row))

    def act_page(self, request: HttpRequest, act: Act, row: Any, context: dict[str, Any]) -> HttpResponse:
        facts = self.admin_site.each_context(request) | {
            "title": act.title,
            "opts": self.opts,
            "act": act,
            "row": row,
            "shown": self.shown_before(request, act, row),
            "row_name": "" if row is None else self.name_of(row),
            "back": self.address() if row is None else self.address_of(row),
        }
        answer = TemplateResponse(request, "desk/act.html", facts | context)
        answer["Cache-Control"] = "no-store"
        return answer

    def shown_before(self, request: HttpRequest, act: Act, row: Any) -> str:
        """What a person reads before doing `act`: what the act shows of the row, else the row as its list shows it."""
        if row is None:
            return ""
        return act.shows(request, row) if act.shows else self.in_short(row)

    def in_short(self, row: Any) -> str:
        """A row's columns of the list, under each other."""
        return table(("", ""), ((capfirst(str(self.column_title(name))), plainly(self.cell(row, str(name)))) for name in self.list_display))

    def name_of(self, row: Any) -> str:
        return str(getattr(row, "public_id", row))

    def target_of(self, row: Any) -> str:
        """What the audit record calls the row."""
        if row is None:
            return self.opts.label_lower
        named = getattr(row, "public_id", None)
        return str(named) if named else f"{self.opts.label_lower}:{row.pk}"

    def audited_as(self, act: Act, row: Any) -> str:
        """What the audit record of an act on the row is filed under."""
        return self.target_of(row)

    def address_of(self, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def buttons(self, request: HttpRequest, acts: Iterable[Act], row: Any) -> list[dict[str, Any]]:
        """The acts this person can do now, as the header's buttons."""
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}_"
        found: list[dict[str, Any]] = []
        for act in acts:
            if may(request.user, act.right) and act.open_to(row) and act.open_for(row, person(request)):
                link = reverse(f"{base}do_{act.name}") if row is None else reverse(f"{base}{act.name}", args=[row.pk])
                found.append({"title": act.button or act.title, "icon": act.icon, "variant": act.variant, "attrs": {}, "path": link})
        return found

    # Pages.

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().changelist_view(request, {"title": self.title(), **(extra_context or {})})
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            buttons = self.buttons(request, self.list_acts, None)
            if self.exports and may(request.user, "export"):
                query = request.GET.urlencode()
                link = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export") + (f"?{query}" if query else "")
                buttons.append({"title": _("Export CSV"), "icon": "download", "variant": "default", "attrs": {}, "path": link})
            answer.context_data["actions_list"] = buttons
        return answer

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            row = answer.context_data.get("original")
            if row is not None:
                row.desk_name = self.name_of(row)
                answer.context_data |= {"title": row.desk_name, "subtitle": None}
                answer.context_data["actions_detail"] = self.buttons(request, self.acts, row)
                answer["Cache-Control"] = "no-store"
        return answer

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What happened to a row is in the audit log."""
        raise Http404

    # Export.

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        act = Act(
            name="export",
            right="export",
            title=_("Export CSV"),
            icon="download",
            explain=_("The rows of this list, as filtered now, at most 10,000, with the same columns and the same masking."),
            run=self.export,
            details=lambda doing: {"filters": kept_filters(doing.request)},
        )
        return self.run_act(request, act, None)

    def export(self, doing: Doing) -> HttpResponseBase:
        """The list's own columns, so that nothing leaves that is not on the page."""
        listed = self.get_changelist_instance(doing.request)
        columns = [name for name in self.get_list_display(doing.request) if name != "action_checkbox"]
        rows = listed.get_queryset(doing.request)[:EXPORT_ROWS]
        header = [str(self.column_title(name)) for name in columns]
        cells = ([self.cell(row, str(name)) for name in columns] for row in rows)
        return download(f"{self.opts.model_name}-{clock.local_day(doing.at)}", header, cells)

    def column_title(self, name: Any) -> Words:
        shower = getattr(self, str(name), None)
        if shower is not None:
            return getattr(shower, "short_description", str(name))
        return getattr(self.opts.get_field(str(name)), "verbose_name", str(name))

    def cell(self, row: Any, name: str) -> Any:
        shower = getattr(self, name, None)
        if shower is not None:
            value = shower(row)
        else:
            chosen = getattr(row, f"get_{name}_display", None)
            value = chosen() if chosen is not None else getattr(row, name)
        return value[0] if isinstance(value, tuple) and value else ("" if value is None else value)
