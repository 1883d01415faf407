"""One row for each day and each room that counts something of it."""

from django.db import models

from core.ids import new_id


class DayTally(models.Model):
    """What a room (`source`) counted of a Shanghai day: `lines` as [figure, key, number, fen]. Counted again, it is replaced: the tables
    counted are the truth, this is what was read of them at `counted_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    source = models.CharField(max_length=64)
    lines = models.JSONField(default=list)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="core_daytally_once", fields=["day", "source"])]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.source}"
