"""What a customer knows and holds to approve an act: the payment PIN, passkeys, and the proofs made with them."""

from django.db import models
from django.db.models import F, Q

from core.dated import InForceStays
from core.idempotency.services import KEY_LENGTH
from core.ids import new_id, public_id

DIGEST_BYTES = 32
PIN_TRIES = 5


class PaymentPin(models.Model):
    """A customer's payment PIN as an Argon2id hash. `tries` counts the wrong ones since the last right one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.OneToOneField("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    hashed = models.CharField(max_length=255)
    tries = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="accounts_pin_tries", condition=Q(tries__gte=0, tries__lte=PIN_TRIES))]


class StepUpProof(models.Model):
    """That a customer approved one act: bound to session, purpose, amount, payee and nonce; used once.

    `factors` is how many kinds of factor stand behind it: a PIN or a text code is one, a passkey that verified its user and is
    a day old two (ADR 0014).
    """

    PREFIX = "prf"

    class Method(models.TextChoices):
        PIN = "pin"
        SMS = "sms"
        PASSKEY = "passkey"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("accounts.DeviceSession", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=8, choices=Method.choices)
    factors = models.SmallIntegerField(default=1)
    purpose = models.CharField(max_length=32)
    amount_fen = models.BigIntegerField()
    payee = models.CharField(max_length=80, default="", blank=True)
    nonce = models.CharField(max_length=KEY_LENGTH)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_proof_method", condition=Q(method__in=["pin", "sms", "passkey"])),
            models.CheckConstraint(name="accounts_proof_factors", condition=Q(factors__gte=1, factors__lte=2)),
            models.CheckConstraint(name="accounts_proof_amount", condition=Q(amount_fen__gte=0)),
            models.CheckConstraint(name="accounts_proof_life", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(name="accounts_proof_age", fields=["expires_at"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class PinFreeLimit(models.Model):
    """From a day on: payments up to `amount_fen` need no proof, at most `per_day` of them a day."""

    starts_on = models.DateField(unique=True)
    amount_fen = models.BigIntegerField()
    per_day = models.SmallIntegerField()
    source = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="accounts_pinfree_range", condition=Q(amount_fen__gte=0, per_day__gte=0))]
        triggers = [InForceStays("accounts_pinfree_stays", starts="starts_on")]

    def __str__(self) -> str:
        return f"from {self.starts_on}"


class Passkey(models.Model):
    """A WebAuthn credential of one customer; the private key never leaves the authenticator."""

    PREFIX = "psk"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField(max_length=1024)
    sign_count = models.BigIntegerField()
    backed_up = models.BooleanField()
    name = models.CharField(max_length=60, default="", blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_passkey_count", condition=Q(sign_count__gte=0)),
            models.UniqueConstraint(name="accounts_passkey_credential", fields=["customer", "credential_id"]),
        ]
        indexes = [models.Index(name="accounts_passkey_customer", fields=["customer", "-created_at"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class PasskeyChallenge(models.Model):
    """A WebAuthn challenge: 32 random bytes handed out once; for a step-up `binding` is a hash of what is approved."""

    class Purpose(models.TextChoices):
        REGISTER = "register"
        STEP_UP = "step_up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("accounts.DeviceSession", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    challenge = models.BinaryField(max_length=DIGEST_BYTES)
    binding = models.BinaryField(max_length=DIGEST_BYTES)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_challenge_purpose", condition=Q(purpose__in=["register", "step_up"])),
            models.CheckConstraint(name="accounts_challenge_life", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(name="accounts_challenge_age", fields=["expires_at"])]
