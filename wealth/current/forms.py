"""The forms of quotes at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.desk.forms import DayInput, ReasonForm


def number(digits: int, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=9, decimal_places=digits, widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}), **options)


COLUMNS = "product,day,income,seven_day"


class RevisionForm(ReasonForm):
    """What the quote of the row's day should have said."""

    income = number(4, label=_("Income per 10,000 units (yuan)"))
    seven_day = number(3, label=_("Seven-day yield (percent a year)"), required=False, help_text=_("Empty: worked out from the quotes."))


class QuoteForm(RevisionForm):
    """One new quote."""

    product = forms.CharField(label=_("Product"), max_length=32, widget=UnfoldAdminTextInputWidget(), help_text=_("Its code."))
    day = forms.DateField(label=_("Day"), widget=DayInput())
    field_order = ("product", "day", "income", "seven_day", "reason")


class FileForm(ReasonForm):
    """New quotes from a file."""

    text = forms.CharField(
        label=_("File"),
        max_length=50_000,
        widget=UnfoldAdminTextareaWidget({"rows": 12, "placeholder": COLUMNS}),
        help_text=_("The file's text. Its first line names the columns as the empty field shows them. Every bad line is named."),
    )
    field_order = ("text", "reason")
