"""Editing a table of rules: the form of the page does not save, it proposes; another person's approval saves."""

import uuid
from collections.abc import Callable, Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.approvals import register, services
from core.clock import queries as clock
from core.dated import in_force, starts_of
from core.desk.base import DeskAdmin, person
from core.desk.facts import is_amount
from core.desk.forms import ReasonField, YuanField, names_nobody, tell_refusal
from core.desk.roles import Role, roles_of
from core.desk.shown import money
from core.desk.sockets import Words
from core.errors import DomainError, Invalid, NotFound

NEW, NOTE = "new", "note"
PROPOSED = _("Nothing is saved yet: another person approves the change first.")
PROPOSED_DATED = _(
    "Nothing is saved yet: another person approves the change first. A row in force stays; give a day to come, and a new row begins then."
)
IN_FORCE = _("In force from then on, until a later row begins.")
DATED: dict[str, Words] = {"starts_on": IN_FORCE, "starts_at": IN_FORCE, "effective_on": IN_FORCE}


class RuleChanged(DomainError):
    code = "rule_changed"
    en = "The row changed after this was proposed. Look at it again and propose anew."
    zh = "该记录在申请提交后已被修改,请核对后重新申请。"


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it."""
    if isinstance(value, Model):
        return plain(value.pk)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, uuid.UUID)) else value


def in_yuan(field: "Field[Any, Any]") -> Callable[[Any], SafeString]:
    """A column of fen as those see it who only read."""

    @display(description=capfirst(field.verbose_name))
    def shown(row: Any) -> SafeString:
        return money(getattr(row, field.attname))

    return shown


class RuleInForce(DomainError):
    code = "rule_in_force"
    en = "A row in force stays as it is, and a new one begins later than now: give {column} a time to come."
    zh = "已生效的记录不可修改,新记录须在此刻之后生效:请将 {column} 设为将来的时间。"


class RuleTable:
    """One editable table: how a change of its rows is proposed and applied. The model's constraints have the last word.

    In a dated table (core.dated) a change of a row that is or was in force is a new row with a day to come.
    """

    def __init__(self, model: type[Model], fields: Collection[str], makers: Collection[str], checkers: Collection[str]) -> None:
        self.model, self.fields = model, tuple(fields)
        self.act = f"{model._meta.label_lower}.change"
        self.makers = frozenset(makers)
        register.register(
            self.act, apply=self.apply, roles_make=makers, roles_check=checkers, expires_hours=72, target=self.target, check=self.check
        )

    def payload(self, row: Model, *, added: bool, at: datetime) -> register.Payload:
        """What is proposed: `row` as it should be, and as it is (that it is compared with, or follows on, when it is in force)."""
        held = None if added else self.model._default_manager.get(pk=row.pk)
        follows = held is None or in_force(held, at)
        return {"row": NEW if follows else str(row.pk), "values": self.values(row), "before": self.values(held) if held else {}}

    def values(self, row: Model) -> dict[str, Any]:
        return {name: plain(getattr(row, self.column(name).attname)) for name in self.fields}

    def column(self, name: str) -> "Field[Any, Any]":
        field = self.model._meta.get_field(name)
        assert isinstance(field, Field)
        return field

    def target(self, payload: register.Payload) -> str:
        named = register.default_target(payload) if payload["row"] == NEW else payload["row"]
        return f"{self.model._meta.label_lower}:{named}"

    def built(self, payload: register.Payload, at: datetime) -> Model:
        """The row as it would be. Raises NotFound, RuleChanged, RuleInForce, Invalid."""
        if payload["row"] == NEW:
            row = self.model()
            if any(field.name == "created_at" for field in self.model._meta.concrete_fields):
                row.created_at = at  # type: ignore[attr-defined]
        else:
            held = self.model._default_manager.select_for_update().filter(pk=payload["row"]).first()
            if held is None:
                raise NotFound()
            if self.values(held) != payload["before"]:
                raise RuleChanged()
            self.require_to_come(held, at)
            row = held
        for name, value in payload["values"].items():
            field = self.column(name)
            setattr(row, field.attname, field.to_python(value))
        self.require_to_come(row, at)
        try:
            row.full_clean()
        except ValidationError as problem:
            raise Invalid("values", "; ".join(problem.messages), ";".join(problem.messages)) from problem
        return row

    def require_to_come(self, row: Model, at: datetime) -> None:
        """Raises RuleInForce when a dated row begins by `at`."""
        if in_force(row, at):
            starts = starts_of(self.model)
            raise RuleInForce(field=starts, column=str(self.column(starts).verbose_name) if starts else "")

    def check(self, payload: register.Payload, at: datetime) -> None:
        self.built(payload, at)

    def apply(self, payload: register.Payload, at: datetime) -> str:
        services.must_be_applying(self.act)
        row = self.built(payload, at)
        row.save()
        return f"{self.model._meta.label_lower}:{row.pk} saved"


class Refusing(forms.ModelForm):
    """A form of a rule that tells what the table would refuse to propose beside what was typed, instead of losing it."""

    table: ClassVar[RuleTable]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        at = clock.now()
        try:
            self.table.check(self.table.payload(self.instance, added=self.instance._state.adding, at=at), at)
        except DomainError as refused:
            tell_refusal(self, refused)


class ProposedAdmin(DeskAdmin):
    """A rule table's page: who may propose gets a form with a reason; everybody else reads. `helps` says what to type, by column."""

    table: ClassVar[RuleTable]
    may_add: ClassVar[bool] = True
    helps: ClassVar[dict[str, Words]] = {}
    group = "settings"

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        self.read = [in_yuan(self.table.column(name)) if is_amount(name) else name for name in self.table.fields]

    def proposes(self, request: HttpRequest) -> bool:
        return bool(roles_of(request.user) & self.table.makers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and self.proposes(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.proposes(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == NOTE:
            options["validators"] = [names_nobody]
        told = self.helps.get(db_field.name) or DATED.get(db_field.name, "")
        if is_amount(db_field.name):
            return YuanField(label=capfirst(db_field.verbose_name), required=not db_field.blank, help_text=told)
        return super().formfield_for_dbfield(db_field, request, **options | ({"help_text": told} if told else {}))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.table.fields, "reason"] if self.proposes(request) else self.read

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if self.proposes(request) else self.read

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[forms.ModelForm]:
        if not self.proposes(request):
            return super().get_form(request, obj, change, **options)
        reason = ReasonField(help_text=PROPOSED_DATED if starts_of(self.model) else PROPOSED)
        base = type("ProposalForm", (Refusing,), {"reason": reason, "table": self.table})
        made: type[forms.ModelForm] = super().get_form(request, obj, change, **options | {"form": base, "fields": list(self.table.fields)})
        return made

    def name_of(self, row: Any) -> str:
        """The row's first columns, which are what tells it from the others."""
        cells = (self.cell(row, str(name)) for name in self.list_display)
        return " · ".join([strip_tags(str(cell)) for cell in cells if not isinstance(cell, bool)][:2])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> HttpResponse:
        """One button: a proposal is neither saved nor followed by another."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Propose instead of saving; the refusal, if any, is told after the redirect."""
        at = clock.now()
        payload = self.table.payload(obj, added=not change, at=at)
        try:
            approval = services.propose(
                act=self.table.act, payload=payload, maker=person(request), reason=form.cleaned_data["reason"], at=at
            )
        except DomainError as refused:
            messages.error(request, refused.text(get_language() or "en"))
        else:
            messages.success(request, _("Proposed as {approval}; another person decides.").format(approval=approval.public_id))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rule tables have no rows under them."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The audit log has it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The audit log has it."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:core_approval_changelist"))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:core_approval_changelist"))


RULE_MAKERS = frozenset({Role.FINANCE_MAKER})
RULE_CHECKERS = frozenset({Role.FINANCE_CHECKER})
