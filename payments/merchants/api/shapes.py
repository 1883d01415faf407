"""What goes in and comes out of the merchants' API. Amounts are whole fen."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.merchants.models import AppKey, Merchant, MerchantApp, MerchantCategory, PlatformKey, Store
from payments.merchants.states import AppState, KeyState, MerchantState, StoreState


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
