"""What goes in and comes out of suitability."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.ids import public_id
from wealth.catalog.states import Risk
from wealth.suitability.models import LEVEL_CHOICES, RULINGS, SuitabilityProfile, SuitabilityQuestionnaire, SuitabilityWarning
from wealth.suitability.questions import MOST_OPTIONS

QUESTIONNAIRE = "sqn"
STANDINGS = [("missing", "Missing"), ("valid", "Valid"), ("expired", "Expired")]


def in_language(words: dict[str, str]) -> str:
    return words["zh"] if (get_language() or "en").startswith("zh") else words["en"]


class OptionShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()


class QuestionShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField(help_text="In the language of Accept-Language.")
    several = serializers.BooleanField(help_text="Whether several options may be chosen.")
    options = OptionShown(many=True)


class QuestionnaireShown(serializers.Serializer[SuitabilityQuestionnaire]):
    id = serializers.SerializerMethodField()
    basis = serializers.CharField(source="source", help_text="Whose rules it follows.")
    valid_days = serializers.IntegerField()
    questions = serializers.SerializerMethodField()

    def get_id(self, row: SuitabilityQuestionnaire) -> str:
        return public_id(QUESTIONNAIRE, row.id)

    @extend_schema_field(QuestionShown(many=True))
    def get_questions(self, row: SuitabilityQuestionnaire) -> Any:
        """Points stay with us: they are no help to an honest answer."""
        return [
            {
                "id": question["id"],
                "text": in_language(question),
                "several": question["many"],
                "options": [{"id": option["id"], "text": in_language(option)} for option in question["options"]],
            }
            for question in row.questions
        ]


class AnswersIn(serializers.Serializer[Any]):
    questionnaire_id = serializers.CharField(max_length=40)
    answers = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=400), max_length=MOST_OPTIONS, allow_empty=False),
        help_text="Question id -> the ids of what is chosen, for every question.",
    )


class ProfileShown(serializers.Serializer[SuitabilityProfile]):
    id = serializers.CharField(source="public_id")
    level = serializers.ChoiceField(LEVEL_CHOICES, help_text="C1_MIN may buy R1 alone.")
    score = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class StandingShown(serializers.Serializer[Any]):
    state = serializers.ChoiceField(STANDINGS)
    profile = ProfileShown(allow_null=True)


class WarningText(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="In the language of Accept-Language; the whole of it is to be shown.")
    sha256 = serializers.CharField(help_text="Of both languages; send it back to confirm.")


class FitShown(serializers.Serializer[Any]):
    product_id = serializers.CharField()
    risk = serializers.ChoiceField(Risk.choices)
    level = serializers.ChoiceField(LEVEL_CHOICES, allow_blank=True, help_text="Empty without a profile in force.")
    ruling = serializers.ChoiceField(RULINGS, help_text="allow; warn_and_confirm: the warning is to be confirmed first; reject.")
    code = serializers.CharField(help_text="Why not: the code an order would be refused with; empty otherwise.")
    warning = WarningText(allow_null=True)


class InsistIn(serializers.Serializer[Any]):
    product_id = serializers.CharField(max_length=40)
    text_sha256 = serializers.RegexField("^[0-9a-f]{64}$")


class WarningShown(serializers.Serializer[SuitabilityWarning]):
    id = serializers.CharField(source="public_id")
    product_id = serializers.SerializerMethodField()
    risk = serializers.ChoiceField(Risk.choices)
    level = serializers.ChoiceField(LEVEL_CHOICES)
    used = serializers.SerializerMethodField(help_text="An order used it up.")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()

    def get_product_id(self, row: SuitabilityWarning) -> str:
        return public_id("prd", row.product_id)

    def get_used(self, row: SuitabilityWarning) -> bool:
        return row.order_id is not None
