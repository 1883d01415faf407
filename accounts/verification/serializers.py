"""The shapes of verification on the wire."""

from typing import Any

from rest_framework import serializers

from accounts.verification.models import RealNameCheck


class RealNameInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=50, help_text="As on the identity card.")
    id_number = serializers.CharField(max_length=18, help_text="18 characters; the last may be X.")


class CheckOut(serializers.Serializer[RealNameCheck]):
    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(
        RealNameCheck.State.choices,
        help_text="created, sent, unavailable and unknown go on by themselves; matched, mismatched and abandoned are final.",
    )
    code = serializers.CharField(help_text="Why it is not matched: mismatch, not_found, identity_taken, or empty.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class EvidenceOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    passed_at = serializers.DateTimeField()


class UpgradeOut(serializers.Serializer[Any]):
    account_class = serializers.IntegerField()
    checks_needed = serializers.IntegerField(help_text="Independent checks the class asks for.")
    checks_missing = serializers.IntegerField()
    what_to_do = serializers.ListField(child=serializers.CharField(), help_text="verify_real_name, bind_card_of_another_bank.")
    rule = serializers.CharField()


class StandingOut(serializers.Serializer[Any]):
    account_class = serializers.IntegerField(help_text="0 unverified, else 1, 2 or 3.")
    name = serializers.CharField(help_text="All but its last character hidden; empty while unverified.")
    id_number = serializers.CharField(help_text="All but its ends hidden; empty while unverified.")
    evidence = EvidenceOut(many=True)
    latest_check = CheckOut(allow_null=True)
    next = UpgradeOut(allow_null=True)


class OutflowLimitOut(serializers.Serializer[Any]):
    period = serializers.ChoiceField(["life", "year", "day"])
    one_factor = serializers.BooleanField(help_text="true: what one factor alone (a PIN or a code) may prove.")
    cap = serializers.IntegerField(help_text="Fen.")
    used = serializers.IntegerField(help_text="Fen.")
    remaining = serializers.IntegerField(help_text="Fen.")
    renews_at = serializers.DateTimeField(allow_null=True, help_text="When the period turns (Asia/Shanghai); null for life.")


class OutflowLimitsOut(serializers.Serializer[Any]):
    account_class = serializers.IntegerField()
    currency = serializers.CharField()
    limits = OutflowLimitOut(many=True)
    next = UpgradeOut(allow_null=True)
