"""The forms of the product studio: a version's columns as its table knows them."""

from typing import Any

from django import forms
from django.db.models import Field
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.desk.facts import is_amount
from core.desk.forms import ReasonForm, YuanField
from core.desk.sockets import Words
from wealth.catalog.desk_shown import TITLES
from wealth.catalog.models import CODE_LENGTH, ProductVersion
from wealth.catalog.services.drafting import FIELDS
from wealth.catalog.states import Kind

HELPS: dict[str, Words] = {
    "yield_low_bp": _("Hundredths of a percent a year; empty where nothing is fixed."),
    "yield_high_bp": _("The same as the low one where the yield is fixed."),
    "carry": _("How income becomes units; only of a seven-day yield."),
    "t0_cap_fen": _("Paid out at once at most, a person and natural day; 0: nothing."),
    "term_days": _("Empty: open."),
    "person_cap_fen": _("What one person may buy; empty: without end."),
    "daily_quota_fen": _("Of each trade date; empty: without end."),
    "total_quota_fen": _("Empty: without end."),
    "cut_off": _("From this second on an order belongs to the next trading day."),
    "terms": _("What only this kind of product knows, as JSON."),
}


def widget_of(field: "Field[Any, Any]") -> forms.Widget:
    match field.get_internal_type():
        case "BooleanField":
            return UnfoldBooleanSwitchWidget()
        case "TextField" | "JSONField":
            return UnfoldAdminTextareaWidget({"rows": 3})
    return UnfoldAdminSelectWidget() if field.choices else UnfoldAdminTextInputWidget()


def form_field(field: "Field[Any, Any]", **options: Any) -> forms.Field | None:
    """A version's column as a person types it: amounts in yuan."""
    words, told = TITLES[field.name], HELPS.get(field.name, "")
    if is_amount(field.name):
        return YuanField(label=words, required=not field.blank, help_text=told)
    made: forms.Field | None = field.formfield(label=words, help_text=told, widget=widget_of(field), **options)  # type: ignore[arg-type]
    return made


class VersionForm(ReasonForm):
    """Everything a version says, as it is or as the one on sale says it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = fields_for_model(ProductVersion, fields=FIELDS, formfield_callback=form_field)
        self.fields = {**made, "reason": self.fields["reason"]}
        version = self.row if isinstance(self.row, ProductVersion) else getattr(self.row, "current", None)
        for name in FIELDS if version is not None else ():
            self.initial.setdefault(name, getattr(version, name))

    def values(self) -> dict[str, Any]:
        """The version's own columns of what was typed; an optional number left empty is none."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class ProductForm(VersionForm):
    """A new product and its first version."""

    code = forms.CharField(
        label=_("Code"), max_length=CODE_LENGTH, help_text=_("As its issuer knows it."), widget=UnfoldAdminTextInputWidget()
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=UnfoldAdminSelectWidget())
    issuer_code = forms.CharField(label=_("Issuer"), max_length=CODE_LENGTH, widget=UnfoldAdminTextInputWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: self.base_fields[name] for name in ("code", "kind", "issuer_code")}
        self.fields = {**own, **self.fields}
