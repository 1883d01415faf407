"""Disputes of orders, what was handed in for them, and the dated terms of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.disputes.states import DISPUTE_MOVES, OPEN, DisputeKind, DisputeState, OpenedBy
from payments.merchants import accounts

WORDS_LENGTH = 1000
MOST_FILES = 5
MOST_BYTES = 2_000_000
FROM = {
    accounts.PENDING: "from_pending_fen",
    accounts.AVAILABLE: "from_available_fen",
    accounts.RESERVE: "from_reserve_fen",
}
"""Which account of the merchant frozen money came from: role to column."""


class Dispute(models.Model):
    """Somebody wants `amount_fen` of an order back. An order has one open dispute at most, and is not refunded meanwhile.

    `wanted_fen` of it is the merchant's part (the rest our fee's); `from_..._fen` of each of its accounts are frozen, `short_fen` could
    not be had yet. `taken_by_bank`: the bank has taken the money from us already, under `bank_reference`. `words` say why, for the
    merchant; `answer` is what it says (null: nothing), due by `answer_due_at`. `refund` is how a lost one went back, `verdict` the
    words of who decided. `opener` is who opened it: cus_ or staff:.
    """

    PREFIX: ClassVar[str] = "dsp"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    opened_by = models.CharField(max_length=8, choices=OpenedBy.choices)
    opener = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=DisputeKind.choices)
    words = EncryptedTextField()
    answer = EncryptedTextField(null=True)
    amount_fen = models.BigIntegerField()
    wanted_fen = models.BigIntegerField()
    from_pending_fen = models.BigIntegerField(default=0)
    from_available_fen = models.BigIntegerField(default=0)
    from_reserve_fen = models.BigIntegerField(default=0)
    short_fen = models.BigIntegerField(default=0)
    taken_by_bank = models.BooleanField(default=False)
    bank_reference = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=12, choices=DisputeState.choices, default=DisputeState.OPENED)
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=200, default="", blank=True)
    refund = models.ForeignKey("payments.Refund", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    journal_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_dispute_one_open", fields=["order", "shard"], condition=Q(state__in=OPEN)),
            amount_check("payments_dispute_amount"),
            shard_check("payments_dispute_shard"),
            models.CheckConstraint(name="payments_dispute_state", condition=Q(state__in=DisputeState.values)),
            models.CheckConstraint(name="payments_dispute_kind", condition=Q(kind__in=DisputeKind.values)),
            models.CheckConstraint(name="payments_dispute_opened_by", condition=Q(opened_by__in=OpenedBy.values) & ~Q(opener="")),
            models.CheckConstraint(
                name="payments_dispute_frozen",
                condition=Q(from_pending_fen__gte=0, from_available_fen__gte=0, from_reserve_fen__gte=0, short_fen__gte=0)
                & Q(wanted_fen=F("from_pending_fen") + F("from_available_fen") + F("from_reserve_fen") + F("short_fen"))
                & Q(wanted_fen__lte=F("amount_fen")),
            ),
            models.CheckConstraint(
                name="payments_dispute_bank", condition=Q(taken_by_bank=False) | (Q(opened_by="channel") & ~Q(bank_reference=""))
            ),
            models.CheckConstraint(name="payments_dispute_due", condition=Q(answer_due_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="payments_dispute_over",
                condition=Q(state__in=OPEN, decided_at=None) | (~Q(state__in=OPEN) & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="payments_dispute_lost", condition=Q(state="lost", refund__isnull=False) | (~Q(state="lost") & Q(refund=None))
            ),
            models.CheckConstraint(name="payments_dispute_verdict", condition=~Q(state__in=["won", "lost"]) | ~Q(verdict="")),
        ]
        indexes = [
            models.Index(name="payments_dispute_order", fields=["order", "created_at"]),
            models.Index(name="payments_dispute_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_dispute_payer", fields=["payer", "-created_at", "-id"]),
            models.Index(name="payments_dispute_due", fields=["shard", "answer_due_at"], condition=Q(state="opened")),
            models.Index(name="payments_dispute_short", fields=["shard", "asked_at"], condition=Q(state__in=OPEN, short_fen__gt=0)),
            models.Index(name="payments_dispute_open", fields=["merchant", "state", "changed_at"], condition=Q(state__in=OPEN)),
        ]
        triggers = [StateGuard("payments_dispute_moves", DISPUTE_MOVES, born=["opened"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def frozen(self) -> dict[str, int]:
        """Role of the merchant's account to what of it is frozen for this dispute."""
        return {role: getattr(self, column) for role, column in FROM.items() if getattr(self, column)}

    @property
    def frozen_fen(self) -> int:
        return sum(self.frozen.values())

    @property
    def order_public_id(self) -> str:
        return public_id("ord", self.order_id)

    @property
    def merchant_public_id(self) -> str:
        return public_id("mch", self.merchant_id)

    @property
    def refund_public_id(self) -> str | None:
        return None if self.refund_id is None else public_id("rfd", self.refund_id)

    def __str__(self) -> str:
        return self.public_id


class DisputeFile(models.Model):
    """One file a merchant handed in, `number` 1..5. `content` is kept as it came; `content_type` is what it was found to be."""

    PREFIX: ClassVar[str] = "dsf"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_disputefile_number", fields=["dispute", "number", "shard"]),
            shard_check("payments_disputefile_shard"),
            models.CheckConstraint(name="payments_disputefile_most", condition=Q(number__gte=1, number__lte=MOST_FILES)),
            models.CheckConstraint(name="payments_disputefile_size", condition=Q(size__gte=1, size__lte=MOST_BYTES)),
            models.CheckConstraint(
                name="payments_disputefile_type", condition=Q(content_type__in=["application/pdf", "image/png", "image/jpeg"])
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class DisputeTerms(models.Model):
    """From a day on: for how many days after the payment a payer may open a dispute, and how many days a merchant has to answer one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    open_days = models.SmallIntegerField()
    answer_days = models.SmallIntegerField()
    effective_on = models.DateField(unique=True)

    class Meta:
        verbose_name_plural = "dispute terms"
        constraints = [
            models.CheckConstraint(
                name="payments_disputeterms_days",
                condition=Q(open_days__gte=1, open_days__lte=3650, answer_days__gte=1, answer_days__lte=90),
            ),
        ]
        triggers = [InForceStays("payments_disputeterms_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"dispute terms from {self.effective_on}"
