"""What comes out of money funds. Amounts and units are whole fen; fractions of a fen are whole 10^-8 fen."""

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wealth.current.models import CurrentHolding, CurrentIncome


class CurrentHoldingShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    product_id = serializers.CharField(source="product.public_id")
    product_code = serializers.CharField(source="product.code")
    product_name = serializers.SerializerMethodField()
    units = serializers.IntegerField(source="units_fen", help_text="A unit is worth 1.00, so this is also what the holding is worth, in fen.")
    free_units = serializers.IntegerField(source="free_fen", help_text="What can be redeemed.")
    frozen_units = serializers.IntegerField(source="frozen_fen", help_text="What waits for a redemption.")
    owed = serializers.IntegerField(source="owed_fen", help_text="What a loss took beyond the free units; the next income is booked on it first.")
    currency = serializers.CharField()
    residual_e8 = serializers.IntegerField(help_text="The fraction of a fen carried to the next day, in 10^-8 fen.")
    earned_through = serializers.DateField(source="booked_through", allow_null=True, help_text="The last day whose income is booked.")
    income_yesterday = serializers.IntegerField(source="last_fen", help_text="Income of that day, corrections of it included.")
    income_total = serializers.IntegerField(source="total_fen")
    seven_day_percent = serializers.SerializerMethodField()
    income_per_10k = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField())
    def get_product_name(self, row: CurrentHolding) -> str:
        return row.product.name_zh if (get_language() or "en").startswith("zh") else row.product.name_en

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_seven_day_percent(self, row: CurrentHolding) -> str | None:
        return text(measured(row, "seven_day_percent"))

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_income_per_10k(self, row: CurrentHolding) -> str | None:
        return text(measured(row, "income_per_10k"))


class CurrentIncomeShown(serializers.Serializer[Any]):
    """`units` at `income_per_10k` and what was carried are exactly `income` and the residual."""

    day = serializers.DateField()
    booking = serializers.IntegerField(help_text="Counts how often the day was booked anew; 0 is the first time.")
    reversal = serializers.BooleanField(help_text="It takes that booking back: its rate and income have the other sign.")
    units = serializers.IntegerField(source="units_fen", help_text="What earned that day.")
    income_per_10k = serializers.SerializerMethodField()
    carried_e8 = serializers.IntegerField(help_text="10^-8 fen carried from the day before.")
    income = serializers.IntegerField(source="income_fen")
    residual_e8 = serializers.IntegerField(help_text="10^-8 fen carried to the next day.")
    currency = serializers.CharField()

    @extend_schema_field(serializers.CharField())
    def get_income_per_10k(self, row: CurrentIncome) -> str:
        return str(Decimal(row.rate_e4).scaleb(-4))


def measured(row: CurrentHolding, name: str) -> Decimal | None:
    found: Decimal | None = getattr(getattr(row.product, "measured", None), name, None)
    return found


def text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)

