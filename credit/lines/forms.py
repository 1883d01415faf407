"""The forms of credit lines at the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.desk.forms import DayInput, ReasonForm, YuanField, names_nobody
from core.errors import NotFound
from core.ids import parse_public_id
from credit.lines.models import GRADE_LENGTH, REASON_LENGTH, CreditLine
from credit.lines.states import Freeze


def reasons() -> list[tuple[str, str]]:
    """By the names the desk gives them; what only the clock does is left out."""
    named = dict(CreditLine._meta.get_field("freezes").base_field.flatchoices)  # type: ignore[union-attr]
    return [(reason, named[reason]) for reason in (Freeze.RISK.value, Freeze.CUSTOMER.value)]


class PublicId(forms.CharField):
    """A public id of one kind."""

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(max_length=40, widget=UnfoldAdminTextInputWidget(), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip()
        try:
            parse_public_id(self.prefix, text)
        except NotFound as problem:
            raise ValidationError(_("An id that begins with {prefix} belongs here.").format(prefix=f"{self.prefix}_")) from problem
        return str(text)


class Sentence(forms.CharField):
    """Words that stay with a line for good: they name nobody."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=REASON_LENGTH, widget=UnfoldAdminTextInputWidget(), validators=[names_nobody], **options)


class WhyForm(ReasonForm):
    """Why, for the line's own history."""

    why = Sentence(label=_("Why"))
    field_order: tuple[str, ...] = ("why", "reason")


class InviteForm(WhyForm):
    """A line to offer somebody."""

    target = PublicId("cus", label=_("Customer's id"))
    product = PublicId("crp", label=_("Credit product's id"))
    limit_fen = YuanField(label=_("Limit (yuan)"))
    grade = forms.CharField(
        label=_("Grade"),
        max_length=GRADE_LENGTH,
        required=False,
        help_text=_("Whose price is theirs; empty for a product that asks fees."),
        widget=UnfoldAdminTextInputWidget(),
    )
    valid_until = forms.DateField(label=_("Good until"), widget=DayInput())
    field_order = ("target", "product", "limit_fen", "grade", "valid_until", "why", "reason")


class LimitForm(WhyForm):
    """Another limit."""

    limit_fen = YuanField(label=_("Limit (yuan)"))
    field_order = ("limit_fen", "why", "reason")


class GrantForm(ReasonForm):
    """A limit, with words for the customer."""

    limit_fen = YuanField(label=_("Limit (yuan)"))
    why = Sentence(label=_("Words for the customer"))
    field_order = ("limit_fen", "why", "reason")


class RefuseForm(ReasonForm):
    """Words for the customer."""

    why = Sentence(label=_("Words for the customer"))
    field_order = ("why", "reason")


class TemporaryForm(WhyForm):
    """So much more for some days."""

    amount_fen = YuanField(label=_("More (yuan)"))
    since = forms.DateField(label=_("From"), widget=DayInput())
    until = forms.DateField(label=_("Up to and with"), widget=DayInput())
    field_order = ("amount_fen", "since", "until", "why", "reason")


class FreezeForm(WhyForm):
    """One reason."""

    because = forms.ChoiceField(label=_("Because of"), choices=reasons, widget=UnfoldAdminSelectWidget())
    field_order = ("because", "why", "reason")
