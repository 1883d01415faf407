"""What goes in and comes out of bills. Amounts are whole fen."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.bills.models import ACCOUNT_LENGTH, NUMBER_LENGTH, BillAccount, Biller, BillPayment
from payments.bills.states import BillerCategory, BillState

SHOWN = 4


def chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def masked(number: str) -> str:
    return f"****{number[-SHOWN:]}"


class BillerShown(serializers.Serializer[Biller]):
    id = serializers.CharField(source="public_id")
    category = serializers.ChoiceField(BillerCategory.choices)
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")
    account_hint = serializers.SerializerMethodField(help_text="What an account number of it looks like, in the same language.")

    def get_name(self, row: Biller) -> str:
        return row.name_zh if chinese() else row.name_en

    def get_account_hint(self, row: Biller) -> str:
        return row.account_hint_zh if chinese() else row.account_hint_en


class BillersShown(serializers.Serializer[Any]):
    items = BillerShown(many=True)


class BillLookIn(serializers.Serializer[Any]):
    biller_id = serializers.CharField(max_length=40)
    account_no = serializers.CharField(max_length=ACCOUNT_LENGTH + 8, validators=[no_card_number])


class BillPayIn(BillLookIn):
    bill_no = serializers.CharField(max_length=NUMBER_LENGTH, help_text="One of those looked up.")


class OwedShown(serializers.Serializer[Any]):
    bill_no = serializers.CharField(source="number")
    period = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    due_on = serializers.DateField()


class OwedBillsShown(serializers.Serializer[Any]):
    account_no = serializers.CharField()
    currency = serializers.CharField()
    items = OwedShown(many=True, help_text="The oldest first; empty when nothing is owed.")


class BillPaymentShown(serializers.Serializer[BillPayment]):
    id = serializers.CharField(source="public_id")
    biller = BillerShown()
    account_no = serializers.SerializerMethodField()
    bill_no = serializers.CharField()
    period = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    order_id = serializers.CharField(source="order_public_id", help_text="Pay it at the cashier within 15 minutes.")
    state = serializers.ChoiceField(
        BillState.choices,
        help_text="created: to be paid. paid, unknown: the biller has not confirmed yet. refused, refunding, refunded: it did not take"
        " it, and the money goes back.",
    )
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def get_account_no(self, row: BillPayment) -> str:
        return masked(row.account_no or "")


class BillAccountIn(BillLookIn):
    nickname = serializers.CharField(max_length=20, default="", allow_blank=True, validators=[no_card_number])
    remind = serializers.BooleanField(default=True, help_text="Once a month.")


class BillAccountChangeIn(serializers.Serializer[Any]):
    nickname = serializers.CharField(max_length=20, allow_blank=True, validators=[no_card_number])
    remind = serializers.BooleanField()


class BillAccountShown(serializers.Serializer[BillAccount]):
    id = serializers.CharField(source="public_id")
    biller = BillerShown()
    account_no = serializers.CharField()
    nickname = serializers.CharField()
    remind = serializers.BooleanField()
    created_at = serializers.DateTimeField()
