"""What goes in and comes out of orders. Amounts and units are whole fen."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.columns import MAX_FEN
from core.ids import public_id
from payments.bills.api.shapes import chinese
from wealth.orders.models import WealthOrder
from wealth.orders.sockets import BOOKINGS
from wealth.orders.states import OrderState, Side


class ProductShort(serializers.Serializer[Any]):
    """What a version is of, as it called itself then."""

    id = serializers.CharField(source="product.public_id")
    code = serializers.CharField(source="product.code")
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_name(self, version: Any) -> str:
        return str(version.name_zh if chinese() else version.name_en)


class PreviewIn(serializers.Serializer[Any]):
    product_id = serializers.CharField(max_length=40)
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)


class BuyIn(PreviewIn):
    details = serializers.DictField(
        required=False,
        default=dict,
        help_text="What this kind of product asks along, as its guide says; left out where it asks nothing.",
    )
    warning_id = serializers.CharField(
        max_length=40,
        required=False,
        help_text="The written warning the caller confirmed, where the product is riskier than what suits them; it is used once.",
    )


class RedeemPreviewIn(serializers.Serializer[Any]):
    product_id = serializers.CharField(max_length=40)
    units = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Fen of units.")
    holding_id = serializers.CharField(
        max_length=40,
        required=False,
        help_text="The holding that is given up, for kinds that may have several (deposits for a term).",
    )


class ToCardIn(serializers.Serializer[Any]):
    card_id = serializers.CharField(
        max_length=40,
        required=False,
        help_text="The cash goes on to this card, like a withdrawal of what the units come to; without it, it stays on the balance.",
    )
    proof = serializers.CharField(
        max_length=128,
        required=False,
        default="",
        allow_blank=True,
        help_text="Over the PIN-free amount: a step-up proof, purpose withdraw, the card as payee, of what the units come to.",
    )


class RedeemIn(RedeemPreviewIn, ToCardIn):
    fast = serializers.BooleanField(default=False, help_text="Paid at once, up to the product's limit a day; never split.")


class Dated(serializers.Serializer[Any]):
    """What the customer is shown before they order."""

    trade_on = serializers.DateField(help_text="The trading day it counts for; an order at the cut-off is late.")
    cut_off_at = serializers.DateTimeField(source="cut_at", help_text="Until when it is paid, or called off.")
    confirms_on = serializers.DateField()
    price = serializers.DecimalField(max_digits=12, decimal_places=6, help_text="Of a unit.")


class PreviewShown(Dated):
    product = ProductShort(source="offered")
    amount = serializers.IntegerField()
    currency = serializers.CharField()
    earns_from = serializers.DateField()
    risk = serializers.CharField()
    risk_text = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")
    risk_text_sha256 = serializers.CharField(source="offered.risk_sha256")
    version = serializers.IntegerField(source="offered.number")

    def get_risk_text(self, row: Any) -> str:
        version = row["offered"]
        return str(version.risk_text_zh if chinese() else version.risk_text_en)


class RedeemPreviewShown(Dated):
    product = ProductShort(source="offered")
    units = serializers.IntegerField()
    currency = serializers.CharField()
    worth = serializers.IntegerField(help_text="What the units come to now, before fees.")
    cash_on = serializers.DateField(help_text="When the ordinary way is paid.")
    fast_most = serializers.IntegerField(help_text="Paid out at once a day; 0 where the product pays nothing at once.")
    fast_left = serializers.IntegerField(help_text="What is left of it today.")


class OrderShown(Dated):
    id = serializers.CharField(source="public_id")
    product = ProductShort(source="version")
    kind = serializers.CharField()
    side = serializers.ChoiceField(Side.choices)
    state = serializers.ChoiceField(
        OrderState.choices,
        help_text="A purchase: checked (pay it at the cashier), paid, submitted, confirmed, earning; expired, cancelled, rejected, failed,"
        " refunding, refunded. A redemption: units_frozen, submitted, confirmed, cash_paid, or fast_paid, confirmed; cancelled, rejected.",
    )
    fast = serializers.BooleanField()
    amount = serializers.IntegerField(source="amount_fen", allow_null=True, help_text="A redemption's is null until it is known.")
    units = serializers.IntegerField(source="units_fen", allow_null=True, help_text="A purchase's are null until they are confirmed.")
    fee = serializers.IntegerField(source="fee_fen")
    currency = serializers.CharField()
    earns_from = serializers.DateField(allow_null=True)
    cash_on = serializers.DateField(allow_null=True)
    risk = serializers.CharField()
    risk_text_sha256 = serializers.CharField(source="risk_sha256")
    version = serializers.IntegerField(source="version.number", help_text="The terms it was made under.")
    pay_order_id = serializers.SerializerMethodField(
        help_text="The cashier's order that pays a purchase: POST /v1/payments/cashier/orders/{id}/pay."
    )
    serves = serializers.ChoiceField(
        choices=["", "payment", "refund"],
        help_text="payment: this redemption pays an order at the cashier; refund: this purchase brings a refunded part of one back.",
    )
    details = serializers.DictField(help_text="What its kind was asked along.")
    holding_id = serializers.SerializerMethodField(help_text="The one holding a redemption gives up, where its kind keeps several.")
    card_id = serializers.SerializerMethodField(help_text="Where the cash of a redemption goes on to.")
    withdrawal_id = serializers.SerializerMethodField(help_text="The withdrawal that takes it there.")
    code = serializers.CharField(help_text="Why it came to nothing.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_holding_id(self, row: WealthOrder) -> str | None:
        booking = BOOKINGS.get(row.kind)
        return None if row.holding_id is None or booking is None else public_id(booking.holding_prefix, row.holding_id)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_card_id(self, row: WealthOrder) -> str | None:
        return None if row.card_id is None else public_id("crd", row.card_id)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_withdrawal_id(self, row: WealthOrder) -> str | None:
        return None if row.withdrawal_id is None else public_id("wdr", row.withdrawal_id)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_pay_order_id(self, row: WealthOrder) -> str | None:
        return None if row.cashier_order_id is None else public_id("ord", row.cashier_order_id)
