"""The desk's own forms."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.address import client_address
from core.clock import queries as clock
from core.desk import attempts, known
from core.desk.masking import names_somebody
from core.errors import DomainError, TooManyRequests

REASON_LENGTH = 500


class LoginForm(AuthenticationForm):
    """User name and password, each try counted before it is checked."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username") or ""
        address, device, at = client_address(self.request), known.device(self.request, username), clock.wall()
        try:
            attempts.count(username=username, address=address, at=at, device=device)
        except TooManyRequests as refused:
            raise forms.ValidationError(refused.text(get_language() or "en"), code="throttled") from refused
        cleaned: dict[str, Any] = super().clean()
        attempts.forgive(username=username, address=address, at=at, device=device)
        return cleaned


class CodeForm(forms.Form):
    """The six digits of an authenticator app."""

    code = forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label=_("Code"),
        error_messages={"invalid": _("Enter the six digits your authenticator app shows.")},
        widget=UnfoldAdminTextInputWidget({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": "", "maxlength": "6"}),
    )


class YuanField(forms.DecimalField):
    """An amount that people read and type in yuan and that is kept in fen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=15, decimal_places=2, widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-2) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount.scaleb(2))


class DayInput(UnfoldAdminTextInputWidget):
    """A day, chosen in the browser's own calendar: no script of ours is needed."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else super().format_value(value)


def tell_refusal(form: forms.BaseForm, refused: DomainError) -> None:
    """A refusal beside the field it names; one of an entry within a field (`terms.grace_days`) beside that field."""
    words, named = refused.text(get_language() or "en"), refused.field or ""
    whole = named.split(".")[0]
    if named in form.fields or whole not in form.fields:
        form.add_error(named if named in form.fields else None, words)
    else:
        form.add_error(whole, f"{named}: {words}")


class ActForm(forms.Form):
    """Base of every act's form: knows who acts and, for an act on one row, on what."""

    def __init__(self, *args: Any, staff: User | None = None, row: Any = None, **kwargs: Any) -> None:
        self.staff, self.row = staff, row
        super().__init__(*args, **kwargs)


def names_nobody(text: str) -> None:
    """A validator of what is kept for good. Raises ValidationError."""
    if names_somebody(text):
        raise forms.ValidationError(_("Name the case, never personal data: this holds what looks like a phone, identity or card number."))


class ReasonField(forms.CharField):
    """Why an act is done: kept in the audit record, which nobody can change."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Reason"),
            min_length=5,
            max_length=REASON_LENGTH,
            widget=UnfoldAdminTextareaWidget({"rows": 3}),
            validators=[names_nobody],
            **options,
        )


class ReasonForm(ActForm):
    """An act that must say why; the reason goes into the audit record."""

    reason = ReasonField(help_text=_("Kept in the audit log. Name the case, never personal data."))
