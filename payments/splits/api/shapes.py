"""What goes in and comes out of splits. Amounts are whole fen with their currency beside them."""

from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from payments.cashier.api.shapes import OUT_TRADE_NO
from payments.splits.models import REMARK_LENGTH
from payments.splits.services.splitting import MOST_RECEIVERS
from payments.splits.states import ReceiverKind, ReceiverState, ReturnCause, SplitOrderState


class ReceiverIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(ReceiverKind.choices)
    account = serializers.CharField(
        max_length=40, help_text="Its id: mch_ of another merchant, cus_ of a customer, who sees it in the app."
    )
    name = serializers.CharField(max_length=80, help_text="The merchant's full name, or the customer's verified real name.")


class ReceiverShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(ReceiverKind.choices)
    account = serializers.CharField(source="account_public_id")
    state = serializers.ChoiceField(ReceiverState.choices)
    created_at = serializers.DateTimeField()


class PartIn(serializers.Serializer[Any]):
    receiver_id = serializers.CharField(max_length=40)
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)


class SplitIn(serializers.Serializer[Any]):
    order_id = serializers.CharField(max_length=40)
    out_split_no = serializers.RegexField(OUT_TRADE_NO, help_text="Your number of the split, once an app.")
    receivers = PartIn(many=True, allow_empty=False, max_length=MOST_RECEIVERS)  # type: ignore[call-arg]
    remark = serializers.CharField(
        max_length=REMARK_LENGTH, default="", allow_blank=True, validators=[no_card_number], help_text="What receivers read."
    )
    finish = serializers.BooleanField(default=False, help_text="Nothing more will be split: what is left is settled.")


class PartShown(serializers.Serializer[Any]):
    receiver_id = serializers.CharField(source="receiver.public_id")
    amount = serializers.IntegerField(source="amount_fen")
    returned = serializers.IntegerField(source="returned_fen")


class ReturnShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    split_id = serializers.CharField(source="split_public_id")
    receiver_id = serializers.CharField(source="part.receiver.public_id")
    out_return_no = serializers.CharField(help_text="Empty for one that a refund needed.")
    cause = serializers.ChoiceField(ReturnCause.choices)
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()


class SplitShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    order_id = serializers.CharField(source="order_public_id")
    out_split_no = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    returned = serializers.IntegerField(source="returned_fen")
    currency = serializers.CharField()
    remark = serializers.CharField()
    receivers = PartShown(many=True, source="parts")
    returns = ReturnShown(many=True)
    created_at = serializers.DateTimeField()


class ReturnIn(serializers.Serializer[Any]):
    receiver_id = serializers.CharField(max_length=40)
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    out_return_no = serializers.RegexField(OUT_TRADE_NO, help_text="Your number of the return, once a split.")


class SplitOrderShown(serializers.Serializer[Any]):
    order_id = serializers.CharField(source="order.public_id")
    state = serializers.ChoiceField(SplitOrderState.choices)
    net = serializers.IntegerField(source="net_fen", help_text="What of the order is yours.")
    split = serializers.IntegerField(source="split_fen", help_text="What receivers have of it now.")
    until = serializers.DateField(help_text="From this day on what is left is settled.")
