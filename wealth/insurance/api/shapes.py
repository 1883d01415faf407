"""What goes in and comes out of insurance. Amounts are whole fen with their currency beside them."""

from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from core.columns import MAX_FEN
from core.ids import public_id
from wealth.insurance import queries
from wealth.insurance.claim_models import MOST_BYTES, WORDS_LENGTH, InsuranceClaim
from wealth.insurance.models import InsuranceApplication, PremiumPayment
from wealth.insurance.services.naming import people_of
from wealth.insurance.states import ApplicationState, ClaimState, PayoutKind, PolicyState, PremiumState
from wealth.orders.api.shapes import ProductShort

BASE64_LENGTH = (MOST_BYTES + 2) // 3 * 4


class QuoteIn(serializers.Serializer[Any]):
    product_id = serializers.CharField(max_length=40)
    cover = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    born_on = serializers.DateField(help_text="Of who is insured.")
    answers = serializers.DictField(
        child=serializers.CharField(max_length=64),
        required=False,
        default=dict,
        help_text="Question to answer, by the codes on the product's page.",
    )


class InsuranceApplicationIn(serializers.Serializer[Any]):
    quote_id = serializers.CharField(max_length=40)
    insured_name = serializers.CharField(max_length=60, validators=[no_card_number])
    insured_id_number = serializers.CharField(max_length=18)


class ApplicationShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    product = ProductShort(source="version")
    state = serializers.ChoiceField(
        ApplicationState.choices,
        help_text="quoted: hand it in. referred: a person decides. accepted: order it. ordered, issued: it is used. declined, expired.",
    )
    cover = serializers.IntegerField(source="cover_fen")
    premium = serializers.IntegerField(source="premium_fen", help_text="Of each payment; order exactly that.")
    load_bp = serializers.IntegerField(help_text="What the premium was raised by.")
    payments = serializers.IntegerField()
    every_months = serializers.IntegerField()
    currency = serializers.CharField()
    valid_until = serializers.DateField(help_text="The last day.")
    born_on = serializers.CharField(allow_null=True)
    answers = serializers.SerializerMethodField()
    insured_name = serializers.CharField(allow_null=True)
    why = serializers.CharField(help_text="In the words of who decided.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_answers(self, row: InsuranceApplication) -> dict[str, str]:
        found: dict[str, str] = orjson.loads(row.answers or b"{}")
        return found


class PolicyShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    insurer_number = serializers.CharField(source="insurer_no")
    product = ProductShort(source="version")
    state = serializers.ChoiceField(
        PolicyState.choices,
        help_text="cooling_off, in_force and grace cover. lapsed covers nothing; pay what is due to reinstate it. ending: the insurer is"
        " asked for the money. withdrawn, surrendered, ended, matured, claimed: it is over.",
    )
    cover = serializers.IntegerField(source="cover_fen")
    cover_left = serializers.IntegerField(source="cover_left_fen", help_text="What claims have not used.")
    premium = serializers.IntegerField(source="premium_fen")
    currency = serializers.CharField()
    auto_debit = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day without cover.")
    cooling_until = serializers.DateField(help_text="The last day to give it back for the whole premium less the kept fee.")
    lapsed_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class PremiumShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    until_on = serializers.DateField(help_text="The first day it does not pay for.")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    state = serializers.ChoiceField(PremiumState.choices, help_text="open: to be paid. paid, asked, booked: paid. void: not owed any more.")
    tries = serializers.IntegerField(help_text="How often the balance was too low.")
    paid_at = serializers.DateTimeField(allow_null=True)


class PaymentShown(serializers.Serializer[Any]):
    premium_id = serializers.CharField(source="premium.public_id")
    amount = serializers.IntegerField(source="premium.amount_fen")
    currency = serializers.CharField(source="premium.currency")
    pay_order_id = serializers.SerializerMethodField(help_text="Pay it: POST /v1/payments/cashier/orders/{id}/pay.")

    def get_pay_order_id(self, row: PremiumPayment) -> str:
        assert row.cashier_order_id is not None
        return public_id("ord", row.cashier_order_id)


class AutoDebitIn(serializers.Serializer[Any]):
    on = serializers.BooleanField(help_text="Whether premiums are taken from the balance on their day.")


class PersonIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, validators=[no_card_number])
    id_number = serializers.CharField(max_length=18)
    share_bp = serializers.IntegerField(min_value=1, max_value=10_000, help_text="Basis points; together 10000.")


class BeneficiariesIn(serializers.Serializer[Any]):
    people = serializers.ListField(child=PersonIn(), min_length=1, max_length=10)


class BeneficiariesShown(serializers.Serializer[Any]):
    people = serializers.SerializerMethodField()

    @extend_schema_field(PersonIn(many=True))
    def get_people(self, row: Any) -> list[dict[str, Any]]:
        return [{"name": one.name, "id_number": one.id_number, "share_bp": one.share_bp} for one in people_of(row["named"])]


class EndingIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=0, max_value=MAX_FEN, help_text="What you were shown that you get.")


class EndingShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(PayoutKind.choices)
    amount = serializers.IntegerField(source="amount_fen", help_text="To the balance, once the insurer agreed.")
    kept = serializers.IntegerField(source="kept_fen", help_text="What does not go back of all that was paid.")
    currency = serializers.CharField(default="CNY")


class ClaimIn(serializers.Serializer[Any]):
    policy_id = serializers.CharField(max_length=40)
    event_on = serializers.DateField()
    words = serializers.CharField(min_length=5, max_length=WORDS_LENGTH, validators=[no_card_number])
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)


class ClaimFileIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, validators=[no_card_number])
    content = serializers.CharField(max_length=BASE64_LENGTH, help_text="Base64 of a PDF, PNG or JPEG of at most 2 MB.")


class ClaimFileShown(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)
    content_type = serializers.CharField(help_text="As it was found to be.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class ClaimShort(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    policy_id = serializers.CharField(source="policy.public_id")
    state = serializers.ChoiceField(
        ClaimState.choices,
        help_text="open: it is looked at. approved, asked: the insurer is asked. paid; declined (see why and code); withdrawn.",
    )
    event_on = serializers.DateField()
    words = serializers.CharField(allow_null=True)
    amount = serializers.IntegerField(source="asked_fen")
    approved = serializers.IntegerField(source="approved_fen", help_text="What the insurer is being asked for.")
    paid = serializers.IntegerField(source="paid_fen")
    currency = serializers.CharField()
    code = serializers.CharField()
    why = serializers.CharField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class ClaimShown(ClaimShort):
    files = serializers.SerializerMethodField()

    @extend_schema_field(ClaimFileShown(many=True))
    def get_files(self, row: InsuranceClaim) -> Any:
        return ClaimFileShown(queries.files(row.id), many=True).data
