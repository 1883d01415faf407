"""Collects, the shares asked of each payer, and the dated terms they are made under."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import Moves, StateGuard

MOST_PEOPLE = 100
MOST_REMINDERS = 3


class CollectState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class CollectEnd(models.TextChoices):
    COMPLETE = "complete"
    ORGANISER = "organiser"
    EXPIRED = "expired"


class CollectShareState(models.TextChoices):
    ASKED = "asked"
    PAID = "paid"
    DECLINED = "declined"
    CLOSED = "closed"


COLLECT_MOVES = Moves(CollectState, {"open": {"closed"}})
COLLECT_SHARE_MOVES = Moves(CollectShareState, {"asked": {"paid", "declined", "closed"}})

WHAT_IS_ASKED_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.by_link, NEW.heads, NEW.each_fen, NEW.total_fen, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.by_link, OLD.heads, OLD.each_fen, OLD.total_fen, OLD.expires_at)
    OR NEW.paid_count < OLD.paid_count OR NEW.paid_fen < OLD.paid_fen THEN
    RAISE EXCEPTION 'what collect % asks stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_collect_stays';
END IF;
RETURN NEW;
"""
WHAT_IS_ASKED_OF_ONE_STAYS = """
IF (NEW.id, NEW.collect_id, NEW.payer_id, NEW.amount_fen) IS DISTINCT FROM (OLD.id, OLD.collect_id, OLD.payer_id, OLD.amount_fen) THEN
    RAISE EXCEPTION 'what share % asks stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_collectshare_stays';
END IF;
RETURN NEW;
"""


class Collect(models.Model):
    """What an organiser (`customer`) asks of `heads` people: of those named, or by link of as many as come first.

    `total_fen` is what all of them together are asked, `each_fen` what each is where it is the same for all (always by link). `own_fen`
    is the organiser's own part of the bill, asked of nobody. `paid_*` and `declined_count` follow the shares, under this row's lock.
    """

    currency = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    title = models.CharField(max_length=60)
    by_link = models.BooleanField()
    heads = models.SmallIntegerField()
    each_fen = models.BigIntegerField(null=True, blank=True)
    total_fen = models.BigIntegerField()
    own_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=CollectState.choices, default=CollectState.OPEN)
    end = models.CharField(max_length=12, choices=CollectEnd.choices, default="", blank=True)
    paid_count = models.SmallIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    declined_count = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("payments_collect_shard"),
            models.CheckConstraint(name="payments_collect_state", condition=Q(state__in=CollectState.values)),
            models.CheckConstraint(
                name="payments_collect_end", condition=Q(state="open", end="") | Q(state="closed", end__in=CollectEnd.values)
            ),
            models.CheckConstraint(name="payments_collect_heads", condition=Q(heads__gte=1, heads__lte=MOST_PEOPLE)),
            models.CheckConstraint(
                name="payments_collect_amounts",
                condition=Q(total_fen__gte=F("heads"), total_fen__lte=MAX_FEN, own_fen__gte=0)
                & (Q(each_fen=None, by_link=False) | Q(each_fen__isnull=False, each_fen__gte=1, total_fen=F("each_fen") * F("heads"))),
            ),
            models.CheckConstraint(
                name="payments_collect_counts",
                condition=Q(paid_count__gte=0, declined_count__gte=0, paid_count__lte=F("heads") - F("declined_count"))
                & Q(paid_fen__gte=F("paid_count"), paid_fen__lte=F("total_fen")),
            ),
        ]
        indexes = [
            models.Index(name="payments_collect_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_collect_due", fields=["shard", "expires_at"], condition=Q(state="open")),
        ]
        triggers = [
            StateGuard("payments_collect_moves", COLLECT_MOVES, born=["open"]),
            pgtrigger.Trigger(name="payments_collect_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_IS_ASKED_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id("clt", self.id)

    def __str__(self) -> str:
        return self.public_id


class CollectShare(models.Model):
    """What one payer is asked. Its id is the id of the journal that paid it, so it cannot be paid twice. Shares of a collect by link
    are written as they are paid.

    `factors` is how many kinds of factor proved the payment; `reminded_on` the Shanghai day of the last of `reminders`.
    The payer may live on another shard, so no constraint of the database reaches there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    collect = models.ForeignKey(Collect, on_delete=models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=CollectShareState.choices, default=CollectShareState.ASKED)
    factors = models.SmallIntegerField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    reminders = models.SmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_collectshare_one_each", fields=["collect", "payer"]),
            models.CheckConstraint(name="payments_collectshare_state", condition=Q(state__in=CollectShareState.values)),
            models.CheckConstraint(name="payments_collectshare_amount", condition=Q(amount_fen__gte=1, amount_fen__lte=MAX_FEN)),
            models.CheckConstraint(
                name="payments_collectshare_paid",
                condition=Q(state="paid", paid_at__isnull=False, factors__isnull=False, factors__gte=0, factors__lte=2)
                | (~Q(state="paid") & Q(paid_at=None, factors=None)),
            ),
            models.CheckConstraint(
                name="payments_collectshare_reminders",
                condition=Q(reminders=0, reminded_on=None) | Q(reminders__gte=1, reminders__lte=MOST_REMINDERS, reminded_on__isnull=False),
            ),
        ]
        indexes = [models.Index(name="payments_collectshare_mine", fields=["payer", "-created_at", "-id"])]
        triggers = [
            StateGuard("payments_collectshare_moves", COLLECT_SHARE_MOVES, born=["asked"]),
            pgtrigger.Protect(name="payments_collectshare_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="payments_collectshare_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=WHAT_IS_ASKED_OF_ONE_STAYS,
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("cls", self.id)

    def __str__(self) -> str:
        return self.public_id


class CollectTerms(models.Model):
    """The rules from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    `people_most` bounds the payers of a collect, `reminders_most` how often each is chased, `per_day` the collects a customer makes in
    a Shanghai day; `life_days` is how long one stays open.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    people_most = models.SmallIntegerField()
    reminders_most = models.SmallIntegerField()
    per_day = models.SmallIntegerField()
    life_days = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "collect terms"
        constraints = [
            models.CheckConstraint(
                name="payments_collectterms_bounds",
                condition=Q(
                    people_most__gte=1,
                    people_most__lte=MOST_PEOPLE,
                    reminders_most__gte=0,
                    reminders_most__lte=MOST_REMINDERS,
                    per_day__gte=1,
                    life_days__gte=1,
                ),
            ),
        ]
        triggers = [InForceStays("payments_collectterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"collect terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> CollectTerms:
    """The rules at `at`."""
    terms = CollectTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms
