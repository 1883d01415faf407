"""What a customer agreed to, the copies of their data they asked for, and the end of an account."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.moves import Moves, StateGuard


class ConsentDocument(models.Model):
    """One version of one text customers agree to; a published one never changes, the next version follows it.

    From `required_from` on, an effect needs a consent to this version or a later one; null for what is never required.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.SlugField(max_length=40)
    version = models.SmallIntegerField()
    required = models.BooleanField()
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    body_en = models.TextField()
    body_zh = models.TextField()
    published_at = models.DateTimeField()
    required_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_consentdocument_version", fields=["kind", "version"]),
            models.CheckConstraint(name="accounts_consentdocument_first", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="accounts_consentdocument_required",
                condition=Q(required=False, required_from=None)
                | Q(required=True, required_from__isnull=False, required_from__gte=F("published_at")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="accounts_consentdocument_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Consent(models.Model):
    """That a customer agreed to a version of a document, from when to when; the `session` says on which device."""

    PREFIX = "cns"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("accounts.ConsentDocument", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("accounts.DeviceSession", on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_consent_standing", fields=["customer", "document"], condition=Q(withdrawn_at=None)),
            models.CheckConstraint(name="accounts_consent_order", condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("created_at"))),
        ]
        indexes = [models.Index(name="accounts_consent_customer", fields=["customer", "-created_at"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class ExportState(models.TextChoices):
    REQUESTED = "requested"
    READY = "ready"
    EXPIRED = "expired"


EXPORT_MOVES = Moves(
    ExportState,
    {ExportState.REQUESTED: {ExportState.READY, ExportState.EXPIRED}, ExportState.READY: {ExportState.EXPIRED}},
)


class DataExport(models.Model):
    """A copy of everything the platform holds on a customer, as JSON, kept encrypted for seven days.

    Only the `session` that asked for it may download it; without one nobody may.
    """

    PREFIX = "exp"
    State = ExportState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("accounts.DeviceSession", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.REQUESTED)
    archive = EncryptedTextField(owner="customer_id")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_export_state", condition=Q(state__in=["requested", "ready", "expired"])),
            models.UniqueConstraint(name="accounts_export_one_open", fields=["customer"], condition=Q(state="requested")),
        ]
        indexes = [
            models.Index(name="accounts_export_customer", fields=["customer", "-created_at"]),
            models.Index(name="accounts_export_age", fields=["expires_at"], condition=Q(state="ready")),
        ]
        triggers = [StateGuard("accounts_export_moves", EXPORT_MOVES, born=["requested"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class AccountClosure(models.Model):
    """That an account ended, when and why, in the customer's words."""

    PREFIX = "cls"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.OneToOneField("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)
