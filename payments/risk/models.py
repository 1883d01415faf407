"""Rules and terms of risk, what customers did lately, the decisions made, the reviews that people owe, and the lists."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.columns import shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import Moves, StateGuard
from payments.risk.rules import NEEDS, PARAMETERS, WHOLE_BP, Kind, Verdict, Window
from payments.risk.sockets import REVIEWED

KEY_BYTES = 32
LONGEST_HOURS = 720
HOUR_SLOTS, DAY_SLOTS, WEEK_SLOTS = 13, 25, 8


class ReviewState(models.TextChoices):
    OPEN = "open", "Waiting"
    RELEASED = "released"
    REFUSED = "refused"
    EXPIRED = "expired"


REVIEW_MOVES = Moves(ReviewState, {ReviewState.OPEN: {ReviewState.RELEASED, ReviewState.REFUSED, ReviewState.EXPIRED}})


def words(choices: type[Kind] | type[Verdict] | type[Window]) -> list[tuple[str, str]]:
    """The choices with their labels; a rule on an amount is told from a break in one."""
    own = {"amount": "Single amount"}
    return [(str(one), own.get(str(one), str(one).replace("_", " ").capitalize())) for one in choices]


def append_only(name: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def whole_parameters() -> Q:
    """A rule has the parameters of its kind and no others."""
    found = Q()
    for kind, needed in NEEDS.items():
        found |= Q(kind=str(kind), **{f"{name}__isnull": name not in needed for name in PARAMETERS})
    return found


class RiskRule(models.Model):
    """A rule from an instant on; a later row of the same `code` takes its place. What its parameters mean: payments/risk/rules.py.

    `factors`: how many kinds of factor answer a step_up. `note` is for operators: customers never learn a rule.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40)
    starts_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    kind = models.CharField(max_length=20, choices=words(Kind))
    scenes = ArrayField(models.CharField(max_length=16))
    verdict = models.CharField(max_length=8, choices=words(Verdict))
    factors = models.SmallIntegerField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    window = models.CharField(max_length=4, choices=words(Window), null=True, blank=True)
    most = models.IntegerField(null=True, blank=True)
    hours = models.SmallIntegerField(null=True, blank=True)
    from_hour = models.SmallIntegerField(null=True, blank=True)
    to_hour = models.SmallIntegerField(null=True, blank=True)
    share_bp = models.SmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_riskrule_dated", fields=["code", "starts_at"]),
            models.CheckConstraint(name="payments_riskrule_kind", condition=Q(kind__in=[str(one) for one in Kind])),
            models.CheckConstraint(name="payments_riskrule_verdict", condition=Q(verdict__in=[str(one) for one in Verdict])),
            models.CheckConstraint(name="payments_riskrule_parameters", condition=whole_parameters()),
            models.CheckConstraint(name="payments_riskrule_window", condition=Q(window=None) | Q(window__in=[str(one) for one in Window])),
            models.CheckConstraint(
                name="payments_riskrule_factors",
                condition=Q(verdict="step_up", factors__gte=1, factors__lte=2) | (~Q(verdict="step_up") & Q(factors=None)),
            ),
            models.CheckConstraint(name="payments_riskrule_scenes", condition=Q(scenes__len__gt=0)),
            models.CheckConstraint(
                name="payments_riskrule_range",
                condition=(Q(amount_fen=None) | Q(amount_fen__gte=0))
                & (Q(most=None) | Q(most__gte=0))
                & (Q(hours=None) | Q(hours__gt=0, hours__lte=LONGEST_HOURS))
                & (Q(from_hour=None) | Q(from_hour__gte=0, from_hour__lte=23))
                & (Q(to_hour=None) | Q(to_hour__gte=0, to_hour__lte=24))
                & (Q(share_bp=None) | Q(share_bp__gt=0, share_bp__lt=WHOLE_BP)),
            ),
        ]
        triggers = [InForceStays("payments_riskrule_stays", starts="starts_at")]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """What the database would refuse less clearly; and scenes, which are the rooms that ask: another name would never hit."""
        unknown = sorted(set(self.scenes or ()) - set(REVIEWED.plugs))
        if unknown:
            raise ValidationError(_("Nobody asks for these scenes: %(names)s.") % {"names": ", ".join(unknown)})
        needed = NEEDS.get(Kind(self.kind), frozenset()) if self.kind in list(Kind) else frozenset(PARAMETERS)
        given = {name for name in PARAMETERS if getattr(self, name) not in (None, "")}
        if given != needed:
            raise ValidationError(_("This kind takes exactly these: %(names)s.") % {"names": ", ".join(sorted(needed))})
        if (self.verdict == Verdict.STEP_UP) != (self.factors is not None):
            raise ValidationError(_("Factors are given for a step-up, and for nothing else."))


class RiskTerms(models.Model):
    """How reviews are done from an instant on: over `two_people_fen` a release needs a second person; one that nobody decided within
    `review_hours` is given back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    two_people_fen = models.BigIntegerField()
    review_hours = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "risk terms"
        constraints = [
            models.CheckConstraint(
                name="payments_riskterms_range",
                condition=Q(two_people_fen__gte=0, review_hours__gt=0, review_hours__lte=144),
            )
        ]
        triggers = [InForceStays("payments_riskterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"risk terms from {self.starts_at:%Y-%m-%d %H:%M}"


def ring(size: int) -> "ArrayField[Any, Any]":
    return ArrayField(models.BigIntegerField(), size=size)


class RiskTally(models.Model):
    """A customer's acts of one scene in rolling windows: rings of slots (5 minutes, hours, days), the newest last, as of `last_at`.

    Written by `payments_risk_count` alone, which locks all of a customer's rows: acts at once are counted one after the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    scene = models.CharField(max_length=16)
    hour_counts = ring(HOUR_SLOTS)
    hour_sums = ring(HOUR_SLOTS)
    day_counts = ring(DAY_SLOTS)
    day_sums = ring(DAY_SLOTS)
    week_counts = ring(WEEK_SLOTS)
    week_sums = ring(WEEK_SLOTS)
    near_counts = ring(DAY_SLOTS)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_risktally_once", fields=["customer", "scene"]),
            models.CheckConstraint(
                name="payments_risktally_rings",
                condition=Q(hour_counts__len=HOUR_SLOTS, hour_sums__len=HOUR_SLOTS)
                & Q(day_counts__len=DAY_SLOTS, day_sums__len=DAY_SLOTS, near_counts__len=DAY_SLOTS)
                & Q(week_counts__len=WEEK_SLOTS, week_sums__len=WEEK_SLOTS),
            ),
        ]


class RiskPayee(models.Model):
    """Whom a customer has paid (a customer, a card, a merchant), since when, and how much within the first 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    payee = models.UUIDField()
    first_at = models.DateTimeField()
    total_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_riskpayee_once", fields=["customer", "payee"]),
            models.CheckConstraint(name="payments_riskpayee_total", condition=Q(total_fen__gt=0)),
        ]


class RiskDecision(models.Model):
    """What was decided about an act, with the facts it was made from and the rules and list entries that hit. Never changed.

    `business_id` is the row decided about; None for an act that was refused or asked for more proof, since it has none.
    """

    PREFIX = "rsk"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    business = models.CharField(max_length=16)
    business_id = models.UUIDField(null=True, blank=True)
    payee = models.UUIDField(null=True, blank=True)
    amount_fen = models.BigIntegerField()
    verdict = models.CharField(max_length=8, choices=words(Verdict))
    hits = models.JSONField()
    inputs = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_riskdecision_verdict", condition=Q(verdict__in=[str(one) for one in Verdict])),
            models.CheckConstraint(
                name="payments_riskdecision_done",
                condition=Q(verdict__in=["allow", "review"], business_id__isnull=False)
                | Q(verdict__in=["step_up", "refuse"], business_id=None),
            ),
            models.CheckConstraint(name="payments_riskdecision_amount", condition=Q(amount_fen__gt=0)),
        ]
        indexes = [
            models.Index(name="payments_riskdecision_mine", fields=["customer", "-id"]),
            models.Index(name="payments_riskdecision_verdict", fields=["verdict", "-id"]),
            models.Index(name="payments_riskdecision_stopped", fields=["created_at"], condition=Q(verdict="refuse")),
        ]
        triggers = [append_only("payments_riskdecision_stays")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class RiskReview(models.Model):
    """An act that waits for a person; `owner` is who looks at it. One nobody decides by `expires_at` is given back."""

    PREFIX = "rvw"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    decision = models.ForeignKey(RiskDecision, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    business = models.CharField(max_length=16)
    business_id = models.UUIDField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    decided_by = models.CharField(max_length=160, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payments_riskreview_state", condition=Q(state__in=ReviewState.values)),
            models.CheckConstraint(
                name="payments_riskreview_decided", condition=Q(state="open", decided_by="") | (~Q(state="open") & ~Q(decided_by=""))
            ),
            shard_check("payments_riskreview_shard"),
            models.UniqueConstraint(name="payments_riskreview_once", fields=["customer", "business", "business_id"]),
        ]
        indexes = [
            models.Index(name="payments_riskreview_open", fields=["shard", "expires_at"], condition=Q(state="open")),
            models.Index(name="payments_riskreview_about", fields=["business_id"]),
        ]
        triggers = [StateGuard("payments_riskreview_moves", REVIEW_MOVES, born=["open"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class RiskListEntry(models.Model):
    """Somebody or something blocked (every act that names it is refused) or allowed (no step-up and no review), until a time or for good.

    `key` is what acts are compared with: the bytes of an id, or the keyed hash of an installation, a card number or a phone. `shown` is
    what people read: a public id, or a masked number.
    """

    PREFIX = "rle"

    class Effect(models.TextChoices):
        BLOCK = "block"
        ALLOW = "allow"

    class What(models.TextChoices):
        CUSTOMER = "customer"
        DEVICE = "device"
        CARD = "card"
        MERCHANT = "merchant"
        PHONE = "phone"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    effect = models.CharField(max_length=8, choices=Effect.choices)
    what = models.CharField(max_length=8, choices=What.choices)
    key = models.BinaryField(max_length=KEY_BYTES)
    shown = models.CharField(max_length=40)
    why = models.CharField(max_length=500)
    until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=160, default="", blank=True)

    class Meta:
        verbose_name_plural = "risk list entries"
        constraints = [
            models.UniqueConstraint(name="payments_risklist_once", fields=["key", "what", "effect"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="payments_risklist_effect", condition=Q(effect__in=["block", "allow"])),
            models.CheckConstraint(
                name="payments_risklist_what", condition=Q(what__in=["customer", "device", "card", "merchant", "phone"])
            ),
            models.CheckConstraint(name="payments_risklist_said", condition=~Q(why="") & ~Q(created_by="")),
            models.CheckConstraint(
                name="payments_risklist_ended", condition=Q(ended_at=None, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by=""))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="payments_risklist_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="payments_risklist_as_made",
                fields=["effect", "what", "key", "shown", "why", "until", "created_at", "created_by"],
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.shown
