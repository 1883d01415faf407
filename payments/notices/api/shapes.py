"""What the log of notices shows."""

from typing import Any

from rest_framework import serializers

from payments.notices.models import MerchantNotice, NoticeTry
from payments.notices.states import NoticeState


class NoticeShown(serializers.Serializer[MerchantNotice]):
    id = serializers.CharField(source="public_id", help_text="The same in every delivery: what you have taken once, answer 200 and skip.")
    type = serializers.CharField()
    subject = serializers.CharField(help_text="The id of what it tells of.")
    order_id = serializers.CharField(source="order_public_id", allow_null=True)
    app_id = serializers.CharField(source="app_public_id")
    url = serializers.CharField()
    state = serializers.ChoiceField(NoticeState.choices, help_text="failed: tried for a day; send it again once your server answers.")
    tries = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of your last answer; null when none came.")
    last_error = serializers.CharField(help_text="Why it was not taken; empty when it was, or not tried yet.")
    next_try_at = serializers.DateTimeField(source="due_at", allow_null=True)
    occurred_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NoticeTryShown(serializers.Serializer[NoticeTry]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    answer = serializers.CharField(help_text="The start of what your server answered.")


class NoticeRead(serializers.Serializer[Any]):
    """One notice with its bytes and every try."""

    notice = NoticeShown()
    body = serializers.CharField(source="notice.text", help_text="The very bytes that are sent, as text.")
    log = NoticeTryShown(many=True, help_text="Every try, the first one first.")
