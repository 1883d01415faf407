"""What goes in and comes out of agreements. Amounts are whole fen with their currency beside them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from core.clock import queries as clock
from core.columns import MAX_FEN
from payments.agreements.models import MOST_METHODS
from payments.agreements.periods import LEAST_DAYS, MOST_DAYS, next_window
from payments.agreements.states import AgreementState, DeductionState, Period
from payments.cashier.api.shapes import OUT_TRADE_NO, NamedMethod, NewOrderIn


class WindowShown(serializers.Serializer[Any]):
    opens_on = serializers.DateField()
    due_on = serializers.DateField()


class NewAgreementIn(serializers.Serializer[Any]):
    out_agreement_no = serializers.RegexField(OUT_TRADE_NO, help_text="Your number of the agreement, once an app.")
    title = serializers.CharField(max_length=60, validators=[no_card_number], help_text="What the customer reads.")
    cap = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="The most of one deduction.")
    total_cap = serializers.IntegerField(
        min_value=1, max_value=MAX_FEN, required=False, allow_null=True, default=None, help_text="The most of all of them together."
    )
    period = serializers.ChoiceField(Period.choices)
    period_days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, required=False, allow_null=True, default=None,
        help_text=f"Of period day: {LEAST_DAYS} to {MOST_DAYS}.",
    )  # fmt: skip
    first_on = serializers.DateField(help_text="The first due day; of period month on the 1st to the 28th.")


class AgreementShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    merchant_id = serializers.CharField(source="merchant_public_id")
    merchant = serializers.CharField(source="merchant.short_name")
    out_agreement_no = serializers.CharField()
    title = serializers.CharField()
    cap = serializers.IntegerField(source="cap_fen")
    total_cap = serializers.IntegerField(source="total_cap_fen", allow_null=True)
    taken = serializers.IntegerField(source="taken_fen", help_text="What was taken, or is asked for now.")
    currency = serializers.CharField()
    period = serializers.ChoiceField(Period.choices)
    period_days = serializers.IntegerField(allow_null=True)
    first_on = serializers.DateField()
    state = serializers.ChoiceField(AgreementState.choices)
    end = serializers.CharField(help_text="Who ended it (customer, merchant), or not_signed.")
    next_window = serializers.SerializerMethodField(help_text="The next days on which the merchant may take.")
    signed_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(help_text="Until when it can be signed.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(WindowShown)
    def get_next_window(self, row: Any) -> Any:
        return WindowShown(next_window(row.plan, clock.local_day(clock.now()))).data


class MyAgreementShown(AgreementShown):
    """With what it is paid from, which is nobody else's business."""

    methods = serializers.SerializerMethodField()

    @extend_schema_field(NamedMethod(many=True))
    def get_methods(self, row: Any) -> Any:
        return [{"method": source, "ref": ref} for source, ref in row.named]


class SignIn(serializers.Serializer[Any]):
    methods = NamedMethod(
        many=True,
        default=list,
        max_length=MOST_METHODS,  # type: ignore[call-arg]
        help_text="What it is paid from, first the one used first; empty for your own order of methods.",
    )
    proof = serializers.CharField(
        max_length=64, help_text="A step-up proof with purpose agreement, amount = cap, payee = the agreement's id, nonce = this key."
    )


class NewDeductionIn(serializers.Serializer[Any]):
    agreement_id = serializers.CharField(max_length=40)
    out_trade_no = NewOrderIn().fields["out_trade_no"]
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Whole fen, at least 1.")
    subject = serializers.CharField(max_length=128, validators=[no_card_number], help_text="What the payer reads.")
    attach = serializers.CharField(
        max_length=256, default="", allow_blank=True, validators=[no_card_number], help_text="Comes back to you."
    )
    notify_url = NewOrderIn().fields["notify_url"]


class DeductionShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    agreement_id = serializers.CharField(source="agreement_public_id")
    order_id = serializers.CharField(source="order_public_id")
    out_trade_no = serializers.CharField(source="order.out_trade_no")
    subject = serializers.CharField(source="order.subject")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    state = serializers.ChoiceField(DeductionState.choices, help_text="waiting: it is tried at next_at. debiting: the bank owes its word.")
    code = serializers.CharField(help_text="Why the last try did not go through; empty otherwise.")
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
