"""Refunds of orders, and what each takes from which leg."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.merchants import accounts
from payments.refunds.states import DONE, OPEN, REFUND_MOVES, TOLD, AskedBy, RefundState

REASON_LENGTH = 80
FROM = {
    accounts.PENDING: "from_pending_fen",
    accounts.AVAILABLE: "from_available_fen",
    accounts.RESERVE: "from_reserve_fen",
    accounts.FROZEN: "from_frozen_fen",
}
"""Which account of the merchant pays which part: role to column."""


class Refund(models.Model):
    """One refund of an order, known to its merchant as `out_refund_no` of the order's app (empty: not asked by a program).

    `amount_fen` goes back to the sources; `fee_back_fen` of it is ours (`fee_returned`: the terms of the day give it back), the rest the
    merchant's, `from_..._fen` of each of its accounts, set aside by `hold_ids` until it is done. `asker` is who asked: app_, cus_, dsp_ or
    staff:. `code` says why the channel refused, or why it was given up. `journal_id` moved it, on the business day `booked_on`;
    `hand_reference` is the bank's number of what was paid by hand. `payer` is the order's, `shard` the order's.

    One that a payee asked for, once a `payee_key`, has no merchant: the payee's own account pays it when it is done.
    """

    PREFIX: ClassVar[str] = "rfd"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    payee_key = models.UUIDField(null=True, blank=True)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    out_refund_no = models.CharField(max_length=64, default="", blank=True)
    reason = models.CharField(max_length=REASON_LENGTH, default="", blank=True)
    asked_by = models.CharField(max_length=8, choices=AskedBy.choices)
    asker = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    fee_back_fen = models.BigIntegerField(default=0)
    fee_returned = models.BooleanField()
    from_pending_fen = models.BigIntegerField(default=0)
    from_available_fen = models.BigIntegerField(default=0)
    from_reserve_fen = models.BigIntegerField(default=0)
    from_frozen_fen = models.BigIntegerField(default=0)
    hold_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    state = models.CharField(max_length=20, choices=RefundState.choices, default=RefundState.CREATED)
    code = models.CharField(max_length=64, default="", blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    booked_on = models.DateField(null=True, blank=True)
    hand_reference = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payments_refund_number", fields=["merchant", "app", "out_refund_no", "shard"], condition=~Q(out_refund_no="")
            ),
            models.UniqueConstraint(name="payments_refund_payee_key", fields=["payee_key", "shard"], condition=Q(payee_key__isnull=False)),
            models.CheckConstraint(
                name="payments_refund_payee",
                condition=Q(merchant__isnull=False, app__isnull=False, payee_key=None) & ~Q(asked_by=AskedBy.PAYEE)
                | Q(merchant=None, app=None, payee_key__isnull=False, asked_by=AskedBy.PAYEE, out_refund_no="", fee_back_fen=0),
            ),
            amount_check("payments_refund_amount"),
            shard_check("payments_refund_shard"),
            models.CheckConstraint(name="payments_refund_state", condition=Q(state__in=RefundState.values)),
            models.CheckConstraint(name="payments_refund_asked_by", condition=Q(asked_by__in=AskedBy.values) & ~Q(asker="")),
            models.CheckConstraint(
                name="payments_refund_fee",
                condition=Q(fee_back_fen__gte=0, fee_back_fen__lte=F("amount_fen")) & (Q(fee_back_fen=0) | Q(fee_returned=True)),
            ),
            models.CheckConstraint(
                name="payments_refund_from",
                condition=Q(from_pending_fen__gte=0, from_available_fen__gte=0, from_reserve_fen__gte=0, from_frozen_fen__gte=0)
                & (
                    Q(
                        amount_fen=F("fee_back_fen")
                        + F("from_pending_fen")
                        + F("from_available_fen")
                        + F("from_reserve_fen")
                        + F("from_frozen_fen")
                    )
                    | Q(merchant=None, from_pending_fen=0, from_available_fen=0, from_reserve_fen=0, from_frozen_fen=0)
                ),
            ),
            models.CheckConstraint(
                name="payments_refund_booked",
                condition=Q(state__in=DONE, journal_id__isnull=False, booked_on__isnull=False)
                | (~Q(state__in=DONE) & Q(journal_id=None, booked_on=None)),
            ),
            models.CheckConstraint(
                name="payments_refund_over",
                condition=Q(state__in=OPEN, settled_at=None) | (~Q(state__in=OPEN) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="payments_refund_code", condition=~Q(state__in=["failed", "to_manual"]) | ~Q(code="")),
            models.CheckConstraint(
                name="payments_refund_by_hand",
                condition=(Q(state="succeeded_by_hand") & ~Q(hand_reference="")) | (~Q(state="succeeded_by_hand") & Q(hand_reference="")),
            ),
        ]
        indexes = [
            models.Index(name="payments_refund_order", fields=["order", "created_at"]),
            models.Index(name="payments_refund_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_refund_out_no", fields=["out_refund_no"], condition=~Q(out_refund_no="")),
            models.Index(name="payments_refund_payer", fields=["payer", "-created_at", "-id"]),
            models.Index(name="payments_refund_booked", fields=["merchant", "booked_on"], condition=Q(booked_on__isnull=False)),
            models.Index(name="payments_refund_waiting", fields=["shard", "changed_at"], condition=Q(state="created")),
            models.Index(name="payments_refund_open", fields=["merchant", "state", "changed_at"], condition=Q(state__in=OPEN)),
        ]
        triggers = [StateGuard("payments_refund_moves", REFUND_MOVES, born=["created"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def status(self) -> str:
        """What its merchant and its payer read."""
        return TOLD[RefundState(self.state)]

    @property
    def failed_code(self) -> str:
        """Why it failed, for its merchant; what only operators see to is not told."""
        return self.code if self.state == RefundState.FAILED else ""

    @property
    def net_fen(self) -> int:
        """What the merchant pays of it."""
        return self.amount_fen - self.fee_back_fen

    @property
    def taken(self) -> dict[str, int]:
        """Role of the merchant's account to what it pays; those that pay nothing are left out."""
        return {role: getattr(self, column) for role, column in FROM.items() if getattr(self, column)}

    @property
    def order_public_id(self) -> str:
        return public_id("ord", self.order_id)

    @property
    def merchant_public_id(self) -> str | None:
        return None if self.merchant_id is None else public_id("mch", self.merchant_id)

    def __str__(self) -> str:
        return self.public_id


class RefundPart(models.Model):
    """What a refund takes back of one leg. `request_id`: the channel's request that gives an external leg's part back; null until it is
    placed, and where the bank has taken the money already (`asked` is false)."""

    PREFIX: ClassVar[str] = "rfp"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+", db_index=False)
    leg = models.ForeignKey("payments.FundingLeg", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    asked = models.BooleanField(default=False)
    request_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_refundpart_leg", fields=["refund", "leg", "shard"]),
            models.UniqueConstraint(name="payments_refundpart_one_asked", fields=["refund", "shard"], condition=Q(asked=True)),
            amount_check("payments_refundpart_amount"),
            shard_check("payments_refundpart_shard"),
            models.CheckConstraint(name="payments_refundpart_request", condition=Q(asked=True) | Q(request_id=None)),
        ]

    def __str__(self) -> str:
        return f"{uuid.UUID(str(self.refund_id))} {self.amount_fen}"
