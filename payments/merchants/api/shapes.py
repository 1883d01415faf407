"""What goes in and comes out of the merchants' API. Amounts are whole fen."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.merchants.masks import masked_licence, masked_phone
from payments.merchants.models import URL_LENGTH, AppKey, Merchant, MerchantApp, MerchantCategory, MerchantKind, PlatformKey, Store
from payments.merchants.services.keys import LIFE_DAYS
from payments.merchants.signing import PEM_LENGTH
from payments.merchants.states import AppState, KeyState, MerchantState, Scene, StoreState


def chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def words(length: int, **more: Any) -> serializers.CharField:
    """Free text of at most `length` characters."""
    return serializers.CharField(max_length=length, validators=[no_card_number], **more)


class StoreIn(serializers.Serializer[Any]):
    name = words(40)
    address = words(120)


class StoreShown(serializers.Serializer[Store]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    address = serializers.CharField()
    state = serializers.ChoiceField(StoreState.choices)
    created_at = serializers.DateTimeField()


class KeyShown(serializers.Serializer[AppKey]):
    id = serializers.CharField(source="public_id")
    serial_no = serializers.CharField(help_text="Name it in each signed request.")
    state = serializers.ChoiceField(KeyState.choices)
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    last_used_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()


class AppShown(serializers.Serializer[MerchantApp]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    notify_url = serializers.CharField(help_text="Hears news of the app's orders unless an order names its own; empty for none.")
    state = serializers.ChoiceField(AppState.choices)
    created_at = serializers.DateTimeField()


class CategoryShown(serializers.Serializer[MerchantCategory]):
    code = serializers.CharField()
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_name(self, row: MerchantCategory) -> str:
        return row.name_zh if chinese() else row.name_en


class SellerShown(serializers.Serializer[Merchant]):
    """A merchant as its own programs see it."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    short_name = serializers.CharField()
    state = serializers.ChoiceField(MerchantState.choices)


class SignerShown(serializers.Serializer[Any]):
    merchant = SellerShown()
    app = AppShown()
    key = KeyShown()


class CertificateShown(serializers.Serializer[PlatformKey]):
    serial_no = serializers.CharField()
    public_key = serializers.CharField(source="public_key_pem", help_text="RSA, PEM.")
    signs_from = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Null while no other key follows.")


class CertificatesShown(serializers.Serializer[Any]):
    items = CertificateShown(many=True)


class MerchantBalanceShown(serializers.Serializer[Any]):
    account = serializers.ChoiceField(["pending", "available", "reserve", "frozen"])
    posted = serializers.IntegerField(help_text="Fen on the account.")
    held = serializers.IntegerField(help_text="Fen of it set aside for something under way.")


class MerchantBalancesShown(serializers.Serializer[Any]):
    currency = serializers.CharField()
    items = MerchantBalanceShown(many=True)


class ApplicationIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(MerchantKind.choices)
    name = words(80, help_text="As on the licence; an individual's own trade name otherwise.")
    short_name = words(20, help_text="What payers read.")
    category = serializers.RegexField(r"^[0-9]{4}$", help_text="One of GET /v1/payments/merchants/categories.")
    contact_phone = serializers.CharField(max_length=24, help_text="A mobile we may call about this merchant.")
    licence_number = serializers.CharField(
        max_length=24, default="", allow_blank=True, help_text="The 18-character unified social credit code; an individual may have none."
    )


class ProofIn(serializers.Serializer[Any]):
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose merchant_close, amount 0, payee = the merchant's id, nonce = this Idempotency-Key.",
    )


class CardChoiceIn(serializers.Serializer[Any]):
    card_id = serializers.CharField(max_length=40, help_text="A debit card of your own.")
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose merchant_card, amount 0, payee = the card's id, nonce = this Idempotency-Key.",
    )


class AppIn(serializers.Serializer[Any]):
    name = words(40)
    notify_url = words(URL_LENGTH, default="", allow_blank=True, help_text="https; empty for none.")


class KeyIn(serializers.Serializer[Any]):
    public_key = serializers.CharField(
        max_length=PEM_LENGTH, help_text="RSA of 2048 bits or more, PEM. Keep the private half on your server."
    )
    life_days = serializers.IntegerField(
        min_value=1, max_value=1825, default=LIFE_DAYS, help_text="After which nothing it signs is accepted."
    )
    proof = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose merchant_key, amount 0, payee = the app's id, nonce = this Idempotency-Key.",
    )


class MerchantShown(serializers.Serializer[Merchant]):
    """A merchant as its owner sees it. Licence number and phone are masked."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(MerchantKind.choices)
    name = serializers.CharField()
    short_name = serializers.CharField()
    category = CategoryShown()
    licence_number = serializers.SerializerMethodField()
    contact_phone = serializers.SerializerMethodField()
    settlement_card_id = serializers.CharField(source="settlement_card_public_id", allow_null=True, help_text="Null: nothing is paid out.")
    state = serializers.ChoiceField(MerchantState.choices)
    reason = serializers.CharField(help_text="Why it was refused, suspended or closed; empty otherwise.")
    applied_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_licence_number(self, row: Merchant) -> str:
        return masked_licence(row)

    def get_contact_phone(self, row: Merchant) -> str:
        return masked_phone(row)


class CategoriesShown(serializers.Serializer[Any]):
    items = CategoryShown(many=True)


class RateShown(serializers.Serializer[Any]):
    scene = serializers.ChoiceField(Scene.choices)
    rate_ppm = serializers.IntegerField(help_text="Parts per million: 6000 is 0.60 %.")
    floor = serializers.IntegerField(source="floor_fen")
    cap = serializers.IntegerField(source="cap_fen", allow_null=True, help_text="Null for none.")
    effective_on = serializers.DateField()


class TermsShown(serializers.Serializer[Any]):
    """What is in force today."""

    currency = serializers.CharField()
    rates = RateShown(many=True)
    settlement_delay_days = serializers.IntegerField(help_text="Working days from payment to settlement.")
    reserve_bp = serializers.IntegerField(help_text="Basis points of each settlement that are kept back.")
    least_payout = serializers.IntegerField(source="least_payout_fen")
    split_cap_bp = serializers.IntegerField(help_text="Basis points of a payment that may be split to others.")
    fee_returned_on_refund = serializers.BooleanField()
    refund_days = serializers.IntegerField()
    refunds_most = serializers.IntegerField(help_text="Refunds of one payment.")
    effective_on = serializers.DateField()
