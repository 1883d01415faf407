"""How much of a limit is used up, and the caps that operators change."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dated import InForceStays
from core.ids import new_id
from core.limits.sockets import CAPS, choices

LARGEST = 1_000_000_000


class LimitCounter(models.Model):
    """What `owner` has used of `counter` in `period` ("2026-11-22", "2026", "life"), in the counter's own unit (fen, times)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    counter = models.CharField(max_length=80)
    owner = models.UUIDField()
    period = models.CharField(max_length=16)
    used = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_limitcounter_once", fields=["shard", "owner", "counter", "period"]),
            models.CheckConstraint(name="core_limitcounter_used", condition=Q(used__gte=0)),
            models.CheckConstraint(name="core_limitcounter_shard", condition=Q(shard__gte=0, shard__lt=64)),
        ]
        indexes = [models.Index(name="core_limitcounter_day", fields=["period"], condition=Q(period__regex="^[0-9]{4}-[0-9]{2}-[0-9]{2}"))]

    def __str__(self) -> str:
        return f"{self.counter} {self.period}"


class Cap(models.Model):
    """What a cap of the register is from a day on (Asia/Shanghai): the row with the latest `starts_on` not in the future is in force.

    `value` in the unit of its kind. The database holds every cap to LARGEST, the register each to a range of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, choices=choices)
    value = models.IntegerField()
    starts_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="core_cap_dated", fields=["name", "starts_on"]),
            models.CheckConstraint(name="core_cap_name", condition=Q(name__regex=r"^[a-z_]+\.[a-z_]+$")),
            models.CheckConstraint(name="core_cap_value", condition=Q(value__gte=0, value__lte=LARGEST)),
        ]
        triggers = [InForceStays("core_cap_stays", starts="starts_on")]

    def __str__(self) -> str:
        return f"{self.name} from {self.starts_on}"

    def clean(self) -> None:
        """Raises ValidationError for a value out of the range of its kind."""
        kind = CAPS.get(self.name)
        if kind is None or self.value is None or kind.least <= self.value <= kind.most:
            return
        told = _("Between %(least)s and %(most)s.")
        raise ValidationError({"value": ValidationError(told, code="range", params={"least": kind.least, "most": kind.most})})
