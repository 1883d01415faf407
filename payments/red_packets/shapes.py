"""What goes in and comes out of red packets. Amounts are whole minor units with their currency beside them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.red_packets.links import LINKS
from payments.red_packets.models import MOST_SHARES, Kind, RedPacketState
from payments.wallet.api.shapes import AmountIn, PayeeIn
from payments.wallet.remarks import MAX_LENGTH


class RedPacketIn(AmountIn):
    """`amount` is the whole packet."""

    kind = serializers.ChoiceField(
        choices=Kind.choices, help_text="fixed: equal shares, the amount must divide; lucky: shares by chance, each at least 1 fen."
    )
    count = serializers.IntegerField(min_value=1, max_value=MOST_SHARES, default=1, help_text="How many shares; 1 for one customer.")
    to = PayeeIn(required=False, help_text="For this customer alone. Left out, whoever holds the link may take a share.")
    message = serializers.CharField(max_length=MAX_LENGTH, default="", allow_blank=True, validators=[no_card_number])
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="Needed above the PIN-free amount: a step-up proof with purpose red_packet, this amount, payee = the customer's id"
        " (empty for a packet sent by link), nonce = this Idempotency-Key.",
    )


class RedPacketLinkIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=LINKS.size, help_text="The secret of the packet's link.")


class RedPacketShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=Kind.choices)
    state = serializers.ChoiceField(
        choices=RedPacketState.choices,
        help_text="finished: all shares are taken. returning, returned: its time is over, the rest goes, or went, back to the sender.",
    )
    personal = serializers.BooleanField(help_text="Whether it is for one customer alone.")
    count = serializers.IntegerField()
    amount = serializers.IntegerField(source="total_fen")
    currency = serializers.CharField()
    taken_count = serializers.IntegerField()
    taken_amount = serializers.IntegerField(source="taken_fen")
    returned_amount = serializers.IntegerField(source="returned_fen")
    message = serializers.CharField()
    expires_at = serializers.DateTimeField(help_text="Until when shares may be taken.")
    created_at = serializers.DateTimeField()


class RedPacketShareTaken(serializers.Serializer[Any]):
    """One share somebody took, as everybody may see it who may see the packet."""

    name = serializers.CharField(source="taker.shown", help_text="Masked; the masked number of the unverified.")
    amount = serializers.IntegerField(source="share.amount_fen")
    taken_at = serializers.DateTimeField(source="share.taken_at")
    mine = serializers.BooleanField()
    luckiest = serializers.BooleanField(help_text="The largest of a lucky packet, told once all its shares are taken.")


class RedPacketSeen(serializers.Serializer[Any]):
    """A packet with who took how much, as the caller sees it."""

    packet = RedPacketShown()
    sender = serializers.CharField(source="sender.shown", help_text="Masked.")
    sent_by_me = serializers.BooleanField()
    to = serializers.SerializerMethodField(help_text="Whom it is for, masked; empty for a packet sent by link.")
    my_amount = serializers.SerializerMethodField(help_text="What the caller took; null when nothing.")
    link_token = serializers.CharField(source="token", help_text="The secret of its link, for its sender alone; empty for others.")
    shares = RedPacketShareTaken(many=True, source="taken", help_text="In the order they were taken.")

    def get_to(self, found: Any) -> str:
        return found.payee.shown if found.payee else ""

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_my_amount(self, found: Any) -> int | None:
        return found.mine.amount_fen if found.mine else None


class RedPacketShareShown(serializers.Serializer[Any]):
    """A share the caller took."""

    id = serializers.CharField(source="public_id")
    red_packet_id = serializers.CharField(source="packet.public_id")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField(source="packet.currency")
    message = serializers.CharField(source="packet.message")
    taken_at = serializers.DateTimeField()


class RedPacketShareLine(RedPacketShareShown):
    sender = serializers.SerializerMethodField(help_text="Masked.")

    def get_sender(self, share: Any) -> str:
        shown: str = self.context["people"][share.packet.customer_id].shown
        return shown


class RedPacketLine(RedPacketShown):
    sender = serializers.SerializerMethodField(help_text="Masked.")

    def get_sender(self, packet: Any) -> str:
        shown: str = self.context["people"][packet.customer_id].shown
        return shown
