"""The charts of refunds: what went back, and how much of what was paid it is."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.desk.addresses import list_of
from core.desk.charting import (
    CHARTS,
    Chart,
    Ranking,
    Series,
    Shape,
    Span,
    Tile,
    Unit,
    choice_words,
    compared_shares,
    highest,
    share_bp,
    shown,
)
from payments.cashier import daily as orders
from payments.refunds.daily import REFUNDED, SOURCE
from payments.refunds.states import AskedBy

PAGE = "payments.refund"


class RefundCharts:
    order = 20

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        book, paid = span.book(SOURCE), span.book(orders.SOURCE)
        days, fen = span.days, book.amounts(REFUNDED, span.days)
        ratios = [share_bp(back, came) for back, came in zip(fen, paid.amounts(orders.PAID, days), strict=True)]
        whole = share_bp(sum(fen), paid.fen(orders.PAID, days))
        before = share_bp(book.fen(REFUNDED, span.before), paid.fen(orders.PAID, span.before))
        detail = compared_shares(whole, before, len(days))
        yield Tile(_("Refunded of what was paid"), shown(whole, Unit.SHARE), PAGE, detail, list_of(PAGE))
        yield self.amounts(span, fen, ratios)
        said = _("{share} of what was paid went back.").format(share=shown(whole, Unit.SHARE)) if any(fen) else _("Nothing was refunded.")
        series = [
            Series(_("Refunded of what was paid"), ratios, Unit.SHARE),
            Series(_("Refunded (yuan)"), fen, Unit.YUAN, drawn=False),
            Series(_("Paid (yuan)"), paid.amounts(orders.PAID, days), Unit.YUAN, drawn=False),
        ]
        yield Chart("refund_ratio", _("Refunds beside payments of the same day"), PAGE, said, series, Shape.LINES)

    def amounts(self, span: Span, fen: list[int], ratios: list[int | None]) -> Chart:
        book, words, days = span.book(SOURCE), choice_words(AskedBy), span.days
        best, most = highest(fen, days)
        said = _("{yuan} yuan refunded, refunds: {number}; the most on {day}: {most} yuan.").format(
            yuan=shown(sum(fen), Unit.YUAN),
            number=shown(book.number(REFUNDED, days), Unit.NUMBER),
            day=best,
            most=shown(most, Unit.YUAN),
        )
        askers = [Series(words.get(key, key), book.amounts(REFUNDED, days, key), Unit.YUAN) for key in book.keys(REFUNDED, days)]
        behind = [
            Series(_("All"), fen, Unit.YUAN, drawn=False),
            Series(_("Refunds"), book.numbers(REFUNDED, days), drawn=False),
            Series(_("Refunded of what was paid"), ratios, Unit.SHARE, drawn=False),
        ]
        title = _("Refunded a day, by who asked (yuan)")
        return Chart("refunds", title, PAGE, said if any(fen) else _("Nothing was refunded."), [*askers, *behind])


CHARTS.plug("payments.refunds", RefundCharts())
