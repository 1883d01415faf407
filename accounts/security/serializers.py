"""The shapes of security on the wire."""

from typing import Any

from rest_framework import serializers

from accounts.security.models import Passkey, StepUpProof
from core.api.validators import no_card_number, not_a_card_number
from core.idempotency.services import KEY_LENGTH

PIN = r"^[0-9]{6}$"
CODE = r"^[0-9]{6}$"
MAX_FEN = 10**13


class PinOut(serializers.Serializer[Any]):
    is_set = serializers.BooleanField()
    locked_until = serializers.DateTimeField(allow_null=True)
    pin_free_amount = serializers.IntegerField(help_text="Fen; payments up to this need no proof.")
    currency = serializers.CharField()


class PinInput(serializers.Serializer[Any]):
    pin = serializers.RegexField(PIN, help_text="Six digits, not easy to guess.")


class SpentProofInput(serializers.Serializer[Any]):
    proof = serializers.CharField(max_length=40, help_text="A step-up proof for this act.")
    nonce = serializers.CharField(max_length=KEY_LENGTH, validators=[not_a_card_number], help_text="The nonce the proof was made with.")


class FirstPinInput(PinInput, SpentProofInput):
    """The proof is made by text code or passkey, since there is no PIN yet."""


class PinChangeInput(PinInput):
    old_pin = serializers.RegexField(PIN)


class PinResetInput(PinInput):
    code = serializers.RegexField(CODE, help_text="From the message asked for at /v1/accounts/pin/reset/codes.")
    name = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    id_number = serializers.CharField(max_length=18, required=False, default="", allow_blank=True)


class StepUpInput(serializers.Serializer[Any]):
    """What is approved; the operation that spends the proof compares every part."""

    purpose = serializers.RegexField(r"^[a-z_]{3,32}$", help_text="The act, for example top_up, transfer, withdraw, change_phone.")
    amount = serializers.IntegerField(source="amount_fen", min_value=0, max_value=MAX_FEN, help_text="Fen; 0 for an act without an amount.")
    payee = serializers.CharField(
        max_length=80, required=False, default="", allow_blank=True, validators=[no_card_number], help_text="Who or what the act is for."
    )
    nonce = serializers.CharField(
        max_length=KEY_LENGTH, validators=[not_a_card_number], help_text="Your name for the intent: the Idempotency-Key of the act to come."
    )


class ProofInput(StepUpInput):
    method = serializers.ChoiceField(StepUpProof.Method.choices)
    secret = serializers.CharField(max_length=12, required=False, default="", allow_blank=True, help_text="The PIN, or the code.")
    challenge_id = serializers.UUIDField(required=False, default=None, allow_null=True, help_text="For a passkey.")
    credential = serializers.DictField(required=False, default=dict, help_text="For a passkey: what navigator.credentials.get gave.")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["method"] == StepUpProof.Method.PASSKEY and not (data["challenge_id"] and data["credential"]):
            raise serializers.ValidationError({"credential": "A passkey needs challenge_id and credential."})
        if data["method"] != StepUpProof.Method.PASSKEY and not data["secret"]:
            raise serializers.ValidationError({"secret": "Send the PIN or the code."})
        return data


class ProofOut(serializers.Serializer[StepUpProof]):
    proof = serializers.CharField(source="public_id", help_text="Send it with the act, in this session, once.")
    method = serializers.ChoiceField(StepUpProof.Method.choices)
    purpose = serializers.CharField()
    amount = serializers.IntegerField(source="amount_fen")
    payee = serializers.CharField()
    nonce = serializers.CharField()
    expires_at = serializers.DateTimeField()


class PhoneCodeInput(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=24, help_text="The new number.")


class PhoneChangeInput(PhoneCodeInput, SpentProofInput):
    code = serializers.RegexField(CODE, help_text="From the message to the new number.")


class PasskeyOptions(serializers.Serializer[Any]):
    challenge_id = serializers.UUIDField()
    public_key = serializers.DictField(help_text="Hand it to navigator.credentials.")


class PasskeyInput(SpentProofInput):
    challenge_id = serializers.UUIDField()
    credential = serializers.DictField(help_text="What navigator.credentials.create gave, as JSON.")
    name = serializers.CharField(max_length=60, required=False, default="", allow_blank=True, validators=[no_card_number])


class PasskeyOut(serializers.Serializer[Passkey]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    backed_up = serializers.BooleanField(help_text="Whether it is synchronised to other devices.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
