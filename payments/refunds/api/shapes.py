"""What goes in and comes out of refunds. Amounts are whole fen with their currency beside them."""

import re
from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from core.errors import Invalid
from payments.cashier.api.shapes import OUT_TRADE_NO
from payments.refunds.models import REASON_LENGTH
from payments.refunds.states import AskedBy, RefundStatus

OUT_REFUND_NO = re.compile(r"^[0-9A-Za-z_*|-]{1,64}\Z")


class AmountIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Whole fen, at most what is left of the order.")
    currency = serializers.ChoiceField(["CNY"], default="CNY")
    reason = serializers.CharField(
        max_length=REASON_LENGTH, default="", allow_blank=True, validators=[no_card_number], help_text="The payer reads it."
    )


class NewRefundIn(AmountIn):
    order_id = serializers.CharField(max_length=40, required=False, help_text="Our id of the order; or give out_trade_no.")
    out_trade_no = serializers.RegexField(OUT_TRADE_NO, required=False, help_text="Your number of the order; or give order_id.")
    out_refund_no = serializers.RegexField(OUT_REFUND_NO, help_text="Your number of the refund, once an app.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("order_id" in attrs) == ("out_trade_no" in attrs):
            raise Invalid("order_id", "Give either order_id or out_trade_no.", "请提供 order_id 或 out_trade_no 之一。")
        return attrs


class OwnerRefundIn(AmountIn):
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose merchant_refund, amount = the refund's, payee = the order's id, nonce = this"
        " Idempotency-Key.",
    )


class PayerRefundShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    order_id = serializers.CharField(source="order_public_id")
    amount = serializers.IntegerField(source="amount_fen", help_text="It goes back the way it came, each way for its part.")
    currency = serializers.CharField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(
        RefundStatus.choices, help_text="processing: it is on its way. failed: it will not come; the order can be refunded anew."
    )
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When it was done, or failed.")


class RefundShown(PayerRefundShown):
    out_refund_no = serializers.CharField(help_text="Empty for a refund that no program asked for.")
    fee_back = serializers.IntegerField(source="fee_back_fen", help_text="What of it is our fee, given back; the rest is paid by you.")
    asked_by = serializers.ChoiceField(AskedBy.choices)
    code = serializers.CharField(source="failed_code", help_text="Why it failed; empty otherwise.")
