"""The shapes of privacy on the wire."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from accounts.privacy.models import AccountClosure, Consent, ConsentDocument, DataExport
from accounts.privacy.sockets import Obstacle
from accounts.security.serializers import SpentProofInput
from core.api.validators import no_card_number


def in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


class ConsentDocumentOut(serializers.Serializer[ConsentDocument]):
    kind = serializers.CharField()
    version = serializers.IntegerField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField()
    required_from = serializers.DateTimeField(allow_null=True, help_text="From then on an effect needs a consent to this version.")

    def get_title(self, row: ConsentDocument) -> str:
        return row.title_zh if in_chinese() else row.title_en

    def get_body(self, row: ConsentDocument) -> str:
        return row.body_zh if in_chinese() else row.body_en


class ConsentDocumentsOut(serializers.Serializer[Any]):
    items = ConsentDocumentOut(many=True)


class ConsentInput(serializers.Serializer[Any]):
    kind = serializers.SlugField(max_length=40)
    version = serializers.IntegerField(min_value=1, max_value=32767)


class ConsentOut(serializers.Serializer[Consent]):
    id = serializers.CharField(source="public_id")
    kind = serializers.CharField(source="document.kind")
    version = serializers.IntegerField(source="document.version")
    given_at = serializers.DateTimeField(source="created_at")
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ExportOut(serializers.Serializer[DataExport]):
    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(DataExport.State.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ObstacleOut(serializers.Serializer[Obstacle]):
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()

    def get_detail(self, found: Obstacle) -> str:
        return found.zh if in_chinese() else found.en


class ClosureOut(serializers.Serializer[Any]):
    possible = serializers.BooleanField()
    obstacles = ObstacleOut(many=True)


class ClosureInput(SpentProofInput):
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True, validators=[no_card_number])


class ClosedOut(serializers.Serializer[AccountClosure]):
    id = serializers.CharField(source="public_id")
    closed_at = serializers.DateTimeField(source="created_at")
