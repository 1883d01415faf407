"""Codes shown by payers, codes printed for stores, and the dated terms of both."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.qr.states import PAYER_CODE_MOVES, QR_CODE_MOVES, USED, PayerCodeState, QrCodeState


class PayerCode(models.Model):
    """A code on a payer's phone, good for one payment until `expires_at`, as long as the session it was shown in is open.

    `code_index` is all that is kept of its digits; `shard` follows from it. `order` is what it paid, or could not; `code` says why it was
    refused, or why the payer is asked.
    """

    PREFIX: ClassVar[str] = "pcd"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    code_index = models.BinaryField(max_length=32)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    session_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=PayerCodeState.choices, default=PayerCodeState.SHOWN)
    order = models.ForeignKey(
        "payments.PaymentOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    code = models.CharField(max_length=64, default="", blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_payercode_once", fields=["shard", "code_index"]),
            models.UniqueConstraint(name="payments_payercode_one_order", fields=["shard", "order"]),
            shard_check("payments_payercode_shard"),
            models.CheckConstraint(name="payments_payercode_state", condition=Q(state__in=PayerCodeState.values)),
            models.CheckConstraint(name="payments_payercode_life", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="payments_payercode_used",
                condition=Q(state="shown", order=None, used_at=None, code="")
                | Q(state__in=USED, order__isnull=False, used_at__isnull=False, used_at__lt=F("expires_at")),
            ),
            models.CheckConstraint(name="payments_payercode_refused", condition=~Q(state="refused") | ~Q(code="")),
        ]
        indexes = [
            models.Index(name="payments_payercode_order", fields=["order"], condition=Q(order__isnull=False)),
            models.Index(name="payments_payercode_unused", fields=["expires_at"], condition=Q(state="shown")),
            models.Index(name="payments_payercode_mine", fields=["customer", "-created_at"]),
        ]
        triggers = [StateGuard("payments_payercode_moves", PAYER_CODE_MOVES, born=["shown"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def order_public_id(self) -> str | None:
        return None if self.order_id is None else public_id("ord", self.order_id)

    def __str__(self) -> str:
        return self.public_id


class QrCode(models.Model):
    """A code a merchant's owner prints and puts up in a store. Who scans it types the amount, unless `amount_fen` is fixed; the order
    becomes `app`'s, which hears of it. `title` is what the payer reads they pay for."""

    PREFIX: ClassVar[str] = "qrc"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    store = models.ForeignKey("payments.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=QrCodeState.choices, default=QrCodeState.ACTIVE)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "QR code"
        constraints = [
            models.CheckConstraint(name="payments_qrcode_state", condition=Q(state__in=QrCodeState.values)),
            models.CheckConstraint(name="payments_qrcode_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="payments_qrcode_amount", condition=Q(amount_fen=None) | Q(amount_fen__gt=0, amount_fen__lte=MAX_FEN)
            ),
        ]
        indexes = [models.Index(name="payments_qrcode_merchant", fields=["merchant", "-created_at", "-id"])]
        triggers = [StateGuard("payments_qrcode_moves", QR_CODE_MOVES, born=["active"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def merchant_public_id(self) -> str:
        return public_id("mch", self.merchant_id)

    @property
    def store_public_id(self) -> str:
        return public_id("sto", self.store_id)

    @property
    def app_public_id(self) -> str:
        return public_id("app", self.app_id)

    def __str__(self) -> str:
        return self.public_id


class QrTerms(models.Model):
    """The rules from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    A shown code lives `code_seconds`; a customer is shown `codes_per_minute` at most, and makes as many orders from printed codes. Who
    is asked to confirm has `confirm_minutes`. An app that reads more than `wrong_per_hour` codes that are none is held off. From printed
    codes a person pays `static_fen_per_day` at most in a Shanghai day (PBOC notice 2017 no. 296: 500 CNY for static codes).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    code_seconds = models.SmallIntegerField()
    codes_per_minute = models.SmallIntegerField()
    confirm_minutes = models.SmallIntegerField()
    wrong_per_hour = models.IntegerField()
    static_fen_per_day = models.BigIntegerField()

    class Meta:
        verbose_name = "QR terms"
        verbose_name_plural = "QR terms"
        constraints = [
            models.CheckConstraint(
                name="payments_qrterms_codes",
                condition=Q(code_seconds__gte=10, code_seconds__lte=300, codes_per_minute__gte=1, wrong_per_hour__gte=1),
            ),
            models.CheckConstraint(
                name="payments_qrterms_paying",
                condition=Q(confirm_minutes__gte=1, confirm_minutes__lte=60, static_fen_per_day__gte=0, static_fen_per_day__lte=MAX_FEN),
            ),
        ]
        triggers = [InForceStays("payments_qrterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"QR terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> QrTerms:
    """The rules at `at`."""
    terms = QrTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms
