"""The cashier's charts: what was paid, how attempts end by channel, and why they are refused."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from core.desk.addresses import list_of
from core.desk.charting import (
    CHARTS,
    Chart,
    Rank,
    Ranking,
    Series,
    Shape,
    Span,
    Tile,
    Unit,
    choice_words,
    compared,
    compared_shares,
    highest,
    in_chinese,
    share_bp,
    shown,
)
from core.errors import REGISTER
from core.tallies.queries import Book
from payments.cashier.daily import CODES, OWN, PAID, REFUSED, SOURCE, THROUGH, WAITING
from payments.channels import queries as channels
from payments.merchants.states import Scene

PAGE = "payments.paymentorder"
MOST_LINES, MOST_CODES = 5, 8


class CashierCharts:
    order = 10

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        book, names = span.book(SOURCE), {code: words.zh if in_chinese() else words.en for code, words in channels.names().items()}
        names[OWN] = _("No channel")
        yield from tiles(book, span)
        yield from volumes(book, span)
        yield rates(book, span, names)
        yield refusals(book, span, names)


def rate(book: Book, days: Iterable[date], channel: str | None = None) -> int | None:
    """The share of attempts that went through of those that ended, in basis points."""
    days = list(days)
    through = book.number(THROUGH, days, channel)
    return share_bp(through, through + book.number(REFUSED, days, channel))


def tiles(book: Book, span: Span) -> Iterable[Tile]:
    number, link = len(span.days), list_of(PAGE)
    fen, orders, share = book.fen(PAID, span.days), book.number(PAID, span.days), rate(book, span.days)
    yield Tile(_("Paid (yuan)"), shown(fen, Unit.YUAN), PAGE, compared(fen, book.fen(PAID, span.before), number), link)
    yield Tile(_("Orders paid"), shown(orders, Unit.NUMBER), PAGE, compared(orders, book.number(PAID, span.before), number), link)
    yield Tile(_("Success rate of attempts"), shown(share, Unit.SHARE), PAGE, compared_shares(share, rate(book, span.before), number), link)


def volumes(book: Book, span: Span) -> Iterable[Chart]:
    words, scenes = choice_words(Scene), book.keys(PAID, span.days)
    fen, orders = book.amounts(PAID, span.days), book.numbers(PAID, span.days)
    best, most = highest(fen, span.days)
    said = _("{yuan} yuan paid, orders: {orders}; the most on {day}: {most} yuan.").format(
        yuan=shown(sum(fen), Unit.YUAN), orders=shown(sum(orders), Unit.NUMBER), day=best, most=shown(most, Unit.YUAN)
    )
    by_scene = [Series(words.get(scene, scene), book.amounts(PAID, span.days, scene), Unit.YUAN) for scene in scenes]
    total = Series(_("All"), fen, Unit.YUAN, drawn=False)
    yield Chart(
        "paid", _("Paid a day, by scene (yuan)"), PAGE, said if any(orders) else _("No order was paid."), [*by_scene, total], leads=True
    )
    best, most = highest(orders, span.days)
    said = _("Orders paid: {orders}, {mean} yuan each on average; the most on {day}: {most}.").format(
        orders=shown(sum(orders), Unit.NUMBER),
        mean=shown(sum(fen) // (sum(orders) or 1), Unit.YUAN),
        day=best,
        most=shown(most, Unit.NUMBER),
    )
    by_scene = [Series(words.get(scene, scene), book.numbers(PAID, span.days, scene)) for scene in scenes]
    total = Series(_("All"), orders, drawn=False)
    yield Chart("orders", _("Orders paid a day, by scene"), PAGE, said if any(orders) else _("No order was paid."), [*by_scene, total])


def rates(book: Book, span: Span, names: dict[str, str]) -> Chart:
    """A line a channel, and one of all; the numbers behind it in the table."""
    keys = sorted({*book.keys(THROUGH, span.days), *book.keys(REFUSED, span.days)}, key=lambda key: (-ended(book, span.days, key), key))
    series = [Series(_("All"), [rate(book, [day]) for day in span.days], Unit.SHARE)] if len(keys) > 1 else []
    for place, key in enumerate(keys):
        values = [rate(book, [day], key) for day in span.days]
        series.append(Series(names.get(key, key), values, Unit.SHARE, drawn=place < MOST_LINES))
    for figure, title in ((THROUGH, _("Went through")), (REFUSED, _("Refused")), (WAITING, _("Under way"))):
        series.append(Series(title, book.numbers(figure, span.days), drawn=False))
    return Chart(
        "success", _("Success rate of attempts a day, by channel"), PAGE, said_of(book, span, keys, names), series, Shape.LINES, leads=True
    )


def ended(book: Book, days: Sequence[date], channel: str | None = None) -> int:
    return book.number(THROUGH, days, channel) + book.number(REFUSED, days, channel)


def said_of(book: Book, span: Span, keys: Sequence[str], names: dict[str, str]) -> str:
    number = ended(book, span.days)
    if not number:
        return _("No attempt to pay has ended.")
    share = shown(rate(book, span.days), Unit.SHARE)
    said = _("Attempts that ended: {number}; {share} of them went through.").format(number=shown(number, Unit.NUMBER), share=share)
    if len(keys) == 1 or not book.number(REFUSED, span.days):
        return said
    by_channel = {key: rate(book, span.days, key) or 0 for key in keys}
    worst = min(keys, key=lambda key: (by_channel[key], key))
    lowest = _("The lowest: {channel}, {share}.").format(channel=names.get(worst, worst), share=shown(by_channel[worst], Unit.SHARE))
    return f"{said} {lowest}"


def refusals(book: Book, span: Span, names: dict[str, str]) -> Ranking:
    """The codes attempts were refused with most often, in the words their payers read."""
    keys, refused = book.keys(CODES, span.days), book.number(REFUSED, span.days)
    pairs = [(channel, code) for channel, _space, code in (key.partition(" ") for key in keys[:MOST_CODES])]
    said = channels.explain_all(pairs, span.at, operation="pay")
    rows = []
    for channel, code in pairs:
        count = book.number(CODES, span.days, f"{channel} {code}")
        words = said.get((channel, code)) or own_words(code)
        told = "-" if words is None else (words.zh if in_chinese() else words.en)
        rows.append(Rank(code, count, (shown(share_bp(count, refused), Unit.SHARE), names.get(channel, channel), told)))
    header = (_("Result code"), _("Attempts"), _("Of all refusals"), _("Channel"), _("What the payer reads"))
    statement = _("No attempt was refused.")
    if rows:
        statement = _("Attempts refused: {number}, different codes: {codes}; {code} most often: {most}.").format(
            number=shown(refused, Unit.NUMBER), codes=len(keys), code=rows[0].label, most=shown(rows[0].value, Unit.NUMBER)
        )
    return Ranking("refusals", _("Why attempts were refused"), PAGE, statement, header, rows, words=2)


def own_words(code: str) -> channels.Words | None:
    """What a refusal of the platform's own says, where it says the same to everybody."""
    refusal = REGISTER.get(code)
    return channels.Words(refusal.en, refusal.zh) if refusal is not None and "{" not in refusal.en else None


CHARTS.plug("payments.cashier", CashierCharts())
