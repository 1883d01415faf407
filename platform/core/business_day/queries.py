"""Which business day is open."""

from datetime import date

from core.business_day.models import BusinessDay
from core.errors import DomainError


class NoOpenDay(DomainError):
    code = "no_open_day"
    status = 503
    en = "No business day is open. An operator must open the first one: manage.py end_of_day --open."
    zh = "当前没有打开的营业日,请由运维执行 manage.py end_of_day --open。"


def current() -> date:
    """The open business day. Raises NoOpenDay."""
    day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).values_list("day", flat=True).first()
    if day is None:
        raise NoOpenDay()
    return day


def awaiting_close() -> list[date]:
    """Days that are cut off and not closed, oldest first."""
    return list(BusinessDay.objects.filter(state=BusinessDay.State.CUT_OFF).order_by("day").values_list("day", flat=True))
