"""Who a customer is to the platform, on which devices, and the sessions and codes that prove it."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.moves import Moves, StateGuard

DIGEST_BYTES = 32


class CustomerState(models.TextChoices):
    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


CUSTOMER_MOVES = Moves(
    CustomerState,
    {
        CustomerState.ACTIVE: {CustomerState.FROZEN, CustomerState.CLOSED},
        CustomerState.FROZEN: {CustomerState.ACTIVE},
    },
)


class Customer(models.Model):
    """One person's account. The phone (E.164) is encrypted; who a number belongs to is told by its PhoneClaim alone."""

    PREFIX = "cus"

    State = CustomerState

    class Locale(models.TextChoices):
        ZH = "zh-hans"
        EN = "en"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    phone = EncryptedTextField(owner="id")
    phone_index = models.BinaryField(max_length=DIGEST_BYTES, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    nickname = models.CharField(max_length=40, default="", blank=True)
    locale = models.CharField(max_length=8, choices=Locale.choices, default=Locale.ZH)
    registered_at = models.DateTimeField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_customer_state", condition=Q(state__in=["active", "frozen", "closed"])),
            models.CheckConstraint(name="accounts_customer_phone", condition=Q(state="closed") | Q(phone_index__isnull=False)),
            models.CheckConstraint(name="accounts_customer_shard", condition=Q(shard__gte=0, shard__lt=64)),
        ]
        indexes = [models.Index(name="accounts_customer_recent", fields=["-created_at", "-id"])]
        triggers = [StateGuard("accounts_customer_moves", CUSTOMER_MOVES, born=["active"])]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class CustomerKey(models.Model):
    """The key that closes a customer's personal columns, itself closed by the master keys (base64 of 32 bytes).

    Destroyed with the account: the row stays, without its material, and never has any again.
    """

    customer = models.OneToOneField("accounts.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+")
    wrapped = EncryptedTextField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_customerkey_material",
                condition=Q(destroyed_at=None, wrapped__isnull=False) | Q(destroyed_at__isnull=False, wrapped__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="accounts_customerkey_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="accounts_customerkey_gone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.destroyed_at IS NOT NULL OR NEW.customer_id <> OLD.customer_id THEN
                        RAISE EXCEPTION 'a destroyed key never comes back, and a key never changes hands'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_customerkey_gone';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return public_id(Customer.PREFIX, self.pk)


class PhoneClaim(models.Model):
    """Which customer a phone number belongs to: the one place that keeps a number unique. Gone when the account closes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class Device(models.Model):
    """One installation of an app as one customer uses it; `installation_index` is a keyed hash of what the app sends."""

    PREFIX = "dev"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    installation_index = models.BinaryField(max_length=DIGEST_BYTES)
    name = models.CharField(max_length=80, default="", blank=True)
    platform = models.CharField(max_length=16, default="", blank=True)
    created_at = models.DateTimeField()
    last_login_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_device_installation", fields=["customer", "installation_index"])]
        indexes = [models.Index(name="accounts_device_shared", fields=["installation_index", "customer"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class DeviceSession(models.Model):
    """One login on one device, and one family of tokens: ends by revocation, by age or by a refresh token used twice."""

    PREFIX = "ses"

    class End(models.TextChoices):
        LOGOUT = "logout"
        REVOKED = "revoked"
        REUSE = "reuse"
        REPLACED = "replaced"
        PHONE_CHANGED = "phone_changed"
        FROZEN = "frozen"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("accounts.Device", on_delete=models.PROTECT, related_name="+")
    access_digest = models.BinaryField(max_length=DIGEST_BYTES)
    access_expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=16, choices=End.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_session_end", condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False) & ~Q(end=""))
            ),
            models.UniqueConstraint(name="accounts_session_one_open", fields=["customer", "device"], condition=Q(ended_at=None)),
        ]
        indexes = [models.Index(name="accounts_session_open", fields=["customer", "-created_at"], condition=Q(ended_at=None))]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class RefreshToken(models.Model):
    """One refresh token of a session, by its SHA-256. Used ones stay until they expire: seeing one again is theft."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("accounts.DeviceSession", on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=DIGEST_BYTES)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_refresh_one_unused", fields=["customer", "session"], condition=Q(used_at=None)),
            models.CheckConstraint(name="accounts_refresh_life", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(name="accounts_refresh_age", fields=["expires_at"])]


class OneTimeCode(models.Model):
    """The present code for one phone, one purpose and one device: a newer one replaces it, another device's does not.

    `code_digest` is a keyed hash over the row's `serial` and the code; `binding` is a hash of what the code is good for.
    """

    class Purpose(models.TextChoices):
        LOGIN = "login"
        CHANGE_PHONE = "change_phone"
        STEP_UP = "step_up"
        RESET_PIN = "reset_pin"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.BinaryField(max_length=DIGEST_BYTES)
    device_index = models.BinaryField(max_length=DIGEST_BYTES)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    serial = models.UUIDField(default=uuid.uuid4)
    code_digest = models.BinaryField(max_length=DIGEST_BYTES)
    binding = models.BinaryField(max_length=DIGEST_BYTES)
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_code_one", fields=["phone_index", "purpose", "device_index"]),
            models.CheckConstraint(name="accounts_code_tries", condition=Q(tries__gte=0, tries__lte=5)),
            models.CheckConstraint(name="accounts_code_life", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="accounts_code_purpose", condition=Q(purpose__in=["login", "change_phone", "step_up", "reset_pin"])
            ),
        ]
        indexes = [models.Index(name="accounts_code_age", fields=["expires_at"])]


class SandboxMessage(models.Model):
    """A text message as a developer reads it in the sandbox inbox. Never written in production."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.BinaryField(max_length=DIGEST_BYTES)
    phone = EncryptedTextField()
    text = EncryptedTextField()
    code = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="accounts_sandbox_phone", fields=["phone_index", "-created_at"])]
