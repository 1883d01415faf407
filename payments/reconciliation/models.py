"""A channel's day: its files as they came, their lines as judged, and the figures they end in."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import StateGuard
from payments.reconciliation.states import LINE_MOVES, RUN_MOVES, LineState, RunState

BETWEEN = ("arrived", "sent_on")
"""Kinds of lines of money between our own accounts: no order of anybody's. The other half is looked for (sent_on.py)."""


class ReconTerms(models.Model):
    """What a channel's statements are judged by, from a day on: the fee it takes of each payment (basis points, half a fen rounded up,
    and a fixed part in fen), what it gives back of a refund (basis points), how far a line's fee may be off (fen) and still be booked,
    for how many days a missing line may be carried, and for how many money between our own accounts may be on its way."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    fee_bp = models.IntegerField()
    fee_fixed_fen = models.IntegerField(default=0, db_default=0)
    fee_back_bp = models.IntegerField(default=0, db_default=0)
    fee_tolerance_fen = models.IntegerField()
    carry_days = models.SmallIntegerField(default=1)
    transit_days = models.SmallIntegerField(default=5, db_default=5)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "reconciliation terms"
        constraints = [
            models.UniqueConstraint(name="payments_reconterms_dated", fields=["channel", "effective_on"]),
            models.CheckConstraint(
                name="payments_reconterms_bounds",
                condition=Q(fee_bp__gte=0, fee_bp__lte=10_000, fee_tolerance_fen__gte=0, fee_tolerance_fen__lte=1000)
                & Q(fee_fixed_fen__gte=0, fee_fixed_fen__lte=10_000, fee_back_bp__gte=0, fee_back_bp__lte=F("fee_bp"))
                & Q(carry_days__gte=1, carry_days__lte=7),
            ),
            models.CheckConstraint(name="payments_reconterms_transit", condition=Q(transit_days__gte=1, transit_days__lte=31)),
        ]
        triggers = [InForceStays("payments_reconterms_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.effective_on}"


class ReconRun(models.Model):
    """The reconciliation of one day of one channel.

    `opening_fen`, `closing_fen`: the bank account as the channel states it; `books_fen`: the same account in our books at the end of
    that day, as known when it was concluded last; both positive for money of ours. `dated_on` is the effective day of its latest
    journal: the day itself, or a later one where the books were closed through it. `account_says`: whom the bank account bears out, by
    kind of orders, where the list and we disagree. `looks`: how often the channel was asked since the run came to its state, and `due_at`
    when it is asked again (empty: at once).
    """

    PREFIX = "rec"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.OPEN)
    why = models.CharField(max_length=80, default="", blank=True)
    opening_fen = models.BigIntegerField(null=True, blank=True)
    closing_fen = models.BigIntegerField(null=True, blank=True)
    books_fen = models.BigIntegerField(null=True, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    account_says = models.JSONField(default=dict, blank=True)
    looks = models.IntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_reconrun_day", fields=["channel", "day"]),
            models.CheckConstraint(name="payments_reconrun_state", condition=Q(state__in=RunState.values)),
            models.CheckConstraint(
                name="payments_reconrun_closed",
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
            ),
        ]
        indexes = [models.Index(name="payments_reconrun_open", fields=["channel", "day"], condition=~Q(state="closed"))]
        triggers = [StateGuard("payments_reconrun_moves", RUN_MOVES, born=["open"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day}"


class ReconFile(models.Model):
    """A statement as it came, compressed (zlib), with the digest of what was compressed. The same bytes are taken in once;
    days without an order may look alike."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ReconRun, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=16)
    format = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    lines = models.IntegerField()
    packed = models.BinaryField()
    summary = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_reconfile_kind", fields=["run", "kind"]),
            models.UniqueConstraint(name="payments_reconfile_bytes", fields=["sha256"], condition=Q(lines__gt=0)),
            models.CheckConstraint(name="payments_reconfile_digest", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class ReconLine(models.Model):
    """One order in a channel's statement. Amounts are positive, but for a fee that came back with a refund; `operation` is what was asked
    of the channel for it, `named` the request its number names (whether or not there is one), `request` the one it was matched with,
    `reference` what that one's journals are filed under. `journal_id` is set at birth. Money between our own accounts has no request;
    `other_half` is the line of the other account, and both have one reference."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ReconRun, on_delete=models.PROTECT, related_name="judged")
    channel = models.ForeignKey(
        "payments.Channel", to_field="code", db_column="channel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    line_no = models.IntegerField()
    booked_at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    operation = models.CharField(max_length=16)
    request_no = models.CharField(max_length=64, blank=True)
    named = models.UUIDField(null=True, blank=True)
    channel_no = models.CharField(max_length=64, blank=True)
    amount_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    currency = models.CharField(max_length=8)
    status = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=LineState.choices)
    reference = models.CharField(max_length=120, default="", blank=True)
    request = models.ForeignKey("payments.ChannelRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    variance_fen = models.IntegerField(default=0)
    disagreement = models.ForeignKey("payments.Break", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    journal_id = models.UUIDField()
    other_half = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_reconline_number", fields=["run", "line_no"]),
            models.CheckConstraint(
                name="payments_reconline_amount", condition=Q(amount_fen__gte=0) & (Q(fee_fen__gte=0) | Q(kind="refund"))
            ),
            models.CheckConstraint(
                name="payments_reconline_broken",
                condition=Q(state__in=["broken", "corrected"], disagreement__isnull=False) | Q(state__in=["matched", "booked"]),
            ),
            models.CheckConstraint(
                name="payments_reconline_matched",
                condition=Q(request__isnull=False) | Q(state__in=["broken", "corrected"]) | Q(kind__in=BETWEEN),
            ),
            models.CheckConstraint(name="payments_reconline_between", condition=~Q(kind__in=BETWEEN) | ~Q(reference="")),
            ExclusionConstraint(
                name="payments_reconline_half", expressions=[("other_half", RangeOperators.EQUAL)], condition=Q(other_half__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="payments_reconline_named", fields=["named", "channel", "kind"], condition=Q(named__isnull=False)),
            models.Index(
                name="payments_reconline_alone", fields=["kind", "amount_fen"], condition=Q(kind__in=BETWEEN, other_half__isnull=True)
            ),
            models.Index(name="payments_reconline_state", fields=["run", "state"], condition=~Q(state="booked")),
        ]
        triggers = [StateGuard("payments_reconline_moves", LINE_MOVES, born=["matched", "broken"])]

    def __str__(self) -> str:
        return f"{self.line_no} {self.kind} {self.request_no}"
