"""What comes out of settlement. Amounts are whole fen with their currency beside them."""

from typing import Any

from rest_framework import serializers

from payments.settlement.states import LineKind, PayoutState, SettlementState

STATES = [(state.value, state.label) for state in SettlementState if state != SettlementState.OPEN]


class PayoutShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    amount = serializers.IntegerField(source="amount_fen")
    state = serializers.ChoiceField(PayoutState.choices)
    code = serializers.CharField(help_text="Why it failed or came back; empty otherwise.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class SettlementShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    merchant_id = serializers.CharField(source="merchant_public_id")
    business_on = serializers.DateField(help_text="The business day whose movements it is made of.")
    state = serializers.ChoiceField(
        STATES,
        help_text="carried: too little to pay out, so it goes with the next one. returned: the payout came back and is made again.",
    )
    code = serializers.CharField(help_text="What it waits for, or why its payout came back; empty otherwise.")
    orders = serializers.IntegerField(help_text="How many orders were paid.")
    refunds = serializers.IntegerField(help_text="How many refunds were done.")
    paid_orders = serializers.IntegerField(source="orders_fen")
    fees = serializers.IntegerField(source="fees_fen", help_text="Of the orders.")
    refunded = serializers.IntegerField(source="refunds_fen")
    fees_returned = serializers.IntegerField(source="fees_back_fen", help_text="Of the refunds.")
    covered = serializers.IntegerField(source="covered_fen", help_text="What of the refunds was taken from settled money instead.")
    splits = serializers.IntegerField(source="splits_fen", help_text="Negative: given to others.")
    disputes = serializers.IntegerField(source="disputes_fen", help_text="Negative: frozen; positive: won back.")
    adjustments = serializers.IntegerField(source="adjustments_fen", help_text="Corrections, with their sign.")
    net = serializers.IntegerField(source="net_fen", help_text="All of the above together.")
    opening = serializers.IntegerField(source="opening_fen", help_text="What earlier settlements left.")
    kept_for_splits = serializers.IntegerField(source="kept_fen")
    settled = serializers.IntegerField(source="moved_fen")
    left = serializers.IntegerField(source="left_fen", help_text="opening + net - settled: for the next one.")
    kept_back = serializers.IntegerField(source="reserved_fen", help_text="Of what is settled, until kept_back_until.")
    kept_back_until = serializers.DateField(source="reserve_until", allow_null=True)
    released = serializers.IntegerField(source="released_fen", help_text="What earlier ones kept back and came free.")
    carried = serializers.IntegerField(source="spare_fen", help_text="What else there was to pay out: settlements too small before.")
    payout = serializers.IntegerField(source="payout_fen", help_text="settled - kept_back + released + carried.")
    paid = serializers.IntegerField(
        source="paid_fen", help_text="Less than payout where refunds or disputes took from it before it was paid."
    )
    currency = serializers.CharField()
    due_on = serializers.DateField(help_text="The first day it may be paid out on.")
    paid_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class SettlementInFullShown(SettlementShown):
    payouts = PayoutShown(many=True)


class LineShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(LineKind.choices)
    id = serializers.CharField(source="reference", help_text="Of the order, refund, split, dispute or correction.")
    out_no = serializers.CharField(help_text="Your own number of it; empty where there is none.")
    order_id = serializers.CharField(source="order_public_id", allow_null=True)
    amount = serializers.IntegerField(source="amount_fen", help_text="Negative where it takes.")
    fee = serializers.IntegerField(source="fee_fen", help_text="Negative where it came back.")
    covered = serializers.IntegerField(source="covered_fen", help_text="What of a refund was taken from settled money instead.")
    net = serializers.IntegerField(source="net_fen", help_text="amount - fee + covered.")
    journal_id = serializers.CharField(source="journal_public_id")
    posted_at = serializers.DateTimeField()
