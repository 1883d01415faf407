"""What goes in and comes out of fixed terms. Amounts are whole fen, rates basis points a year."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.ids import public_id
from payments.bills.api.shapes import chinese
from wealth.fixed_term import terms
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.states import Instruction, LotState, Origin


class InstructionIn(serializers.Serializer[Any]):
    instruction = serializers.ChoiceField(Instruction.choices, help_text="One of the holding's `instructions`.")


class FixedHoldingShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    product_id = serializers.CharField(source="product.public_id")
    product_code = serializers.CharField(source="product.code")
    product_name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")
    version = serializers.IntegerField(source="version.number", help_text="The terms it was made under.")
    state = serializers.ChoiceField(
        LotState.choices, help_text="held, maturing (its day has come), then matured, rolled into another, exited early, or transferred."
    )
    origin = serializers.ChoiceField(Origin.choices)
    rolled_from = serializers.SerializerMethodField(help_text="The caller's holding it was rolled from.")
    opened = serializers.IntegerField(source="opened_fen", help_text="What it began with.")
    premium = serializers.IntegerField(
        source="premium_fen", help_text="What was paid another customer beyond the principal; 0 unless bought so."
    )
    principal = serializers.IntegerField(source="principal_fen", help_text="What of it is still there; 0 of one that is over.")
    free = serializers.IntegerField(source="free_fen", help_text="What of it is not set aside.")
    frozen = serializers.IntegerField(source="frozen_fen", help_text="What is set aside to leave early.")
    currency = serializers.CharField()
    rate_bp = serializers.IntegerField(help_text="Kept to its end, whatever the product says later.")
    demand_rate_bp = serializers.IntegerField(help_text="What a part that leaves early earns.")
    day_count = serializers.CharField()
    compounding_months = serializers.IntegerField(allow_null=True, help_text="How often interest joins the principal; null: never.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Interest is earned up to this day, itself not counted.")
    matures_on = serializers.DateField(help_text="When it is paid: the end, or the next trading day.")
    instruction = serializers.ChoiceField(Instruction.choices, help_text="What happens at the end.")
    instructions = serializers.SerializerMethodField(help_text="What may be chosen.")
    accrued = serializers.IntegerField(source="worth.accrued_fen", help_text="By today, for display; paid at the end.")
    interest_at_maturity = serializers.IntegerField(source="interest_fen")
    at_maturity = serializers.IntegerField(source="worth.at_maturity_fen", help_text="Principal and interest at the end.")
    now = serializers.IntegerField(
        source="worth.now_fen", allow_null=True, help_text="What the free part would come to, taken early now; null where it cannot be."
    )
    now_on = serializers.DateField(source="worth.now_on", allow_null=True, help_text="When that would be paid.")
    now_why = serializers.CharField(source="worth.why", help_text="The code of why it cannot be taken now.")
    earned = serializers.IntegerField(
        source="earned_fen", help_text="Interest that was paid or rolled on, and what selling gained or lost."
    )
    paid = serializers.IntegerField(source="paid_fen", help_text="What was paid to the balance at its end.")
    closed_on = serializers.DateField(allow_null=True)
    code = serializers.CharField(help_text="Why it was paid out though it should have been rolled on.")
    created_at = serializers.DateTimeField()

    def get_product_name(self, row: FixedHolding) -> str:
        return str(row.version.name_zh if chinese() else row.version.name_en)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_rolled_from(self, row: FixedHolding) -> str | None:
        return None if row.origin != Origin.ROLLED or row.parent_id is None else public_id(FixedHolding.PREFIX, row.parent_id)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Instruction.choices)))
    def get_instructions(self, row: FixedHolding) -> list[str]:
        return list(terms.terms_of(row.version).instructions)
