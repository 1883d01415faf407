"""The desk's form of a correction of the books, alone or on the way of another act."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.ledger import adjusting
from core.desk.acts import Doing
from core.desk.forms import ReasonForm, YuanField
from core.desk.proposing import proposing

NAMES = _("An acc_ id, or the name of one of the platform's own accounts")
EXPLAIN = _(
    "The amount goes from the debited account to the credited one: crediting a customer's account gives them money. "
    "Nothing happens yet: another person approves it first."
)


class AdjustmentForm(ReasonForm):
    """From one account to another. Left empty where it may be, nothing is posted."""

    debited = forms.CharField(label=_("Debited account"), max_length=120, help_text=NAMES, widget=UnfoldAdminTextInputWidget())
    credited = forms.CharField(label=_("Credited account"), max_length=120, help_text=NAMES, widget=UnfoldAdminTextInputWidget())
    amount = YuanField(label=_("Amount (yuan)"), min_value=Decimal("0.01"))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=adjusting.REFERENCE_LENGTH,
        help_text=_("What the journal is about: an order's id, the bank's number, the line of a statement."),
        widget=UnfoldAdminTextInputWidget(),
    )
    field_order = ("debited", "credited", "amount", "reference", "reason")


def adjustment(data: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as a proposal's payload."""
    return {
        "debited": data["debited"].strip(),
        "credited": data["credited"].strip(),
        "amount": data["amount"],
        "reference": data["reference"].strip(),
    }


def payload(doing: Doing) -> dict[str, Any]:
    return adjustment(doing.data)


PROPOSE = proposing(
    "adjust",
    act=adjusting.ACT,
    right="ledger.adjust",
    title=_("Propose an adjustment"),
    named=_("Adjust the books"),
    payload=payload,
    form=AdjustmentForm,
    explain=EXPLAIN,
    icon="balance",
)
