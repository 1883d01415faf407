"""How much of a limit is used up."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


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
