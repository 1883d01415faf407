"""The shapes of identity on the wire."""

from typing import Any

from rest_framework import serializers

from accounts.identity.models import Customer, DeviceSession
from accounts.identity.phones import masked
from core.api.validators import no_card_number

VISIBLE = r"^[\x21-\x7e]+$"
PLATFORMS = ("ios", "android", "harmony", "web", "other")


class DeviceInput(serializers.Serializer[Any]):
    installation_id = serializers.RegexField(
        VISIBLE, min_length=8, max_length=128, help_text="A random text the app makes once and keeps; it names the installation."
    )
    name = serializers.CharField(
        max_length=80, required=False, default="", allow_blank=True, validators=[no_card_number], help_text="What the customer calls it."
    )
    platform = serializers.ChoiceField(PLATFORMS, required=False, default="other")


class CodeRequestInput(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=24, help_text="11 digits (mainland China), or + and the country code.")
    device = DeviceInput()


class LoginInput(CodeRequestInput):
    code = serializers.RegexField(r"^[0-9]{6}$", help_text="The six digits of the message.")


class RefreshInput(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=120)


class CodeSent(serializers.Serializer[Any]):
    """The same for every number: it says nothing about whether an account exists."""

    expires_in_seconds = serializers.IntegerField()
    resend_after_seconds = serializers.IntegerField()


class CustomerOut(serializers.Serializer[Customer]):
    id = serializers.CharField(source="public_id")
    phone = serializers.SerializerMethodField(help_text="Masked.")
    nickname = serializers.CharField()
    state = serializers.ChoiceField(Customer.State.choices)
    locale = serializers.ChoiceField(Customer.Locale.choices)
    registered_at = serializers.DateTimeField()

    def get_phone(self, row: Customer) -> str:
        return masked(row.phone)


class SessionOut(serializers.Serializer[DeviceSession]):
    id = serializers.CharField(source="public_id")
    device_id = serializers.CharField(source="device.public_id")
    device_name = serializers.CharField(source="device.name")
    platform = serializers.CharField(source="device.platform")
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(help_text="To the minute.")
    is_current = serializers.SerializerMethodField()

    def get_is_current(self, row: DeviceSession) -> bool:
        caller = getattr(self.context["request"], "user", None)
        return caller is not None and caller.session.pk == row.pk


class LoginOut(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="Send it as Authorization: Bearer. Shown once.")
    access_expires_at = serializers.DateTimeField(source="session.access_expires_at")
    refresh_token = serializers.CharField(help_text="Good for one refresh within 30 days. Shown once; used twice it ends the session.")
    session_id = serializers.CharField(source="session.public_id")
    customer = CustomerOut(source="session.customer")
    registered = serializers.BooleanField(help_text="Whether this login made the account.")


class ProfileInput(serializers.Serializer[Any]):
    nickname = serializers.CharField(max_length=40, required=False, allow_blank=True, validators=[no_card_number])
    locale = serializers.ChoiceField(Customer.Locale.choices, required=False)


class SandboxMessageOut(serializers.Serializer[Any]):
    phone = serializers.CharField()
    text = serializers.CharField()
    code = serializers.CharField()
    created_at = serializers.DateTimeField()
