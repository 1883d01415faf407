"""The forms of the credit studio."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.desk.forms import ActForm, ReasonForm, YuanField
from credit.products.models import CODE_LENGTH, NAME_LENGTH, TEXT_LENGTH, CreditProduct, CreditProductVersion
from credit.products.services.drafting import FIELDS
from credit.products.states import CreditKind
from credit.products.terms import MOST_PERIODS


def text(rows: int) -> forms.Widget:
    return UnfoldAdminTextareaWidget({"rows": rows})


class CreditVersionForm(ReasonForm):
    """Everything a version says, as it is or as the one on offer says it."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget())
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget())
    least_fen = YuanField(label=_("Lent at least (yuan)"))
    most_fen = YuanField(label=_("Lent at most (yuan)"), help_text=_("At once; what one person may borrow follows from their line."))
    step_fen = YuanField(label=_("In steps of (yuan)"))
    terms = forms.JSONField(
        label=_("Terms"), widget=text(20), help_text=_("Price, schedule, cycle, penalty, minimum, waterfall; docs/credit.md says how.")
    )
    risk_text_en = forms.CharField(label=_("Risk text (English)"), max_length=TEXT_LENGTH, widget=text(3))
    risk_text_zh = forms.CharField(label=_("Risk text (Chinese)"), max_length=TEXT_LENGTH, widget=text(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**{name: self.fields[name] for name in FIELDS}, "reason": self.fields["reason"]}
        version = self.row if isinstance(self.row, CreditProductVersion) else getattr(self.row, "current", None)
        for name in FIELDS if version is not None else ():
            self.initial.setdefault(name, getattr(version, name))


TITLES = {name: field.label for name, field in CreditVersionForm.base_fields.items()}


def kinds() -> list[tuple[str, str]]:
    """By the names the desk gives them."""
    named = dict(CreditProduct._meta.get_field("kind").flatchoices)  # type: ignore[union-attr]
    return [(kind, named[kind]) for kind in CreditKind.values]


class CreditProductForm(CreditVersionForm):
    """A new product and its first version."""

    code = forms.CharField(label=_("Code"), max_length=CODE_LENGTH, widget=UnfoldAdminTextInputWidget())
    kind = forms.ChoiceField(label=_("Kind"), choices=kinds, widget=UnfoldAdminSelectWidget())
    lender = forms.CharField(
        label=_("Lender"), max_length=NAME_LENGTH, help_text=_("As contracts name them."), widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: self.base_fields[name] for name in ("code", "kind", "lender")}
        self.fields = {**own, **self.fields}


class SimulateForm(ActForm):
    """An amount, payments and a grade to work out."""

    amount_fen = YuanField(label=_("Amount (yuan)"))
    periods = forms.IntegerField(label=_("Number of payments"), min_value=1, max_value=MOST_PERIODS, widget=UnfoldAdminTextInputWidget())
    grade = forms.CharField(
        label=_("Grade"), max_length=8, required=False, help_text=_("Empty: the highest price."), widget=UnfoldAdminTextInputWidget()
    )
