"""Business days, trading days and the progress of the end of day, as rows."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.ids import new_id
from core.moves import Moves, StateGuard


class DayState(models.TextChoices):
    OPEN = "open"
    CUT_OFF = "cut_off"
    CLOSED = "closed"


DAY_MOVES = Moves(DayState, {DayState.OPEN: {DayState.CUT_OFF}, DayState.CUT_OFF: {DayState.CLOSED}})


class BusinessDay(models.Model):
    """One Shanghai business day: open (takes postings), cut off (its end of day runs, the next day is open), closed."""

    State = DayState

    day = models.DateField(primary_key=True)
    state = models.CharField(max_length=8, choices=DayState.choices, default=DayState.OPEN)
    opened_at = models.DateTimeField()
    cut_off_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="core_businessday_state", condition=Q(state__in=["open", "cut_off", "closed"])),
            models.CheckConstraint(
                name="core_businessday_stamps",
                condition=Q(state="open", cut_off_at=None, closed_at=None)
                | Q(state="cut_off", cut_off_at__isnull=False, closed_at=None)
                | Q(state="closed", cut_off_at__isnull=False, closed_at__isnull=False),
            ),
            models.UniqueConstraint(name="core_businessday_one_open", fields=["state"], condition=Q(state="open")),
        ]
        triggers = [StateGuard("core_businessday_moves", DAY_MOVES, born=[DayState.OPEN])]

    def __str__(self) -> str:
        return self.day.isoformat()


class TradingDay(models.Model):
    """Whether an exchange trades on a calendar day. Operators may edit a row, which the loader then leaves alone (source
    `operator`); nobody deletes one, since counting trading days must not meet a gap."""

    class Source(models.TextChoices):
        OFFICIAL = "official"
        PROVISIONAL = "provisional"
        OPERATOR = "operator"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    exchange = models.CharField(max_length=8, default="XSHG")
    day = models.DateField()
    is_open = models.BooleanField()
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.OPERATOR)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_tradingday_once", fields=["exchange", "day"]),
            models.CheckConstraint(name="core_tradingday_source", condition=Q(source__in=["official", "provisional", "operator"])),
        ]
        indexes = [models.Index(name="core_tradingday_open", fields=["exchange", "day"], condition=Q(is_open=True))]
        triggers = [pgtrigger.Protect(name="core_tradingday_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.exchange} {self.day.isoformat()} {'open' if self.is_open else 'closed'}"


class EodRun(models.Model):
    """One step of one day's end of day, planned with its number of shards when the day was first run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.ForeignKey(BusinessDay, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=80)
    place = models.IntegerField()
    shards = models.SmallIntegerField()
    planned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_eodrun_once", fields=["day", "step"]),
            models.CheckConstraint(name="core_eodrun_shards", condition=Q(shards__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.step}"


class ShardState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"


SHARD_MOVES = Moves(
    ShardState,
    {
        ShardState.WAITING: {ShardState.RUNNING},
        ShardState.RUNNING: {ShardState.RUNNING, ShardState.DONE, ShardState.FAILED},
        ShardState.FAILED: {ShardState.RUNNING},
    },
)


class EodShard(models.Model):
    """One shard of a step: `rows` is what it touched; RUNNING without a living runner is taken up by the next one."""

    State = ShardState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(EodRun, on_delete=models.PROTECT, related_name="parts")
    shard = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=ShardState.choices, default=ShardState.WAITING)
    rows = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_eodshard_once", fields=["run", "shard"]),
            models.CheckConstraint(name="core_eodshard_state", condition=Q(state__in=["waiting", "running", "failed", "done"])),
            models.CheckConstraint(name="core_eodshard_done", condition=~Q(state="done") | Q(finished_at__isnull=False)),
            models.CheckConstraint(name="core_eodshard_order", condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at"))),
        ]
        triggers = [StateGuard("core_eodshard_moves", SHARD_MOVES, born=[ShardState.WAITING])]

    def __str__(self) -> str:
        return f"{self.run} {self.shard}"
