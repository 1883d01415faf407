"""What goes in and comes out of payments by code. Amounts are whole fen with their currency beside them."""

from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from payments.cashier.api.shapes import MerchantOrderShown, NewOrderIn, PayerOrderShown
from payments.qr import digits
from payments.qr.states import CodeResult, PhoneResult, QrCodeState


class NewPayerCodeShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="row.public_id")
    auth_code = serializers.CharField(help_text="What the code and the bar code carry; shown once, kept nowhere.")
    expires_at = serializers.DateTimeField(source="row.expires_at", help_text="Ask for a new one before.")


class PayerCodeShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="row.public_id")
    result = serializers.ChoiceField(PhoneResult.choices, help_text="confirm: pay order_id at the cashier, with a proof.")
    order_id = serializers.CharField(source="row.order_public_id", allow_null=True)
    expires_at = serializers.DateTimeField(source="row.expires_at")


class CodePayIn(serializers.Serializer[Any]):
    """What a terminal asks for when it has read a payer's code."""

    auth_code = serializers.RegexField(digits.SHAPE, help_text="The eighteen digits, from the payer's phone.")
    out_trade_no = NewOrderIn().fields["out_trade_no"]
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Whole fen, at least 1.")
    currency = serializers.ChoiceField(["CNY"], default="CNY")
    subject = serializers.CharField(max_length=128, validators=[no_card_number], help_text="What the payer reads.")
    attach = serializers.CharField(
        max_length=256, default="", allow_blank=True, validators=[no_card_number], help_text="Comes back to you."
    )
    store_id = serializers.CharField(max_length=40, required=False, allow_null=True)
    notify_url = NewOrderIn().fields["notify_url"]


class CodePayShown(serializers.Serializer[Any]):
    result = serializers.ChoiceField(
        CodeResult.choices,
        help_text="processing, user_confirming: read it again every few seconds, and reverse it when you cannot wait any more. refused:"
        " nothing was charged and nothing will be.",
    )
    code = serializers.CharField(help_text="Why it was refused or closed; empty otherwise.")
    message = serializers.CharField(help_text="What to do about a refusal.")
    order = MerchantOrderShown()


class CodeOrderShown(serializers.Serializer[Any]):
    code_url = serializers.CharField(help_text="What to draw as a QR code.")
    order = MerchantOrderShown()


class QrCodeIn(serializers.Serializer[Any]):
    store_id = serializers.CharField(max_length=40)
    app_id = serializers.CharField(max_length=40, help_text="Whose orders they become: it hears of them.")
    title = serializers.CharField(max_length=60, validators=[no_card_number], help_text="What payers read they pay for.")
    amount = serializers.IntegerField(
        min_value=1, max_value=MAX_FEN, required=False, allow_null=True, default=None, help_text="Fixed; left out, the payer types it."
    )


class QrCodeShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    code_url = serializers.SerializerMethodField(help_text="What to print as a QR code.")
    merchant_id = serializers.CharField(source="merchant_public_id")
    store_id = serializers.CharField(source="store_public_id")
    app_id = serializers.CharField(source="app_public_id")
    title = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen", allow_null=True)
    currency = serializers.CharField()
    state = serializers.ChoiceField(QrCodeState.choices)
    created_at = serializers.DateTimeField()

    def get_code_url(self, row: Any) -> str:
        return digits.text_of(row.public_id)


class ScanIn(serializers.Serializer[Any]):
    qr_code = serializers.CharField(max_length=60, help_text="What was scanned: the code's id, or its whole text.")
    amount = serializers.IntegerField(
        min_value=1, max_value=MAX_FEN, required=False, allow_null=True, default=None, help_text="Needed unless the code fixes it."
    )


class StaticShown(serializers.Serializer[Any]):
    """A printed code as whoever scans it sees it."""

    id = serializers.CharField(source="printed.public_id")
    merchant_id = serializers.CharField(source="printed.merchant_public_id")
    merchant = serializers.CharField(source="printed.merchant.short_name")
    store = serializers.CharField(source="printed.store.name")
    title = serializers.CharField(source="printed.title")
    amount = serializers.IntegerField(source="printed.amount_fen", allow_null=True, help_text="Fixed; null: type it.")
    currency = serializers.CharField(source="printed.currency")
    active = serializers.SerializerMethodField()
    left_today = serializers.IntegerField(help_text="What you may still pay today by printed codes.")

    def get_active(self, found: Any) -> bool:
        return bool(found.printed.state == QrCodeState.ACTIVE)


class ScannedShown(serializers.Serializer[Any]):
    """What a code leads to."""

    kind = serializers.ChoiceField(
        ["order", "static", "payer_code"],
        help_text="order: pay it at the cashier. static: make an order of it first. payer_code: another person's, for terminals alone.",
    )
    order = PayerOrderShown(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"static": StaticShown(allow_null=True)}
