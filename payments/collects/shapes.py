"""What goes in and comes out of collects. Amounts are whole minor units with their currency beside them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from payments.collects.links import LINKS
from payments.collects.models import MOST_PEOPLE, CollectEnd, CollectShareState, CollectState
from payments.wallet.api.shapes import AmountIn, PayeeIn, PersonShown
from payments.wallet.remarks import MAX_LENGTH

PROOF_WORDS = (
    "Needed above the PIN-free amount: a step-up proof with purpose collect, the share's amount, payee = the organiser's customer id,"
    " nonce = this Idempotency-Key."
)


class CollectIn(AmountIn):
    """Either `people`, or `heads` for a collect by link."""

    title = serializers.CharField(max_length=MAX_LENGTH, validators=[no_card_number])
    split = serializers.ChoiceField(
        choices=["each", "total"], help_text="each: `amount` is what each pays. total: it is split evenly among the people named."
    )
    people = serializers.ListField(
        child=PayeeIn(), required=False, allow_empty=False, max_length=MOST_PEOPLE, help_text="Whom to ask; only so many by phone (10)."
    )
    heads = serializers.IntegerField(
        min_value=1, max_value=MOST_PEOPLE, required=False, help_text="By link: how many people may pay, `amount` each."
    )
    with_me = serializers.BooleanField(default=False, help_text="With split total: one part is the organiser's own and asked of nobody.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("people" in attrs) == ("heads" in attrs):
            raise serializers.ValidationError("Send either people or heads.", code="one_of")
        if attrs["split"] == "each" and attrs["with_me"]:
            raise serializers.ValidationError({"with_me": "Goes with split total alone."}, code="not_here")
        if "heads" in attrs and attrs["split"] == "total":
            raise serializers.ValidationError({"split": "By link each pays the same: send each."}, code="not_here")
        return attrs

    def validate_people(self, people: list[dict[str, str]]) -> list[dict[str, str]]:
        named = [next(iter(person.items())) for person in people]
        if len(set(named)) < len(named):
            raise serializers.ValidationError("Somebody is named twice.", code="twice")
        return people


class CollectLinkIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=LINKS.size, help_text="The secret of the collect's link.")


class CollectPaymentIn(serializers.Serializer[Any]):
    proof = serializers.CharField(max_length=64, default="", allow_blank=True, help_text=PROOF_WORDS)


class CollectLinkPaymentIn(CollectPaymentIn, CollectLinkIn):
    pass


class CollectShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    by_link = serializers.BooleanField()
    state = serializers.ChoiceField(choices=CollectState.choices)
    end = serializers.ChoiceField(
        choices=CollectEnd.choices, allow_blank=True, help_text="Why it is closed: all answered, by its organiser, or its time was over."
    )
    people = serializers.IntegerField(source="heads", help_text="How many are asked, or by link may pay.")
    each = serializers.IntegerField(source="each_fen", allow_null=True, help_text="What each is asked, where it is the same for all.")
    amount = serializers.IntegerField(source="total_fen", help_text="What all of them together are asked.")
    own_part = serializers.IntegerField(source="own_fen", help_text="The organiser's own part of the bill.")
    currency = serializers.CharField()
    paid_people = serializers.IntegerField(source="paid_count")
    paid_amount = serializers.IntegerField(source="paid_fen")
    declined_people = serializers.IntegerField(source="declined_count")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class CollectShareShown(serializers.Serializer[Any]):
    """What one payer is asked."""

    id = serializers.CharField(source="public_id")
    amount = serializers.IntegerField(source="amount_fen")
    state = serializers.ChoiceField(choices=CollectShareState.choices)
    paid_at = serializers.DateTimeField(allow_null=True)
    reminders = serializers.IntegerField(help_text="How often the payer was reminded.")


class MyCollectShareShown(CollectShareShown):
    """A share of the caller, with the collect that asks it."""

    collect = CollectShown()


class MyCollectShareLine(MyCollectShareShown):
    organiser = serializers.SerializerMethodField()

    @extend_schema_field(PersonShown)
    def get_organiser(self, share: Any) -> Any:
        return PersonShown(self.context["people"][share.collect.customer_id]).data


class CollectAskedShown(serializers.Serializer[Any]):
    share = CollectShareShown()
    payer = PersonShown()


class CollectSeen(serializers.Serializer[Any]):
    """A collect as the caller sees it."""

    collect = CollectShown()
    organiser = PersonShown(help_text="Masked; whom a proof names as payee.")
    organised_by_me = serializers.BooleanField()
    my_share = CollectShareShown(source="mine", allow_null=True)
    link_token = serializers.CharField(source="token", help_text="The secret of its link, for its organiser alone; empty for others.")
    shares = CollectAskedShown(many=True, help_text="Who is asked how much, for the organiser alone.")


class CollectRemindedShown(serializers.Serializer[Any]):
    reminded = serializers.IntegerField(help_text="How many people were reminded.")
