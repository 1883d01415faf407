"""Rules as dated rows: a row whose day has come was what customers got, so it stays; a change is a new row with a day to come."""

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.db.models import DateTimeField, Model

from core.clock.queries import local_day


class InForceStays(pgtrigger.Trigger):
    """The database's refusal (CheckViolation) to change or delete a row that is or was in force, or to date one back.

    `starts` is the column with the day (Asia/Shanghai) or the instant a row begins with. In a table's Meta::

        triggers = [InForceStays("payments_errorrule_stays", starts="effective_on")]
    """

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, name: str, *, starts: str) -> None:
        self.starts = starts
        super().__init__(name=name)

    def get_func(self, model: Any) -> str:
        exact = isinstance(model._meta.get_field(self.starts), DateTimeField)
        now = "core_now()" if exact else "(core_now() AT TIME ZONE 'Asia/Shanghai')::date"
        return f"""
            IF OLD.{self.starts} <= {now} THEN
                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.{self.starts}
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF NEW.{self.starts} <= {now} THEN
                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.{self.starts}
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """


def starts_of(model: type[Model]) -> str | None:
    """The column a row begins with; None for a table whose rows are not dated."""
    guards = [trigger for trigger in getattr(model._meta, "triggers", ()) if isinstance(trigger, InForceStays)]
    return guards[0].starts if guards else None


def in_force(row: Model, at: datetime) -> bool:
    """Whether a row of a dated table begins at `at`, on its day, or before; never for other tables."""
    starts = starts_of(type(row))
    if starts is None:
        return False
    begins: date | datetime = getattr(row, starts)
    return begins <= at if isinstance(begins, datetime) else begins <= local_day(at)
