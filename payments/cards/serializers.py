"""The shapes of cards, bindings and banks on the wire. Amounts are whole fen."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.cards.models import Bank, Card, CardBinding, CardKind, CardLimit
from payments.cards.queries import MaintenanceWindow
from payments.cards.rules import TRIES
from payments.cards.states import BindingState, CardState
from payments.channels import queries as channels


def chinese() -> bool:
    return (get_language() or "en").startswith("zh")


class BindingInput(serializers.Serializer[Any]):
    card_number = serializers.CharField(max_length=32, write_only=True, help_text="13 to 19 digits; spaces are allowed. Never stored.")
    mobile = serializers.CharField(max_length=20, write_only=True, help_text="The 11-digit mobile the bank keeps for this card.")


class CodeInput(serializers.Serializer[Any]):
    code = serializers.RegexField(r"^[0-9]{4,8}$", write_only=True, help_text="The digits in the bank's message.")


class NicknameInput(serializers.Serializer[Any]):
    nickname = serializers.CharField(max_length=20, allow_blank=True, validators=[no_card_number], help_text="Empty takes it away.")


class OrderInput(serializers.Serializer[Any]):
    card_ids = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=100, help_text="Every bound card once, in your order."
    )


class BankShort(serializers.Serializer[Bank]):
    code = serializers.CharField()
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_name(self, row: Bank) -> str:
        return row.name_zh if chinese() else row.name_en


class LimitOut(serializers.Serializer[CardLimit]):
    """Null = no limit of ours."""

    scene = serializers.ChoiceField(CardLimit.Scene.choices)
    single_fen = serializers.IntegerField(allow_null=True)
    day_fen = serializers.IntegerField(allow_null=True)
    month_fen = serializers.IntegerField(allow_null=True)


class WindowOut(serializers.Serializer[MaintenanceWindow]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    words = serializers.SerializerMethodField()

    def get_words(self, row: MaintenanceWindow) -> str:
        return row.words_zh if chinese() else row.words_en


class CardOut(serializers.Serializer[Card]):
    id = serializers.CharField(source="public_id")
    bank = BankShort()
    kind = serializers.ChoiceField(CardKind.choices)
    last4 = serializers.CharField()
    state = serializers.ChoiceField(CardState.choices)
    is_default = serializers.BooleanField()
    position = serializers.IntegerField(help_text="The customer's own order, smallest first.")
    nickname = serializers.CharField()
    bound_at = serializers.DateTimeField(source="created_at")
    unbound_at = serializers.DateTimeField(allow_null=True)
    unbound_by = serializers.CharField(help_text="customer, bank or platform; empty while bound.")


class CardsOut(serializers.Serializer[Any]):
    items = CardOut(many=True)


class BindingOut(serializers.Serializer[CardBinding]):
    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(BindingState.choices)
    bank = BankShort()
    kind = serializers.ChoiceField(CardKind.choices)
    last4 = serializers.CharField()
    mobile = serializers.CharField(source="mobile_masked")
    tries_left = serializers.SerializerMethodField()
    resend_at = serializers.DateTimeField(allow_null=True, help_text="From when another code can be asked for.")
    expires_at = serializers.DateTimeField()
    code = serializers.CharField(help_text="Why the last step was refused (the bank's code), or empty.")
    words = serializers.SerializerMethodField(help_text="The same in words for the customer, or empty.")
    card = CardOut(allow_null=True)

    def get_tries_left(self, row: CardBinding) -> int:
        return TRIES - row.tries

    def get_words(self, row: CardBinding) -> str:
        words = channels.explain(row.channel_id, row.code, row.changed_at)
        return "" if words is None else words.zh if chinese() else words.en


class KindOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(CardKind.choices)
    limits = LimitOut(many=True)


class BankOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kinds = KindOut(many=True)
    maintenance = WindowOut(many=True, help_text="Windows that are on or begin within a week.")


class BanksOut(serializers.Serializer[Any]):
    items = BankOut(many=True)
