"""What goes in and comes out of disputes. Amounts are whole fen with their currency beside them."""

from typing import Any

from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from payments.disputes.models import MOST_BYTES, WORDS_LENGTH
from payments.disputes.states import DisputeKind, DisputeState, OpenedBy

BASE64_LENGTH = (MOST_BYTES + 2) // 3 * 4


class NewDisputeIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(
        min_value=1, max_value=MAX_FEN, required=False, help_text="Whole fen; all that is left of the order without."
    )
    kind = serializers.ChoiceField(DisputeKind.choices)
    words = serializers.CharField(
        min_length=5, max_length=WORDS_LENGTH, validators=[no_card_number], help_text="What is wrong; the merchant reads it."
    )


class AnswerIn(serializers.Serializer[Any]):
    text = serializers.CharField(min_length=5, max_length=WORDS_LENGTH, validators=[no_card_number])


class FileIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, validators=[no_card_number])
    content = serializers.CharField(max_length=BASE64_LENGTH, help_text="Base64 of a PDF, PNG or JPEG of at most 2 MB.")


class FileShown(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField(help_text="As it was found to be.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class MyDisputeShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    order_id = serializers.CharField(source="order_public_id")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    kind = serializers.ChoiceField(DisputeKind.choices)
    words = serializers.CharField()
    state = serializers.ChoiceField(
        DisputeState.choices,
        help_text="opened: the merchant is asked. evidence: it is being decided. won: the merchant keeps the money. lost: it goes back.",
    )
    verdict = serializers.CharField(help_text="Why it was decided so; empty until then.")
    refund_id = serializers.CharField(source="refund_public_id", allow_null=True, help_text="The refund of a lost one.")
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class DisputeShown(MyDisputeShown):
    opened_by = serializers.ChoiceField(OpenedBy.choices, help_text="channel: a chargeback of the payer's bank.")
    frozen = serializers.IntegerField(source="frozen_fen", help_text="What of your money is frozen for it.")
    answer = serializers.CharField(allow_null=True)
    answer_due_at = serializers.DateTimeField(help_text="Answer before; afterwards it is decided without you.")
    answered_at = serializers.DateTimeField(allow_null=True)
    files = FileShown(many=True, source="handed_in")
