"""Offers of fixed-term holdings, and the trades they came to."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.catalog.states import DayCountChoice
from wealth.transfer.states import OFFER_MOVES, OPEN, TRADE_MOVES, OfferState, TradeState

PREMIUM_BP = 10_000
"""A premium or discount is less than the whole."""
WHAT_IS_OFFERED_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.shard, NEW.product_id, NEW.holding_id, NEW.part_fen, NEW.premium_bp, NEW.maturity_fen, NEW.ends_at,
    NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.shard, OLD.product_id, OLD.holding_id, OLD.part_fen, OLD.premium_bp, OLD.maturity_fen,
    OLD.ends_at, OLD.created_at) THEN
    RAISE EXCEPTION 'what offer % says stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_transferoffer_stays';
END IF;
RETURN NEW;
"""
WHAT_WAS_AGREED_STAYS = """
IF (NEW.id, NEW.offer_id, NEW.buyer_id, NEW.shard, NEW.seller_id, NEW.part_fen, NEW.accrued_fen, NEW.premium_bp, NEW.price_fen, NEW.fee_fen,
    NEW.maturity_fen, NEW.days_left, NEW.yield_percent, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.offer_id, OLD.buyer_id, OLD.shard, OLD.seller_id, OLD.part_fen, OLD.accrued_fen, OLD.premium_bp,
    OLD.price_fen, OLD.fee_fen, OLD.maturity_fen, OLD.days_left, OLD.yield_percent, OLD.created_at) THEN
    RAISE EXCEPTION 'what trade % agreed stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_transfertrade_stays';
END IF;
RETURN NEW;
"""


class TransferOffer(models.Model):
    """`part_fen` of principal of a lot (`holding_id`), locked there, for the principal with `premium_bp` (a discount is negative) and the
    interest accrued by the day it is sold. `maturity_fen` is what its buyer gets at the end; rate, count and dates are the lot's own, for
    the order book. Open until `ends_at`. `trade_id`: who has it reserved, or bought it."""

    PREFIX: ClassVar[str] = "fxo"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    holding = models.ForeignKey("wealth.FixedHolding", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    part_fen = models.BigIntegerField()
    premium_bp = models.IntegerField()
    maturity_fen = models.BigIntegerField()
    rate_bp = models.IntegerField()
    day_count = models.CharField(max_length=8, choices=DayCountChoice.choices)
    compounding_months = models.SmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    matures_on = models.DateField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=OfferState.choices, default=OfferState.LISTED)
    trade_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_transferoffer_shard"),
            models.CheckConstraint(name="wealth_transferoffer_state", condition=Q(state__in=OfferState.values)),
            models.CheckConstraint(
                name="wealth_transferoffer_fen", condition=Q(part_fen__gt=0, part_fen__lte=MAX_FEN, maturity_fen__gte=F("part_fen"))
            ),
            models.CheckConstraint(name="wealth_transferoffer_premium", condition=Q(premium_bp__gt=-PREMIUM_BP, premium_bp__lt=PREMIUM_BP)),
            models.CheckConstraint(
                name="wealth_transferoffer_trade",
                condition=Q(state__in=["reserved", "sold"], trade_id__isnull=False)
                | Q(state__in=["listed", "withdrawn", "expired"], trade_id=None),
            ),
        ]
        indexes = [
            models.Index(name="wealth_transferoffer_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_transferoffer_book", fields=["product", "-created_at"], condition=Q(state="listed")),
            models.Index(name="wealth_transferoffer_due", fields=["shard", "ends_at"], condition=Q(state="listed")),
        ]
        triggers = [
            StateGuard("wealth_transferoffer_moves", OFFER_MOVES, born=["listed"]),
            pgtrigger.Protect(name="wealth_transferoffer_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="wealth_transferoffer_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_IS_OFFERED_STAYS
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def __str__(self) -> str:
        return self.public_id


class TransferTrade(models.Model):
    """One buyer's purchase of an offer at the price of the moment it was reserved: the principal with its premium, and `accrued_fen`.

    The seller gets the price less `fee_fen`; `yield_percent` is the buyer's, a year, simple, held to the end. Paid through the cashier
    (`cashier_order_id`); `counted` under the person cap of its product until it lapses; settled in the paying transaction: `journal_id`
    is T2, `bought_id` the buyer's new lot.
    """

    PREFIX: ClassVar[str] = "fxt"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(TransferOffer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    seller = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    part_fen = models.BigIntegerField()
    accrued_fen = models.BigIntegerField()
    premium_bp = models.IntegerField()
    price_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    maturity_fen = models.BigIntegerField()
    days_left = models.IntegerField()
    yield_percent = models.DecimalField(max_digits=9, decimal_places=3)
    state = models.CharField(max_length=12, choices=TradeState.choices, default=TradeState.RESERVED)
    code = models.CharField(max_length=64, default="", blank=True)
    counted = models.BooleanField(default=False, db_default=False)
    cashier_order_id = models.UUIDField(null=True, blank=True)
    pay_journal_id = models.UUIDField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    bought_id = models.UUIDField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_transfertrade_shard"),
            models.UniqueConstraint(name="wealth_transfertrade_cashier", fields=["cashier_order_id", "shard"]),
            models.CheckConstraint(name="wealth_transfertrade_state", condition=Q(state__in=TradeState.values)),
            models.CheckConstraint(name="wealth_transfertrade_two", condition=~Q(buyer=F("seller"))),
            models.CheckConstraint(
                name="wealth_transfertrade_price",
                condition=Q(part_fen__gt=0, accrued_fen__gte=0, price_fen__gt=0, price_fen__lte=F("maturity_fen"), days_left__gte=1)
                & Q(fee_fen__gte=0, fee_fen__lt=F("price_fen")),
            ),
            models.CheckConstraint(
                name="wealth_transfertrade_settled",
                condition=Q(
                    state="settled",
                    pay_journal_id__isnull=False,
                    journal_id__isnull=False,
                    bought_id__isnull=False,
                    settled_on__isnull=False,
                    cashier_order_id__isnull=False,
                )
                | (~Q(state="settled") & Q(pay_journal_id=None, journal_id=None, bought_id=None, settled_on=None)),
            ),
        ]
        indexes = [
            models.Index(name="wealth_transfertrade_mine", fields=["buyer", "-created_at", "-id"]),
            models.Index(name="wealth_transfertrade_sold", fields=["seller", "-created_at", "-id"]),
            models.Index(name="wealth_transfertrade_history", fields=["product", "-settled_on"], condition=Q(state="settled")),
        ]
        triggers = [
            StateGuard("wealth_transfertrade_moves", TRADE_MOVES, born=["reserved"]),
            pgtrigger.Protect(name="wealth_transfertrade_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="wealth_transfertrade_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_WAS_AGREED_STAYS
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id
