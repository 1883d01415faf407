"""What goes in and comes out of transfers. Amounts are whole fen, rates and premiums basis points."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.columns import MAX_FEN
from core.ids import public_id
from payments.bills.api.shapes import chinese
from wealth.transfer.models import PREMIUM_BP, TransferTrade
from wealth.transfer.states import OfferState, TradeState

SORTS = {
    "newest": ("-created_at", "-id"),
    "yield": ("-yield_now", "-id"),
    "price": ("price_now", "-id"),
    "days": ("days_now", "-id"),
}


class TransferBookIn(serializers.Serializer[Any]):
    """Each may be left out."""

    product = serializers.CharField(required=False, max_length=32, help_text="The code of a product.")
    yield_least_bp = serializers.IntegerField(required=False, min_value=0, max_value=100_000, help_text="Of the buyer, a year.")
    days_least = serializers.IntegerField(required=False, min_value=0, max_value=36_500)
    days_most = serializers.IntegerField(required=False, min_value=0, max_value=36_500)
    price_least = serializers.IntegerField(required=False, min_value=1, max_value=MAX_FEN)
    price_most = serializers.IntegerField(required=False, min_value=1, max_value=MAX_FEN)
    sort = serializers.ChoiceField(sorted(SORTS), required=False, default="newest")


class TransferOfferIn(serializers.Serializer[Any]):
    fixed_holding_id = serializers.CharField(max_length=40)
    principal = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="All or a part of the holding's free principal.")
    premium_bp = serializers.IntegerField(
        min_value=1 - PREMIUM_BP, max_value=PREMIUM_BP - 1, default=0, help_text="Beyond the principal; a discount is negative."
    )


class TransferOffersIn(TransferOfferIn):
    proof = serializers.CharField(
        max_length=80,
        required=False,
        default="",
        help_text="Below the principal: a step-up proof with purpose transfer_offer, amount = principal, payee = the holding's id,"
        " nonce = this key.",
    )


class TransferBuyIn(serializers.Serializer[Any]):
    offer_id = serializers.CharField(max_length=40)
    warning_id = serializers.CharField(
        max_length=40,
        required=False,
        help_text="The written warning the caller confirmed, where the product is riskier than what suits them; it is used once.",
    )


class TransferQuoteShown(serializers.Serializer[Any]):
    """What an offer made now would say."""

    principal = serializers.IntegerField(source="part_fen")
    premium_bp = serializers.IntegerField()
    clean = serializers.IntegerField(source="clean_fen", help_text="The principal with its premium.")
    accrued = serializers.IntegerField(source="accrued_fen", help_text="By today; it grows with the days until it is sold.")
    price = serializers.IntegerField(source="price_fen")
    fee = serializers.IntegerField(source="fee_fen", help_text="Taken when it is sold, and only then.")
    net = serializers.IntegerField(source="net_fen", help_text="What the seller gets.")
    at_maturity = serializers.IntegerField(source="maturity_fen", help_text="What the buyer gets at the end.")
    days_left = serializers.IntegerField()
    yield_percent = serializers.DecimalField(max_digits=9, decimal_places=3, help_text="The buyer's, a year, simple, held to the end.")
    dearest_premium_bp = serializers.IntegerField(help_text="The highest premium that may be asked today.")
    most_discount_bp = serializers.IntegerField(help_text="How far below the principal it may be offered; a discount takes a proof.")
    currency = serializers.CharField()
    ends_at = serializers.DateTimeField(help_text="Until when the offer would be open.")


class Named(serializers.Serializer[Any]):
    product_id = serializers.CharField(source="product.public_id")
    product_code = serializers.CharField(source="product.code")
    product_name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_product_name(self, row: Any) -> str:
        return str(row.version.name_zh if chinese() else row.version.name_en)


class TransferOfferShown(Named):
    id = serializers.CharField(source="public_id")
    risk = serializers.CharField(source="version.risk")
    state = serializers.ChoiceField(OfferState.choices)
    principal = serializers.IntegerField(source="part_fen")
    premium_bp = serializers.IntegerField()
    currency = serializers.CharField()
    rate_bp = serializers.IntegerField(help_text="Kept to the end.")
    matures_on = serializers.DateField()
    at_maturity = serializers.IntegerField(source="maturity_fen", help_text="What the buyer gets then.")
    accrued = serializers.IntegerField(source="today.accrued_fen", allow_null=True, default=None)
    price = serializers.IntegerField(source="today.price_fen", allow_null=True, default=None, help_text="Today's; null once it is over.")
    days_left = serializers.IntegerField(source="today.days_left", allow_null=True, default=None)
    yield_percent = serializers.DecimalField(
        source="today.yield_percent",
        max_digits=15,
        decimal_places=3,
        allow_null=True,
        default=None,
        help_text="The buyer's, a year, simple.",
    )
    mine = serializers.BooleanField()
    ends_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class TransferTradeShown(Named):
    id = serializers.CharField(source="public_id")
    side = serializers.ChoiceField(["buy", "sell"])
    state = serializers.ChoiceField(TradeState.choices, help_text="reserved (pay it at the cashier), settled, lapsed.")
    principal = serializers.IntegerField(source="part_fen")
    premium_bp = serializers.IntegerField()
    accrued = serializers.IntegerField(source="accrued_fen")
    price = serializers.IntegerField(source="price_fen")
    fee = serializers.SerializerMethodField(help_text="The seller's; null for the buyer.")
    currency = serializers.CharField()
    at_maturity = serializers.IntegerField(source="maturity_fen")
    days_left = serializers.IntegerField()
    yield_percent = serializers.DecimalField(max_digits=9, decimal_places=3)
    pay_order_id = serializers.SerializerMethodField(
        help_text="The buyer's order at the cashier: POST /v1/payments/cashier/orders/{id}/pay."
    )
    holding_id = serializers.SerializerMethodField(help_text="The buyer's new holding.")
    settled_on = serializers.DateField(allow_null=True)
    code = serializers.CharField(help_text="Why it lapsed.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_fee(self, row: Any) -> int | None:
        return int(row.fee_fen) if row.side == "sell" else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_pay_order_id(self, row: Any) -> str | None:
        return public_id("ord", row.cashier_order_id) if row.side == "buy" and row.cashier_order_id else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_holding_id(self, row: Any) -> str | None:
        return public_id("fxh", row.bought_id) if row.side == "buy" and row.bought_id else None


class TransferPriceShown(serializers.Serializer[TransferTrade]):
    """One price of a product's history; nobody is named."""

    settled_on = serializers.DateField()
    principal = serializers.IntegerField(source="part_fen")
    premium_bp = serializers.IntegerField()
    accrued = serializers.IntegerField(source="accrued_fen")
    price = serializers.IntegerField(source="price_fen")
    currency = serializers.CharField()
    days_left = serializers.IntegerField()
    yield_percent = serializers.DecimalField(max_digits=9, decimal_places=3)
