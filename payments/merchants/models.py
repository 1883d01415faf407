"""Merchants with their stores, apps and keys; the platform's own keys; and the dated rules of what merchants pay and may do."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import StateGuard
from payments.merchants.states import (
    APP_MOVES,
    KEY_MOVES,
    MERCHANT_MOVES,
    STORE_MOVES,
    AppState,
    KeyState,
    MerchantState,
    Scene,
    StoreState,
)

URL_LENGTH = 500
REASON_LENGTH = 200


class MerchantKind(models.TextChoices):
    INDIVIDUAL = "individual"
    COMPANY = "company"


class MerchantCategory(models.Model):
    """What a merchant sells, by its code of four digits (ISO 18245). `open`: new merchants of it are taken."""

    code = models.CharField(max_length=4, primary_key=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    open = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "merchant categories"
        constraints = [models.CheckConstraint(name="payments_category_digits", condition=Q(code__regex=r"^[0-9]{4}$"))]

    def __str__(self) -> str:
        return self.code


class Merchant(models.Model):
    """Who is paid. `owner` applied for it and manages it; payers read `short_name`; payouts go to `settlement_card`.

    `reason` is what the owner reads of a refusal, a suspension or a closing by the platform. `applied_at` is the last application,
    `opened_at` the first approval. The contact phone is the owner's secret and goes with their account (null); the licence number is a
    registered business's and stays (`licence_index` finds it).
    """

    PREFIX = "mch"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=MerchantKind.choices)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20)
    category = models.ForeignKey(MerchantCategory, db_column="category", on_delete=models.PROTECT, related_name="+")
    licence_number = EncryptedTextField(null=True)
    licence_index = models.BinaryField(max_length=32, null=True)
    contact_phone = EncryptedTextField(owner="owner_id", null=True)
    settlement_card = models.ForeignKey("payments.Card", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, choices=MerchantState.choices, default=MerchantState.APPLIED)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=REASON_LENGTH, default="", blank=True)
    applied_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_merchant_kind", condition=Q(kind__in=MerchantKind.values)),
            models.CheckConstraint(name="payments_merchant_named", condition=~Q(name="") & ~Q(short_name="")),
            models.CheckConstraint(name="payments_merchant_shard", condition=Q(shard__gte=0, shard__lt=64)),
            models.CheckConstraint(name="payments_merchant_state", condition=Q(state__in=MerchantState.values)),
            models.CheckConstraint(
                name="payments_merchant_licence",
                condition=Q(licence_number=None, licence_index=None, kind="individual")
                | Q(licence_number__isnull=False, licence_index__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_merchant_opened",
                condition=Q(state__in=["applied", "under_review", "refused"], opened_at=None)
                | Q(state__in=["active", "suspended", "closed"], opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_merchant_reviewed",
                condition=Q(state="applied", reviewer=None) | ~Q(state="applied") & Q(reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_merchant_reason",
                condition=Q(state__in=["refused", "suspended"]) & ~Q(reason="")
                | Q(state__in=["applied", "under_review", "active"], reason="")
                | Q(state="closed"),
            ),
        ]
        indexes = [
            models.Index(name="payments_merchant_mine", fields=["owner", "-created_at", "-id"]),
            models.Index(name="payments_merchant_licensed", fields=["licence_index"], condition=Q(licence_index__isnull=False)),
            models.Index(name="payments_merchant_queue", fields=["applied_at"], condition=Q(state__in=["applied", "under_review"])),
            models.Index(name="payments_merchant_card", fields=["settlement_card"], condition=Q(settlement_card__isnull=False)),
        ]
        triggers = [StateGuard("payments_merchant_moves", MERCHANT_MOVES, born=["applied"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def settlement_card_public_id(self) -> str | None:
        return None if self.settlement_card_id is None else public_id("crd", self.settlement_card_id)

    def __str__(self) -> str:
        return self.short_name


class Store(models.Model):
    """A place where a merchant sells; orders may name it."""

    PREFIX = "sto"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    address = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=StoreState.choices, default=StoreState.OPEN)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_store_named", condition=~Q(name="") & ~Q(address="")),
            models.CheckConstraint(name="payments_store_state", condition=Q(state__in=StoreState.values)),
        ]
        indexes = [models.Index(name="payments_store_merchant", fields=["merchant", "-created_at", "-id"])]
        triggers = [StateGuard("payments_store_moves", STORE_MOVES, born=["open"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.name


class MerchantApp(models.Model):
    """One program of a merchant that calls the signed API. `notify_url` hears of its orders unless an order names its own; stopped,
    the app signs nothing that is accepted."""

    PREFIX = "app"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    notify_url = models.CharField(max_length=URL_LENGTH, default="", blank=True)
    state = models.CharField(max_length=8, choices=AppState.choices, default=AppState.ACTIVE)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_app_named", condition=~Q(name="")),
            models.CheckConstraint(name="payments_app_state", condition=Q(state__in=AppState.values)),
            models.CheckConstraint(name="payments_app_notify", condition=Q(notify_url="") | Q(notify_url__regex=r"^https?://")),
        ]
        indexes = [models.Index(name="payments_app_merchant", fields=["merchant", "-created_at", "-id"])]
        triggers = [StateGuard("payments_app_moves", APP_MOVES, born=["active"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.name


class AppKey(models.Model):
    """The public half of a key an app signs with. `serial_no` is made of the key itself, so one key is never two apps'.

    Two active keys an app at most, one in each `slot`: the new one is added, the program switched, the old one retired. A revoked key
    fell into wrong hands. `expires_at` is in business time, and `warned_at` when its owner was told that it comes; `last_used_on` tells
    whether a program still signs with it.
    """

    PREFIX = "key"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(MerchantApp, on_delete=models.PROTECT, related_name="+", db_index=False)
    serial_no = models.CharField(max_length=40, unique=True)
    public_key_pem = models.TextField()
    slot = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=KeyState.choices, default=KeyState.ACTIVE)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    warned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_appkey_serial", condition=Q(serial_no__regex=r"^[0-9A-F]{40}$")),
            models.CheckConstraint(name="payments_appkey_life", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="payments_appkey_state",
                condition=Q(state="active", slot__isnull=False, slot__in=[1, 2], ended_at=None)
                | Q(state__in=["retired", "revoked"], slot=None, ended_at__isnull=False),
            ),
            models.UniqueConstraint(name="payments_appkey_two", fields=["app", "slot"], condition=Q(state="active")),
        ]
        indexes = [
            models.Index(name="payments_appkey_app", fields=["app", "-created_at", "-id"]),
            models.Index(name="payments_appkey_expiring", fields=["expires_at"], condition=Q(state="active")),
        ]
        triggers = [StateGuard("payments_appkey_moves", KEY_MOVES, born=["active"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.serial_no


class PlatformKey(models.Model):
    """A key pair of the platform: answers and notices to merchants are signed with the newest one whose `signs_from` has come.

    A new key is readable before it signs and the old one until `ends_at` after it stopped (exclusive, null while none follows), so
    that merchants have both while they change over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    serial_no = models.CharField(max_length=40, unique=True)
    public_key_pem = models.TextField()
    private_key_pem = EncryptedTextField()
    signs_from = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_platformkey_serial", condition=Q(serial_no__regex=r"^[0-9A-F]{40}$")),
            models.CheckConstraint(name="payments_platformkey_life", condition=Q(ends_at=None) | Q(ends_at__gt=F("signs_from"))),
            models.UniqueConstraint(name="payments_platformkey_last", fields=["ends_at"], condition=Q(ends_at=None), nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return self.serial_no


class MerchantRate(models.Model):
    """What a payment costs its merchant, from a day on: of one merchant (null: whoever has none of their own), in one scene (empty:
    every scene that has none of its own).

    `rate_ppm` is in parts per million (0.60 % is 6000); the fee is at least `floor_fen` and at most `cap_fen` (null: no cap).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    scene = models.CharField(max_length=10, choices=Scene.choices, default="", blank=True)
    rate_ppm = models.IntegerField()
    floor_fen = models.BigIntegerField(default=0)
    cap_fen = models.BigIntegerField(null=True, blank=True)
    effective_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_rate_dated", fields=["merchant", "scene", "effective_on"], nulls_distinct=False),
            models.CheckConstraint(name="payments_rate_scene", condition=Q(scene__in=["", *Scene.values])),
            models.CheckConstraint(name="payments_rate_ppm", condition=Q(rate_ppm__gte=0, rate_ppm__lte=1_000_000)),
            models.CheckConstraint(
                name="payments_rate_bounds", condition=Q(floor_fen__gte=0) & (Q(cap_fen=None) | Q(cap_fen__gte=F("floor_fen")))
            ),
        ]
        triggers = [InForceStays("payments_rate_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"{self.rate_ppm} ppm from {self.effective_on}"


class MerchantTerms(models.Model):
    """How a merchant is settled and what it may do, from a day on; null merchant: whoever has no terms of their own.

    `settlement_delay_days` in working days (T+1 is 1); `reserve_bp` of each settlement is kept back; a payout is made from
    `least_payout_fen` on; at most `split_cap_bp` of a payment may be split to others; a refund within `refund_days` of the payment,
    `refunds_most` a payment; the fee of what is refunded goes back when `fee_returned_on_refund`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settlement_delay_days = models.SmallIntegerField(default=1)
    reserve_bp = models.IntegerField(default=0)
    least_payout_fen = models.BigIntegerField(default=0)
    split_cap_bp = models.IntegerField(default=0)
    fee_returned_on_refund = models.BooleanField(default=True)
    refund_days = models.SmallIntegerField(default=365)
    refunds_most = models.SmallIntegerField(default=50)
    effective_on = models.DateField()

    class Meta:
        verbose_name_plural = "merchant terms"
        constraints = [
            models.UniqueConstraint(name="payments_merchantterms_dated", fields=["merchant", "effective_on"], nulls_distinct=False),
            models.CheckConstraint(
                name="payments_merchantterms_settling",
                condition=Q(settlement_delay_days__gte=0, settlement_delay_days__lte=30, least_payout_fen__gte=0),
            ),
            models.CheckConstraint(
                name="payments_merchantterms_shares",
                condition=Q(reserve_bp__gte=0, reserve_bp__lte=10_000, split_cap_bp__gte=0, split_cap_bp__lte=10_000),
            ),
            models.CheckConstraint(
                name="payments_merchantterms_refunds",
                condition=Q(refund_days__gte=0, refund_days__lte=3650, refunds_most__gte=0, refunds_most__lte=1000),
            ),
        ]
        triggers = [InForceStays("payments_merchantterms_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"merchant terms from {self.effective_on}"


class ApiNonce(models.Model):
    """A nonce an app has used: a request that is signed anew has another, so a second one is a copy. `created_at` is wall time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(MerchantApp, on_delete=models.PROTECT, related_name="+", db_index=False)
    nonce = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="payments_apinonce_once", fields=["app", "nonce"])]

    def __str__(self) -> str:
        return self.nonce
