"""What goes in and comes out of the cashier. Amounts are whole fen with their currency beside them."""

import re
from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from payments.cashier.models import MOST_METHODS, URL_LENGTH
from payments.cashier.states import TOLD_MERCHANT, TOLD_PAYER, ActionKind, LegKind, LegState, PartyAsked, PaymentResult
from payments.merchants.states import Scene

OUT_TRADE_NO = re.compile(r"^[0-9A-Za-z_*|-]{1,64}\Z")
PAYER_STATUSES = sorted(set(TOLD_PAYER.values()))
MERCHANT_STATES = sorted(set(TOLD_MERCHANT.values()))


class PayerOrderShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    merchant_id = serializers.CharField(source="merchant_public_id", allow_null=True)
    merchant = serializers.CharField(source="merchant_name", allow_null=True, help_text="Null where it pays no merchant: see title.")
    title = serializers.CharField(help_text="Whom or what it pays, in words.")
    subject = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    refunded = serializers.IntegerField(source="refunded_fen")
    currency = serializers.CharField()
    status = serializers.ChoiceField(
        PAYER_STATUSES,
        help_text="processing: the bank has not answered. returning, returned: it was charged after the order was closed and goes back.",
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Until when it may be paid.")
    paid_at = serializers.DateTimeField(allow_null=True)


class OrdersDayIn(serializers.Serializer[Any]):
    date = serializers.DateField(required=False, default=None, help_text="Made on this day, Shanghai.")


class MyOrdersIn(OrdersDayIn):
    status = serializers.ChoiceField(PAYER_STATUSES, required=False, default="")


class MerchantOrdersIn(OrdersDayIn):
    state = serializers.ChoiceField(MERCHANT_STATES, required=False, default="")


class NamedMethod(serializers.Serializer[Any]):
    method = serializers.CharField(max_length=32)
    ref = serializers.CharField(max_length=64, default="", allow_blank=True)


class MethodOrderIn(serializers.Serializer[Any]):
    methods = NamedMethod(
        many=True,
        max_length=MOST_METHODS,  # type: ignore[call-arg]
        help_text="First the one used first; empty for our order. What is left out comes after, what is gone is passed over.",
    )


class MethodOrderShown(serializers.Serializer[Any]):
    methods = NamedMethod(many=True)


class MethodShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(LegKind.choices)
    method = serializers.CharField(help_text="Send method and ref to choose it.")
    ref = serializers.CharField(help_text="Which one of the method; empty when there is but one.")
    title = serializers.CharField()
    limit = serializers.IntegerField(help_text="What it can give at most now; a discount: what it takes off.")
    fee = serializers.IntegerField(help_text="What using it costs the payer beside the order, taken by the source itself.")
    proposed = serializers.IntegerField(help_text="What it gives in the choice we propose; 0 when it is not part of it.")
    external = serializers.BooleanField(help_text="Whether somebody outside must agree; one such method a payment.")
    attended = serializers.BooleanField(
        help_text="Whether the payer has to act outside before it is paid (`action` of the attempt says how)."
    )
    party = serializers.ChoiceField(PartyAsked.choices, help_text="Whether `party` is sent beside method and ref.")
    party_help = serializers.CharField(help_text="What belongs in `party`; empty where it takes none.")
    available = serializers.BooleanField()
    code = serializers.CharField(help_text="Why it cannot be used now; empty otherwise.")
    message = serializers.CharField(help_text="The same in words, and what to do.")


class MethodsShown(serializers.Serializer[Any]):
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    items = MethodShown(many=True)
    missing = serializers.IntegerField(help_text="What the order would be short of with everything together; 0 when it can be paid.")


class DiscountIn(serializers.Serializer[Any]):
    method = serializers.CharField(max_length=32)
    ref = serializers.CharField(max_length=64, default="", allow_blank=True)


class MethodIn(DiscountIn):
    amount = serializers.IntegerField(
        min_value=1, max_value=MAX_FEN, required=False, help_text="Exactly so much of it; as much as is needed without."
    )
    party = serializers.CharField(
        max_length=160,
        default="",
        allow_blank=True,
        help_text="Who pays outside, or how, where the method takes it: what its `party_help` says. Kept encrypted.",
    )


class ChoiceIn(serializers.Serializer[Any]):
    """In the order in which they are to be used; somebody outside is always asked last."""

    discounts = DiscountIn(many=True, default=list, max_length=5)  # type: ignore[call-arg]
    methods = MethodIn(many=True, default=list, max_length=10)  # type: ignore[call-arg]


class PayIn(ChoiceIn):
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="Needed above the PIN-free amount: a step-up proof with purpose payment, amount = the quote's to_pay, payee = the"
        " order's id, nonce = this Idempotency-Key.",
    )


class QuotedLegShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(LegKind.choices)
    method = serializers.CharField()
    ref = serializers.CharField()
    title = serializers.CharField()
    amount = serializers.IntegerField()
    fee = serializers.IntegerField()


class StepUpShown(serializers.Serializer[Any]):
    needed = serializers.BooleanField(help_text="Whether paying now needs a proof.")
    factors = serializers.IntegerField(
        help_text="How many factors it must have: 0 none, 1 any proof, 2 a passkey that is at least a day old."
    )
    purpose = serializers.CharField()
    amount = serializers.IntegerField()
    payee = serializers.CharField()


class QuotedShown(serializers.Serializer[Any]):
    amount = serializers.IntegerField(help_text="The order's.")
    discount = serializers.IntegerField()
    to_pay = serializers.IntegerField(help_text="What the payer gives: the order less its discounts.")
    fee = serializers.IntegerField(help_text="What the methods cost beside it.")
    currency = serializers.CharField()
    legs = QuotedLegShown(many=True)
    step_up = StepUpShown()


class ActionShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        ActionKind.choices,
        help_text="scan: draw value as a QR code, or open it as a link. invoke: a query string of fields for the other party's own library"
        " (WeChat: the signed fields; Alipay: tradeNO; Stripe: client_secret). confirm: a package its client takes. redirect: go there.",
    )
    value = serializers.CharField()


class LegShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(LegKind.choices)
    method = serializers.CharField(source="source")
    ref = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    state = serializers.ChoiceField(LegState.choices)


class AttemptShown(serializers.Serializer[Any]):
    """`attempt` with its legs, and the words for its code."""

    id = serializers.CharField(source="attempt.public_id")
    order_id = serializers.CharField(source="attempt.order_public_id")
    result = serializers.ChoiceField(
        PaymentResult.choices,
        help_text="paid; refused (code and message say why and what to do); needs_step_up: refused by the bank for want of a stronger"
        " proof, pay again with one as `step_up` says; or pending: read it again.",
    )
    action = ActionShown(allow_null=True, help_text="What the payer has to do outside while it is pending; null otherwise.")
    amount = serializers.IntegerField(source="attempt.amount_fen", help_text="What the payer gives: the order less its discounts.")
    currency = serializers.CharField(source="attempt.currency")
    legs = LegShown(many=True)
    code = serializers.CharField(help_text="Why it was refused; empty otherwise.")
    message = serializers.CharField(help_text="What happened and what to do, where there is a code.")
    step_up = StepUpShown(help_text="What a proof of the next try must be about, where the bank wants a stronger one.")
    created_at = serializers.DateTimeField(source="attempt.created_at")
    changed_at = serializers.DateTimeField(source="attempt.changed_at")


class NewOrderIn(serializers.Serializer[Any]):
    out_trade_no = serializers.RegexField(OUT_TRADE_NO, help_text="Your number of the order, once an app.")
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Whole fen, at least 1.")
    currency = serializers.ChoiceField(["CNY"], default="CNY")
    subject = serializers.CharField(max_length=128, validators=[no_card_number], help_text="What the payer reads.")
    attach = serializers.CharField(
        max_length=256, default="", allow_blank=True, validators=[no_card_number], help_text="Comes back to you."
    )
    store_id = serializers.CharField(max_length=40, required=False, allow_null=True)
    notify_url = serializers.CharField(
        max_length=URL_LENGTH, default="", allow_blank=True, validators=[no_card_number], help_text="Instead of the app's own."
    )
    to_split = serializers.BooleanField(default=False, help_text="It is to be split: out of settlement until that is finished, or 30 days.")
    expires_in = serializers.IntegerField(
        required=False, min_value=60, max_value=604_800, help_text="Seconds, a minute to seven days; left out, as is usual (half an hour)."
    )


class MerchantOrderShown(serializers.Serializer[Any]):
    """An order as its merchant sees it: one that was charged after it was closed is closed, and its payer gets the money back."""

    id = serializers.CharField(source="public_id")
    out_trade_no = serializers.CharField()
    state = serializers.ChoiceField(MERCHANT_STATES, source="merchant_state")
    scene = serializers.ChoiceField(Scene.choices)
    subject = serializers.CharField()
    attach = serializers.CharField()
    store_id = serializers.CharField(source="store_public_id", allow_null=True)
    notify_url = serializers.CharField()
    to_split = serializers.BooleanField()
    amount = serializers.IntegerField(source="amount_fen")
    fee = serializers.IntegerField(source="fee_fen", help_text="What of it is ours; fixed when it is paid.")
    refunded = serializers.IntegerField(source="refunded_fen")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
