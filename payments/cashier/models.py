"""What merchants ask to be paid, each try to pay it, and the sources a try was funded from."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.cashier.states import (
    ATTEMPT_MOVES,
    ATTEMPT_RESULTS,
    KEPT,
    LATE,
    LEG_MOVES,
    ORDER_MOVES,
    PRODUCT,
    TOLD_MERCHANT,
    TOLD_PAYER,
    UNPAID,
    AttemptState,
    LegKind,
    LegState,
    OrderState,
)
from payments.merchants.states import Scene

URL_LENGTH = 500
MOST_METHODS = 20
MOST_METHOD = 97


class PaymentOrder(models.Model):
    """One amount a merchant asks for, known to it as `out_trade_no` of its app.

    `payer` is who began to pay it: from then on nobody else sees it. `fee_fen` is what the merchant pays of it, fixed when it is paid by
    `journal_id`. `refunded_fen` went back, `refunding_fen` is on its way back, `refunds` counts both. A late success is booked by
    `late_journal_id`, given back by `late_refund_id` (a channel request), or by hand under the bank's `hand_reference`.
    `code` says why a late order is where it is. With `to_split` its
    merchant wants to share it: it stays out of settlement until that is over. `shard` is the merchant's.

    One that pays a `payee` (PAYEES) has no merchant and is known to it as `payee_order_id`; it is its payer's, as is its shard, from the
    start.
    """

    PREFIX: ClassVar[str] = "ord"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    payee = models.CharField(max_length=32, default="", db_default="", blank=True)
    payee_order_id = models.UUIDField(null=True, blank=True)
    store = models.ForeignKey("payments.Store", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(
        "accounts.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    shard = models.SmallIntegerField()
    out_trade_no = models.CharField(max_length=64, blank=True)
    scene = models.CharField(max_length=12, choices=[*Scene.choices, (PRODUCT, "Product")])
    subject = models.CharField(max_length=128)
    to_split = models.BooleanField(default=False)
    attach = models.CharField(max_length=256, default="", blank=True)
    notify_url = models.CharField(max_length=URL_LENGTH, default="", blank=True)
    amount_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=20, choices=OrderState.choices, default=OrderState.CREATED)
    code = models.CharField(max_length=64, default="", blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    refunded_fen = models.BigIntegerField(default=0)
    refunding_fen = models.BigIntegerField(default=0)
    refunds = models.SmallIntegerField(default=0)
    late_journal_id = models.UUIDField(null=True, blank=True)
    late_refund_id = models.UUIDField(null=True, blank=True)
    hand_journal_id = models.UUIDField(null=True, blank=True)
    hand_reference = models.CharField(max_length=64, default="", blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_order_number", fields=["merchant", "app", "out_trade_no", "shard"]),
            amount_check("payments_order_amount"),
            shard_check("payments_order_shard"),
            models.CheckConstraint(name="payments_order_scene", condition=Q(scene__in=[*Scene.values, PRODUCT])),
            models.UniqueConstraint(
                name="payments_order_payee_order", fields=["payee", "payee_order_id", "shard"], condition=Q(payee_order_id__isnull=False)
            ),
            models.CheckConstraint(
                name="payments_order_payee",
                condition=Q(merchant__isnull=False, app__isnull=False, payee="", payee_order_id=None) & ~Q(scene=PRODUCT)
                | Q(merchant=None, app=None, store=None, payee_order_id__isnull=False, payer__isnull=False, scene=PRODUCT)
                & Q(fee_fen=0, to_split=False, out_trade_no="", attach="", notify_url="")
                & ~Q(payee=""),
            ),
            models.CheckConstraint(name="payments_order_state", condition=Q(state__in=OrderState.values)),
            models.CheckConstraint(name="payments_order_fee", condition=Q(fee_fen__gte=0, fee_fen__lte=F("amount_fen"))),
            models.CheckConstraint(name="payments_order_life", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(
                name="payments_order_paid",
                condition=Q(state__in=KEPT, journal_id__isnull=False, paid_at__isnull=False, payer__isnull=False)
                | (~Q(state__in=KEPT) & Q(journal_id=None, paid_at=None, fee_fen=0)),
            ),
            models.CheckConstraint(
                name="payments_order_refunds",
                condition=Q(refunded_fen__gte=0, refunding_fen__gte=0, refunds__gte=0)
                & Q(amount_fen__gte=F("refunded_fen") + F("refunding_fen"))
                & (Q(refunded_fen=0, refunding_fen=0, refunds=0) | Q(state__in=KEPT)),
            ),
            models.CheckConstraint(
                name="payments_order_refunded",
                condition=Q(state="refunded", refunded_fen=F("amount_fen"))
                | Q(state="partially_refunded", refunded_fen__gt=0, refunded_fen__lt=F("amount_fen"))
                | (~Q(state__in=["refunded", "partially_refunded"]) & Q(refunded_fen=0)),
            ),
            models.CheckConstraint(
                name="payments_order_late",
                condition=Q(state__in=LATE, late_journal_id__isnull=False, payer__isnull=False)
                | (~Q(state__in=LATE) & Q(late_journal_id=None, late_refund_id=None)),
            ),
            models.CheckConstraint(
                name="payments_order_late_refund",
                condition=~Q(state__in=["refunding", "late_refunded", "to_manual"]) | Q(late_refund_id__isnull=False),
            ),
            models.CheckConstraint(
                name="payments_order_by_hand",
                condition=(Q(state="by_hand", hand_journal_id__isnull=False) & ~Q(hand_reference=""))
                | (~Q(state="by_hand") & Q(hand_journal_id=None, hand_reference="")),
            ),
        ]
        indexes = [
            models.Index(name="payments_order_payer", fields=["payer", "-created_at", "-id"], condition=Q(payer__isnull=False)),
            models.Index(name="payments_order_out_trade_no", fields=["out_trade_no"]),
            models.Index(name="payments_order_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_order_paid_on", fields=["merchant", "paid_at", "id"], condition=Q(paid_at__isnull=False)),
            models.Index(name="payments_order_due", fields=["shard", "expires_at"], condition=Q(state__in=UNPAID)),
            models.Index(name="payments_order_closing", fields=["shard", "changed_at"], condition=Q(state="closing")),
            models.Index(
                name="payments_order_under_way",
                fields=["merchant", "state", "changed_at"],
                condition=Q(state__in=["paying", "closing", "paid_late", "refunding", "to_manual"]),
            ),
            models.Index(name="payments_order_give_back", fields=["shard", "changed_at"], condition=Q(state="paid_late")),
        ]
        triggers = [StateGuard("payments_order_moves", ORDER_MOVES, born=["created"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def status(self) -> str:
        """What its payer reads."""
        return TOLD_PAYER[OrderState(self.state)]

    @property
    def merchant_state(self) -> str:
        """What its merchant reads."""
        return TOLD_MERCHANT[OrderState(self.state)]

    @property
    def merchant_public_id(self) -> str | None:
        return None if self.merchant_id is None else public_id("mch", self.merchant_id)

    @property
    def seller_id(self) -> UUID:
        """The merchant of an order that is no payee's."""
        assert self.merchant_id is not None, f"{self.public_id} pays no merchant"
        return self.merchant_id

    @property
    def seller_app_id(self) -> UUID:
        """The app of an order that is no payee's."""
        assert self.app_id is not None, f"{self.public_id} pays no merchant"
        return self.app_id

    @property
    def merchant_name(self) -> str | None:
        return None if self.merchant is None else self.merchant.short_name

    @property
    def title(self) -> str:
        """Whom its payer reads that it pays: the merchant, or what the payee calls it."""
        return self.merchant_name or self.subject

    @property
    def payer_public_id(self) -> str | None:
        return None if self.payer_id is None else public_id("cus", self.payer_id)

    @property
    def store_public_id(self) -> str | None:
        return None if self.store_id is None else public_id("sto", self.store_id)

    def __str__(self) -> str:
        return self.public_id


class MethodOrder(models.Model):
    """In which order a customer likes to pay: `methods` as "source" or "source ref", first the one used first."""

    customer = models.OneToOneField("accounts.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+")
    methods = ArrayField(models.CharField(max_length=MOST_METHOD), default=list, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_methodorder_number", condition=Q(methods__len__lte=MOST_METHODS)),
        ]

    @property
    def named(self) -> list[tuple[str, str]]:
        """(source, ref) of each."""
        parts = [text.partition(" ") for text in self.methods]
        return [(source, ref) for source, _, ref in parts]

    def __str__(self) -> str:
        return " > ".join(self.methods)


class PaymentAttempt(models.Model):
    """One try of a customer to pay an order, `number` 1..n. An order has one open attempt at most.

    `factors` is how many kinds of factor proved it. `request_id` is the call to the channel its external leg waits for; `code` says why
    it failed. `amount_fen` is what the payer gives: the order less its discounts.
    """

    PREFIX: ClassVar[str] = "att"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    factors = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=AttemptState.choices, default=AttemptState.OPEN)
    code = models.CharField(max_length=64, default="", blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_attempt_number", fields=["order", "number", "shard"]),
            models.UniqueConstraint(name="payments_attempt_one_open", fields=["order", "shard"], condition=Q(state="open")),
            shard_check("payments_attempt_shard"),
            models.CheckConstraint(name="payments_attempt_state", condition=Q(state__in=AttemptState.values)),
            models.CheckConstraint(name="payments_attempt_numbers", condition=Q(number__gte=1, amount_fen__gte=0)),
            models.CheckConstraint(name="payments_attempt_factors", condition=Q(factors__gte=0, factors__lte=2)),
            models.CheckConstraint(name="payments_attempt_failed", condition=~Q(state="failed") | ~Q(code="")),
        ]
        indexes = [
            models.Index(name="payments_attempt_mine", fields=["customer", "state"], condition=Q(state__in=["open", "given_up"])),
            BrinIndex(name="payments_attempt_made", fields=["created_at"], autosummarize=True, pages_per_range=32),
        ]
        triggers = [StateGuard("payments_attempt_moves", ATTEMPT_MOVES, born=["open", "succeeded"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def result(self) -> str:
        """What became of it; `queries.result` tells a refusal for want of a stronger proof from others."""
        return ATTEMPT_RESULTS[AttemptState(self.state)]

    @property
    def order_public_id(self) -> str:
        return public_id(PaymentOrder.PREFIX, self.order_id)

    def __str__(self) -> str:
        return self.public_id


class FundingLeg(models.Model):
    """What one source gives towards an attempt. `source` is the name of the plug, `ref` which one of its (a card's id), `discount`
    whether it is a discount. `hold_id` is the ledger's hold, where the source set the money aside there."""

    PREFIX: ClassVar[str] = "leg"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    position = models.SmallIntegerField()
    source = models.CharField(max_length=32)
    ref = models.CharField(max_length=64, default="", blank=True)
    discount = models.BooleanField(default=False)
    external = models.BooleanField(default=False)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=LegState.choices, default=LegState.HELD)
    hold_id = models.UUIDField(null=True, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    refunded_fen = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_leg_position", fields=["attempt", "position", "shard"]),
            models.UniqueConstraint(name="payments_leg_one_external", fields=["attempt", "shard"], condition=Q(external=True)),
            amount_check("payments_leg_amount"),
            shard_check("payments_leg_shard"),
            models.CheckConstraint(name="payments_leg_state", condition=Q(state__in=LegState.values)),
            models.CheckConstraint(name="payments_leg_position_from_1", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="payments_leg_external",
                condition=Q(external=True, discount=False, request_id__isnull=False, hold_id=None) | Q(external=False, request_id=None),
            ),
            models.CheckConstraint(name="payments_leg_unknown", condition=~Q(state="unknown") | Q(external=True)),
            models.CheckConstraint(
                name="payments_leg_refunded",
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("amount_fen")) & (Q(refunded_fen=0) | Q(state="committed")),
            ),
        ]
        indexes = [
            models.Index(name="payments_leg_order", fields=["order", "attempt", "position"]),
            models.Index(name="payments_leg_in_use", fields=["ref"], condition=Q(state__in=["held", "unknown"])),
        ]
        triggers = [
            StateGuard("payments_leg_moves", LEG_MOVES, born=["held", "committed"], only={("released", "committed"): "NEW.external"})
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def kind(self) -> str:
        return LegKind.DISCOUNT if self.discount else LegKind.FUNDING

    def __str__(self) -> str:
        return self.public_id
