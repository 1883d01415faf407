"""What goes in and comes out of the wallet's orders. Amounts are whole minor units with their currency beside them."""

from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from payments.wallet.models import TopUpState, TransferState, WithdrawalState
from payments.wallet.remarks import MAX_LENGTH

RESULTS = ["processing", "succeeded", "refused", "returned"]
SIDES = ["in", "out"]


class AmountIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Whole fen, at least 1.")
    currency = serializers.ChoiceField(choices=["CNY"], default="CNY")


class TopUpIn(AmountIn):
    card_id = serializers.CharField(max_length=40)
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="Needed above the PIN-free amount: a step-up proof with purpose top_up, this amount, payee = the card's id,"
        " nonce = this Idempotency-Key.",
    )


class WithdrawalIn(AmountIn):
    card_id = serializers.CharField(max_length=40)
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="Needed above the PIN-free amount: a step-up proof with purpose withdraw, this amount, payee = the card's id,"
        " nonce = this Idempotency-Key.",
    )


class PayeeIn(serializers.Serializer[Any]):
    """Exactly one of the two."""

    phone = serializers.CharField(max_length=24, required=False)
    customer_id = serializers.CharField(max_length=40, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either phone or customer_id.", code="one_of")
        return attrs


class TransferIn(AmountIn):
    to = PayeeIn()
    remark = serializers.CharField(max_length=MAX_LENGTH, default="", allow_blank=True, validators=[no_card_number])
    mode = serializers.ChoiceField(
        choices=["instant", "acceptance"], default="instant", help_text="acceptance: the payee has 24 hours to take it."
    )
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="Needed above the PIN-free amount: a step-up proof with purpose transfer, this amount, payee = the payee's"
        " customer id, nonce = this Idempotency-Key.",
    )


class PersonShown(serializers.Serializer[Any]):
    customer_id = serializers.CharField(source="public_id")
    name = serializers.CharField(help_text="The real name, all but its last character hidden; empty for the unverified.")
    phone = serializers.CharField(help_text="Masked.")


class OrderLine(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    result = serializers.ChoiceField(choices=RESULTS, help_text="processing: read it again until it says something else.")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class TopUpLine(OrderLine):
    state = serializers.ChoiceField(choices=TopUpState.choices)
    card_id = serializers.CharField(source="card_public_id")
    code = serializers.CharField(help_text="Why it was refused; empty otherwise.")


class WithdrawalLine(OrderLine):
    state = serializers.ChoiceField(choices=WithdrawalState.choices)
    card_id = serializers.CharField(source="card_public_id")
    fee = serializers.IntegerField(source="fee_fen")
    code = serializers.CharField(help_text="Why it was refused or came back; empty otherwise.")


class Explained(serializers.Serializer[Any]):
    message = serializers.SerializerMethodField(help_text="What happened and what to do, where there is a code.")

    def get_message(self, order: Any) -> str:
        explained: str = self.context["message"](order)
        return explained


class TopUpShown(Explained, TopUpLine):
    pass


class WithdrawalShown(Explained, WithdrawalLine):
    pass


class TransferShown(OrderLine):
    state = serializers.ChoiceField(choices=TransferState.choices)
    payer_id = serializers.CharField(source="payer_public_id")
    payee_id = serializers.CharField(source="payee_public_id")
    remark = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when the payee may take it; null for an instant one.")


class TransferLine(TransferShown):
    """A transfer as one of its two sides sees it."""

    side = serializers.SerializerMethodField()
    counterparty = serializers.SerializerMethodField()

    def get_side(self, transfer: Any) -> str:
        side: str = transfer.side(self.context["customer_id"])
        return side

    def get_counterparty(self, transfer: Any) -> dict[str, str]:
        return PersonShown(self.context["people"][transfer.other(self.context["customer_id"])]).data


class QuoteShown(serializers.Serializer[Any]):
    amount = serializers.IntegerField()
    fee = serializers.IntegerField()
    total = serializers.IntegerField(help_text="What leaves the balance: amount and fee.")
    free = serializers.IntegerField(help_text="How much of the amount is covered by the month's free allowance.")
    free_left = serializers.IntegerField(help_text="What is left of the month's free allowance before this withdrawal.")
    currency = serializers.CharField()
    arrival = serializers.CharField(help_text="T+0: within minutes, at the latest by the instant in arrives_by.")
    arrives_by = serializers.DateTimeField()


class BalanceShown(serializers.Serializer[Any]):
    posted = serializers.IntegerField(help_text="What is booked.")
    held = serializers.IntegerField(help_text="What is set aside of it.")
    available = serializers.IntegerField(help_text="What may be spent: posted less held.")
    currency = serializers.CharField()
