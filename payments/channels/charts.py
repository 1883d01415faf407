"""The charts of breaks: found and closed by day, and how old the open ones are."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from core.desk.addresses import list_of
from core.desk.charting import CHARTS, Chart, Rank, Ranking, Series, Shape, Span, Tile, Unit, choice_words, shown
from core.desk.shown import age
from payments.channels import queries
from payments.channels.daily import ENDED, FOUND, SOURCE
from payments.channels.models import Break
from payments.channels.queries import OpenBreaks

PAGE = "payments.break"
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))


class BreakCharts:
    order = 30

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        waiting = queries.open_breaks(span.at, ages=AGES)
        number = sum(one.number for one in waiting)
        oldest = min((one.oldest_at for one in waiting), default=None)
        detail = _("oldest {age}").format(age=age(oldest, span.at)) if waiting else ""
        yield Tile(_("Open breaks"), shown(number, Unit.NUMBER), PAGE, detail, list_of(PAGE, state__exact="open"))
        yield by_day(span)
        yield by_age(waiting, span)


def by_day(span: Span) -> Chart:
    """Found beside closed; the kinds in the table."""
    book, words, days = span.book(SOURCE), choice_words(Break.Kind), span.days
    found, closed = book.numbers(FOUND, days), book.numbers(ENDED, days)
    said = _("Breaks found: {found}; closed: {closed}.").format(
        found=shown(sum(found), Unit.NUMBER), closed=shown(sum(closed), Unit.NUMBER)
    )
    kinds = [
        Series(title.format(kind=words.get(kind, kind)), book.numbers(figure, days, kind), drawn=False)
        for figure, title in ((FOUND, _("{kind}, found")), (ENDED, _("{kind}, closed")))
        for kind in book.keys(figure, days)
    ]
    series = [Series(_("Breaks found"), found), Series(_("Breaks closed"), closed), *kinds]
    return Chart("breaks", _("Breaks found and closed a day"), PAGE, said, series, Shape.GROUPED)


def by_age(waiting: list[OpenBreaks], span: Span) -> Ranking:
    words = choice_words(Break.Kind)
    rows = [
        Rank(
            words.get(one.kind, one.kind), one.number, (*(shown(number, Unit.NUMBER) for number in one.by_age), age(one.oldest_at, span.at))
        )
        for one in waiting
    ]
    header = (_("Kind"), _("Open breaks"), _("Up to a day"), _("1 to 3 days"), _("3 to 7 days"), _("Over 7 days"), _("Oldest"))
    said = _("No break is open.")
    if waiting:
        said = _("Open breaks: {number}; for over 7 days: {old}.").format(
            number=shown(sum(one.number for one in waiting), Unit.NUMBER), old=shown(sum(one.by_age[-1] for one in waiting), Unit.NUMBER)
        )
    return Ranking("open_breaks", _("Age of open breaks"), PAGE, said, header, rows)


CHARTS.plug("payments.channels", BreakCharts())
