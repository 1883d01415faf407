"""Red packets, the shares they were cut into, and the dated terms they are made under."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import Moves, StateGuard

MOST_SHARES = 100


class Kind(models.TextChoices):
    FIXED = "fixed"
    LUCKY = "lucky"


class RedPacketState(models.TextChoices):
    OPEN = "open"
    FINISHED = "finished"
    RETURNING = "returning"
    RETURNED = "returned"


RED_PACKET_MOVES = Moves(RedPacketState, {"open": {"finished", "returning"}, "returning": {"returned"}})

SHARES_MAKE_THE_TOTAL = """
IF NOT EXISTS (
    SELECT FROM payments_redpacketshare WHERE packet_id = NEW.id
    HAVING count(*) = NEW.count AND sum(amount_fen) = NEW.total_fen AND min(position) = 1 AND max(position) = NEW.count
) THEN
    RAISE EXCEPTION 'the shares of red packet % do not make its total', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_redpacket_cut';
END IF;
RETURN NULL;
"""
TERMS_OF_THE_PACKET_STAY = """
IF (NEW.id, NEW.customer_id, NEW.payee_id, NEW.kind, NEW.count, NEW.total_fen, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.payee_id, OLD.kind, OLD.count, OLD.total_fen, OLD.expires_at)
    OR NEW.taken_count < OLD.taken_count OR NEW.taken_fen < OLD.taken_fen THEN
    RAISE EXCEPTION 'what red packet % promises stays', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_redpacket_stays';
END IF;
RETURN NEW;
"""
A_SHARE_IS_TAKEN_ONCE = """
IF OLD.taken_by_id IS NOT NULL OR (NEW.id, NEW.packet_id, NEW.position, NEW.amount_fen)
    IS DISTINCT FROM (OLD.id, OLD.packet_id, OLD.position, OLD.amount_fen) THEN
    RAISE EXCEPTION 'share % of red packet % stays', OLD.position, OLD.packet_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_redpacketshare_once';
END IF;
RETURN NEW;
"""


class RedPacket(models.Model):
    """Money of a sender (`customer`) in `count` shares. Its id is the id of the journal that took the money.

    With a `payee` it is for that customer alone; without one for whoever holds the link (`links.LINKS`). `taken_*` follow the shares
    taken, under the packet's row lock. `returning`: its time is over and what nobody took waits to be booked back; `back_journal_id`
    booked it. `factors` is how many kinds of factor proved it (0: small enough to need none).
    The payee may live on another shard, so no constraint of the database reaches there.
    """

    currency = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    payee = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False, db_constraint=False
    )
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    count = models.SmallIntegerField()
    total_fen = models.BigIntegerField()
    message = models.CharField(max_length=60, default="", blank=True)
    factors = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=RedPacketState.choices, default=RedPacketState.OPEN)
    taken_count = models.SmallIntegerField(default=0)
    taken_fen = models.BigIntegerField(default=0)
    back_journal_id = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("payments_redpacket_shard"),
            models.CheckConstraint(name="payments_redpacket_state", condition=Q(state__in=RedPacketState.values)),
            models.CheckConstraint(name="payments_redpacket_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="payments_redpacket_count", condition=Q(count__gte=1, count__lte=MOST_SHARES)),
            models.CheckConstraint(name="payments_redpacket_total", condition=Q(total_fen__gte=F("count"), total_fen__lte=MAX_FEN)),
            models.CheckConstraint(name="payments_redpacket_factors", condition=Q(factors__gte=0, factors__lte=2)),
            models.CheckConstraint(
                name="payments_redpacket_personal",
                condition=Q(payee=None) | (Q(count=1, kind="fixed") & ~Q(payee=F("customer"))),
            ),
            models.CheckConstraint(
                name="payments_redpacket_taken",
                condition=Q(taken_count=0, taken_fen=0)
                | Q(taken_count__gt=0, taken_count__lt=F("count"), taken_fen__gte=F("taken_count"), taken_fen__lt=F("total_fen"))
                | Q(taken_count=F("count"), taken_fen=F("total_fen")),
            ),
            models.CheckConstraint(
                name="payments_redpacket_booked",
                condition=Q(state__in=["open", "returning"], taken_count__lt=F("count"), back_journal_id=None)
                | Q(state="finished", taken_count=F("count"), back_journal_id=None)
                | Q(state="returned", taken_count__lt=F("count"), back_journal_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="payments_redpacket_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_redpacket_to_me", fields=["payee", "-created_at", "-id"], condition=Q(payee__isnull=False)),
            models.Index(name="payments_redpacket_due", fields=["shard", "expires_at"], condition=Q(state="open")),
            models.Index(name="payments_redpacket_back", fields=["shard", "changed_at"], condition=Q(state="returning")),
        ]
        triggers = [
            StateGuard("payments_redpacket_moves", RED_PACKET_MOVES, born=["open"]),
            pgtrigger.Protect(name="payments_redpacket_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="payments_redpacket_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=TERMS_OF_THE_PACKET_STAY
            ),
            pgtrigger.Trigger(
                name="payments_redpacket_cut",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=SHARES_MAKE_THE_TOTAL,
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("rpk", self.id)

    @property
    def personal(self) -> bool:
        return self.payee_id is not None

    @property
    def rest_fen(self) -> int:
        """What nobody has taken."""
        return self.total_fen - self.taken_fen

    @property
    def returned_fen(self) -> int:
        """What went back to the sender."""
        return self.rest_fen if self.state == RedPacketState.RETURNED else 0

    def __str__(self) -> str:
        return self.public_id


class RedPacketShare(models.Model):
    """One share, its amount fixed when the packet was made; shares are taken in the order of `position`, which chance gave them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    packet = models.ForeignKey(RedPacket, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    taken_by = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False, db_constraint=False
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_redpacketshare_place", fields=["packet", "position"]),
            models.UniqueConstraint(name="payments_redpacketshare_one_each", fields=["packet", "taken_by"]),
            models.CheckConstraint(name="payments_redpacketshare_position", condition=Q(position__gte=1, position__lte=MOST_SHARES)),
            models.CheckConstraint(name="payments_redpacketshare_amount", condition=Q(amount_fen__gte=1, amount_fen__lte=MAX_FEN)),
            models.CheckConstraint(
                name="payments_redpacketshare_taken",
                condition=Q(taken_by=None, taken_at=None, journal_id=None)
                | Q(taken_by__isnull=False, taken_at__isnull=False, journal_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="payments_redpacketshare_mine", fields=["taken_by", "-taken_at", "-id"], condition=Q(taken_by__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(name="payments_redpacketshare_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="payments_redpacketshare_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=A_SHARE_IS_TAKEN_ONCE
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("rps", self.id)

    def __str__(self) -> str:
        return self.public_id


class RedPacketTerms(models.Model):
    """The rules from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    `share_most_fen` bounds each share, `count_most` the shares of a packet, `per_day` the packets a customer sends in a Shanghai day;
    `life_hours` is how long one may be taken.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    share_most_fen = models.BigIntegerField()
    count_most = models.SmallIntegerField()
    life_hours = models.SmallIntegerField()
    per_day = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "red packet terms"
        constraints = [
            models.CheckConstraint(
                name="payments_redpacketterms_bounds",
                condition=Q(
                    share_most_fen__gte=1, share_most_fen__lte=MAX_FEN // MOST_SHARES, count_most__gte=1, count_most__lte=MOST_SHARES
                ),
            ),
            models.CheckConstraint(name="payments_redpacketterms_times", condition=Q(life_hours__gte=1, per_day__gte=1)),
        ]
        triggers = [InForceStays("payments_redpacketterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"red packet terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> RedPacketTerms:
    """The rules at `at`."""
    terms = RedPacketTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms
