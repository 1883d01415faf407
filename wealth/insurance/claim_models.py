"""Claims, what was handed in for them, and the money an insurer gives back."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, amount_check, shard_check
from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.insurance.states import CLAIM_MOVES, PAYOUT_MOVES, PAYOUT_UNDER_WAY, ClaimState, PayoutKind, PayoutState

WORDS_LENGTH = 1000
MOST_FILES = 10
MOST_BYTES = 2_000_000


class InsuranceClaim(models.Model):
    """What happened on `event_on`, in the customer's `words`, and what is asked for it. `approved_fen`: what two people approved and the
    insurer has not answered yet; `last`: nothing more follows it. `paid_fen` of all its payouts. `code` and `why` say why not."""

    PREFIX: ClassVar[str] = "inc"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey("wealth.InsurancePolicy", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=ClaimState.choices, default=ClaimState.OPEN)
    event_on = models.DateField()
    words = EncryptedTextField(owner="customer_id", null=True)
    asked_fen = models.BigIntegerField()
    approved_fen = models.BigIntegerField(default=0)
    last = models.BooleanField(default=True)
    paid_fen = models.BigIntegerField(default=0)
    code = models.CharField(max_length=64, default="", blank=True)
    why = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_insuranceclaim_shard"),
            models.CheckConstraint(name="wealth_insuranceclaim_state", condition=Q(state__in=ClaimState.values)),
            models.CheckConstraint(
                name="wealth_insuranceclaim_amounts",
                condition=Q(asked_fen__gte=1, asked_fen__lte=MAX_FEN, approved_fen__gte=0, paid_fen__gte=0)
                & Q(asked_fen__gte=F("approved_fen") + F("paid_fen")),
            ),
            models.CheckConstraint(
                name="wealth_insuranceclaim_approved",
                condition=Q(state__in=["approved", "asked"], approved_fen__gte=1)
                | (~Q(state__in=["approved", "asked"]) & Q(approved_fen=0)),
            ),
            models.CheckConstraint(name="wealth_insuranceclaim_paid", condition=~Q(state="paid") | Q(paid_fen__gte=1)),
        ]
        indexes = [
            models.Index(name="wealth_insclaim_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_insclaim_policy", fields=["policy", "created_at"]),
            models.Index(name="wealth_insclaim_queue", fields=["created_at"], condition=Q(state="open")),
        ]
        triggers = [
            StateGuard("wealth_insuranceclaim_moves", CLAIM_MOVES, born=["open"]),
            pgtrigger.Protect(name="wealth_insuranceclaim_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def left_fen(self) -> int:
        """What may still be approved of what was asked."""
        return self.asked_fen - self.paid_fen - self.approved_fen

    def __str__(self) -> str:
        return self.public_id


class ClaimFile(models.Model):
    """One file handed in for a claim, `number` 1..10, its bytes encrypted under the customer's key; `content_type` is what it was found
    to be."""

    PREFIX: ClassVar[str] = "inf"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    claim = models.ForeignKey(InsuranceClaim, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer_id = models.UUIDField()
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    name = EncryptedTextField(owner="customer_id", null=True)
    content_type = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    content_base64 = EncryptedTextField(owner="customer_id", null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_claimfile_shard"),
            models.UniqueConstraint(name="wealth_claimfile_number", fields=["claim", "number", "shard"]),
            models.CheckConstraint(name="wealth_claimfile_most", condition=Q(number__gte=1, number__lte=MOST_FILES)),
            models.CheckConstraint(name="wealth_claimfile_size", condition=Q(size__gte=1, size__lte=MOST_BYTES)),
            models.CheckConstraint(
                name="wealth_claimfile_type", condition=Q(content_type__in=["application/pdf", "image/png", "image/jpeg"])
            ),
        ]
        triggers = [pgtrigger.Protect(name="wealth_claimfile_kept", operation=pgtrigger.Delete)]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class PolicyPayout(models.Model):
    """Money the insurer gives back: asked of it by `request_id`, in the customer's balance by `journal_id` (W13). `kept_fen`: what it keeps
    of what was paid."""

    PREFIX: ClassVar[str] = "ino"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey("wealth.InsurancePolicy", on_delete=models.PROTECT, related_name="+", db_index=False)
    claim = models.ForeignKey(InsuranceClaim, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=12, choices=PayoutKind.choices)
    state = models.CharField(max_length=8, choices=PayoutState.choices, default=PayoutState.WAITING)
    amount_fen = models.BigIntegerField()
    kept_fen = models.BigIntegerField(default=0)
    request_id = models.UUIDField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    code = models.CharField(max_length=64, default="", blank=True)
    try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_policypayout_shard"),
            amount_check("wealth_policypayout_amount"),
            models.CheckConstraint(name="wealth_policypayout_state", condition=Q(state__in=PayoutState.values, kept_fen__gte=0)),
            models.CheckConstraint(
                name="wealth_policypayout_claim",
                condition=Q(kind="claim", claim__isnull=False) | (~Q(kind="claim") & Q(kind__in=PayoutKind.values, claim=None)),
            ),
            models.CheckConstraint(
                name="wealth_policypayout_paid",
                condition=Q(state="paid", journal_id__isnull=False) | (~Q(state="paid") & Q(journal_id=None)),
            ),
            models.CheckConstraint(
                name="wealth_policypayout_asked",
                condition=Q(state="waiting", request_id=None, try_at__isnull=False)
                | (~Q(state="waiting") & Q(request_id__isnull=False, try_at=None)),
            ),
            models.UniqueConstraint(
                name="wealth_policypayout_request", fields=["request_id", "shard"], condition=Q(request_id__isnull=False)
            ),
            models.UniqueConstraint(
                name="wealth_policypayout_journal", fields=["journal_id", "shard"], condition=Q(journal_id__isnull=False)
            ),
            models.UniqueConstraint(
                name="wealth_policypayout_one_end",
                fields=["policy", "shard"],
                condition=~Q(kind="claim") & Q(state__in=[*PAYOUT_UNDER_WAY, "paid"]),
            ),
            models.UniqueConstraint(
                name="wealth_policypayout_one_claim", fields=["claim", "shard"], condition=Q(state__in=PAYOUT_UNDER_WAY)
            ),
        ]
        indexes = [
            models.Index(name="wealth_policypayout_of", fields=["policy", "created_at"]),
            models.Index(name="wealth_policypayout_try", fields=["shard", "try_at"], condition=Q(try_at__isnull=False)),
        ]
        triggers = [
            StateGuard("wealth_policypayout_moves", PAYOUT_MOVES, born=["waiting"]),
            pgtrigger.Protect(name="wealth_policypayout_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id
