"""Banks, their BINs and limits; customers' cards and the bindings that made them. No card number is ever kept."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import StateGuard
from payments.cards.rules import RESEND_AFTER
from payments.cards.states import BINDING_MOVES, CARD_MOVES, BindingState, CardState


class CardKind(models.TextChoices):
    DEBIT = "debit"
    CREDIT = "credit"


class Bank(models.Model):
    """A card issuer. `supported` false: its cards are recognised and refused."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    supported = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class CardBin(models.Model):
    """The first digits of a card number: whose it is, which kind, how long the number is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bin = models.CharField(max_length=8, unique=True)
    bank = models.ForeignKey(Bank, to_field="code", db_column="bank", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=CardKind.choices)
    number_length = models.SmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_bin_digits", condition=Q(bin__regex=r"^[0-9]{6,8}$")),
            models.CheckConstraint(name="payments_bin_kind", condition=Q(kind__in=["debit", "credit"])),
            models.CheckConstraint(name="payments_bin_length", condition=Q(number_length__gte=13, number_length__lte=19)),
        ]

    def __str__(self) -> str:
        return self.bin


class CardLimit(models.Model):
    """How much a channel takes from, or sends to, a bank's cards in one scene, from a day on. Fen; null = no limit."""

    class Scene(models.TextChoices):
        TOP_UP = "top_up"
        WITHDRAW = "withdraw"
        PAY = "pay"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey(Bank, to_field="code", db_column="bank", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=CardKind.choices)
    scene = models.CharField(max_length=16, choices=Scene.choices)
    single_fen = models.BigIntegerField(null=True, blank=True)
    day_fen = models.BigIntegerField(null=True, blank=True)
    month_fen = models.BigIntegerField(null=True, blank=True)
    effective_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_limit_dated", fields=["channel", "bank", "kind", "scene", "effective_on"]),
            models.CheckConstraint(name="payments_limit_kind", condition=Q(kind__in=["debit", "credit"])),
            models.CheckConstraint(name="payments_limit_scene", condition=Q(scene__in=["top_up", "withdraw", "pay"])),
            models.CheckConstraint(
                name="payments_limit_positive",
                condition=(Q(single_fen=None) | Q(single_fen__gte=0))
                & (Q(day_fen=None) | Q(day_fen__gte=0))
                & (Q(month_fen=None) | Q(month_fen__gte=0)),
            ),
        ]
        triggers = [InForceStays("payments_limit_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.bank_id} {self.kind} {self.scene}"


class Card(models.Model):
    """A bound card. `token` is the channel's agreement number; `fingerprint` a keyed hash of the card number, by which the
    same card is recognised; `position` is the customer's own order, smallest first."""

    PREFIX = "crd"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    token = EncryptedTextField()
    token_index = models.BinaryField(max_length=32)
    fingerprint = models.BinaryField(max_length=32)
    bank = models.ForeignKey(Bank, to_field="code", db_column="bank", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=CardKind.choices)
    bin = models.CharField(max_length=8)
    last4 = models.CharField(max_length=4)
    state = models.CharField(max_length=12, choices=CardState.choices, default=CardState.ACTIVE)
    is_default = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)
    nickname = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField()
    unbound_at = models.DateTimeField(null=True, blank=True)
    unbound_by = models.CharField(max_length=8, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_card_kind", condition=Q(kind__in=["debit", "credit"])),
            models.CheckConstraint(name="payments_card_digits", condition=Q(bin__regex=r"^[0-9]{6,8}$", last4__regex=r"^[0-9]{4}$")),
            models.CheckConstraint(
                name="payments_card_state",
                condition=Q(state__in=["active", "suspended"], unbound_at=None, unbound_by="")
                | Q(state="unbound", unbound_at__isnull=False, unbound_by__in=["customer", "bank", "platform"], is_default=False),
            ),
            models.UniqueConstraint(
                name="payments_card_once", fields=["customer", "fingerprint"], condition=Q(state__in=["active", "suspended"])
            ),
            models.UniqueConstraint(name="payments_card_one_default", fields=["customer"], condition=Q(is_default=True)),
        ]
        indexes = [
            models.Index(name="payments_card_customer", fields=["customer", "position", "id"]),
            models.Index(name="payments_card_token", fields=["token_index"]),
        ]
        triggers = [StateGuard("payments_card_moves", CARD_MOVES, born=["active"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.bank_id} {self.kind} {self.last4}"


class CardAgreement(models.Model):
    """A card's agreement at another channel than its first, whose token the card itself keeps. It ends with the card, or before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    token = EncryptedTextField()
    token_index = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_agreed_once", fields=["customer", "card", "channel"], condition=Q(ended_at=None)),
        ]
        indexes = [models.Index(name="payments_agreed_token", fields=["token_index"])]

    def __str__(self) -> str:
        return f"{self.card_id} {self.channel_id}"


class CardBinding(models.Model):
    """One try to bind a card: four elements sent to the bank, an SMS code asked for, a token at the end. Lives ten minutes."""

    PREFIX = "bnd"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    shard = models.SmallIntegerField()
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.BinaryField(max_length=32)
    bank = models.ForeignKey(Bank, to_field="code", db_column="bank", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=CardKind.choices)
    bin = models.CharField(max_length=8)
    last4 = models.CharField(max_length=4)
    mobile_masked = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=BindingState.choices, default=BindingState.CREATED)
    sign_ref = models.CharField(max_length=64, default="", blank=True)
    tries = models.SmallIntegerField(default=0)
    sms_sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    code = models.CharField(max_length=64, default="", blank=True)
    card = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_binding_state", condition=Q(state__in=BindingState.values)),
            models.CheckConstraint(name="payments_binding_tries", condition=Q(tries__gte=0, tries__lte=3)),
            models.CheckConstraint(name="payments_binding_shard", condition=Q(shard__gte=0, shard__lt=64)),
            models.CheckConstraint(
                name="payments_binding_card", condition=Q(state="bound", card__isnull=False) | (~Q(state="bound") & Q(card=None))
            ),
            models.CheckConstraint(
                name="payments_binding_sms",
                condition=~Q(state__in=["sms_sent", "verifying", "bound"]) | (Q(sms_sent_at__isnull=False) & ~Q(sign_ref="")),
            ),
            models.UniqueConstraint(
                name="payments_binding_one_open",
                fields=["customer", "fingerprint"],
                condition=Q(state__in=["created", "sms_sent", "verifying"]),
            ),
        ]
        indexes = [
            models.Index(
                name="payments_binding_due", fields=["shard", "expires_at"], condition=Q(state__in=["created", "sms_sent", "verifying"])
            ),
            models.Index(name="payments_binding_customer", fields=["customer", "-created_at"]),
        ]
        triggers = [StateGuard("payments_binding_moves", BINDING_MOVES, born=["created"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def resend_at(self) -> datetime | None:
        """From when another code can be asked for."""
        return self.sms_sent_at + RESEND_AFTER if self.sms_sent_at else None

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class EndedAgreement(models.Model):
    """A token whose agreement the channel's side ended before its card was known here: a card bound to it is born dead."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    token_index = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel_id} {self.created_at:%Y-%m-%d %H:%M}"
