"""The desk's form for connecting a channel: what it asks for is kept aside, encrypted, until a second person approves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.desk.acts import Doing
from core.desk.forms import ReasonForm
from core.desk.proposing import proposing
from payments.channels import credentials
from payments.channels.models import Channel
from payments.channels.sockets import CREDENTIALS
from payments.channels.typed import Typed

SECRET = {"rows": 4, "autocomplete": "off", "spellcheck": "false"}
PEM_LENGTH = 16_384


class SecretArea(UnfoldAdminTextareaWidget):
    """A secret of several lines: what was typed is not sent back with a refusal, as a password is not."""

    def format_value(self, value: Any) -> str:
        return ""


class ConnectForm(ReasonForm):
    """Every field that some channel has; the channel's own rules say which it needs."""

    merchant = forms.CharField(label=_("Merchant number"), max_length=64, widget=UnfoldAdminTextInputWidget())
    app_id = forms.CharField(label=_("App id"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget())
    private_key_pem = forms.CharField(
        label=_("Our private key"),
        max_length=PEM_LENGTH,
        help_text=_("PEM; of Stripe the secret key. It is kept encrypted and never shown again."),
        widget=SecretArea(SECRET),
    )
    own_key_id = forms.CharField(label=_("Serial of our certificate"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget())
    bank_public_key_pem = forms.CharField(
        label=_("The channel's public key"),
        max_length=PEM_LENGTH,
        required=False,
        help_text=_("PEM of the key or of its certificate; of Stripe none."),
        widget=UnfoldAdminTextareaWidget(SECRET),
    )
    bank_key_id = forms.CharField(label=_("Id of the channel's key"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget())
    root_key_id = forms.CharField(
        label=_("Serials of the root certificates"), max_length=255, required=False, widget=UnfoldAdminTextInputWidget()
    )
    api_key = forms.CharField(
        label=_("Symmetric key"),
        max_length=255,
        required=False,
        help_text=_("WeChat Pay: the APIv3 key. Stripe: the webhook's signing secret. It is kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "border rounded-default px-3 py-2 w-full"}),
    )
    payout_scene = forms.CharField(
        label=_("Payout scene"), max_length=36, required=False, help_text=_("Empty: no payouts."), widget=UnfoldAdminTextInputWidget()
    )
    payout_report = forms.CharField(
        label=_("Payout report"),
        max_length=500,
        required=False,
        help_text=_("One line each: type=content."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )

    def clean_payout_report(self) -> dict[str, str]:
        lines = [line.partition("=") for line in self.cleaned_data["payout_report"].splitlines() if line.strip()]
        if not all(kind.strip() and told.strip() for kind, _sign, told in lines):
            raise forms.ValidationError(_("One line each: type=content."))
        return {kind.strip(): told.strip() for kind, _sign, told in lines}


def payload(doing: Doing) -> dict[str, Any]:
    """Keep what was typed, in the transaction that proposes it."""
    typed = Typed(**{name: doing.data[name] for name in Typed.__dataclass_fields__})
    return credentials.proposal(credentials.enter(channel=doing.row.code, typed=typed, at=doing.at))


def by_hand(row: Channel) -> bool:
    return CREDENTIALS.get(row.adapter) is not None


CONNECT = proposing(
    "connect",
    act=credentials.ACT,
    right="channel.connect",
    title=_("Enter credentials"),
    named=_("Connect a channel"),
    payload=payload,
    form=ConnectForm,
    icon="key",
    open_to=by_hand,
)
