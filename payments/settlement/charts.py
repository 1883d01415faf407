"""The charts of settlement: what was paid out to merchants by day, and the days that wait for approval."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.desk.addresses import list_of
from core.desk.charting import CHARTS, Chart, Rank, Ranking, Series, Span, Tile, Unit, choice_words, compared, highest, shown
from payments.settlement import queries
from payments.settlement.daily import SENT, SOURCE
from payments.settlement.states import PayoutState, SettlementState

PAYOUTS, SETTLEMENTS = "payments.merchantpayout", "payments.settlement"
DRAWN = (PayoutState.PAID, PayoutState.SENT, PayoutState.FAILED, PayoutState.RETURNED)
WRONG = (PayoutState.FAILED, PayoutState.RETURNED)
MOST_DAYS = 10


class SettlementCharts:
    order = 40

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        book, days = span.book(SOURCE), span.days
        paid = book.fen(SENT, days, PayoutState.PAID)
        before = book.fen(SENT, span.before, PayoutState.PAID)
        wrong = sum(book.number(SENT, days, state) for state in WRONG)
        came_back = queries.for_people().get(SettlementState.RETURNED, 0)
        yield Tile(_("Paid out to merchants (yuan)"), shown(paid, Unit.YUAN), PAYOUTS, compared(paid, before, len(days)), list_of(PAYOUTS))
        yield Tile(
            _("Payouts failed or returned"),
            shown(wrong, Unit.NUMBER),
            SETTLEMENTS,
            _("Settlements to be paid again: {number}").format(number=shown(came_back, Unit.NUMBER)),
            list_of(SETTLEMENTS, state=SettlementState.RETURNED.value),
        )
        yield by_day(span, wrong)
        yield to_approve()


def by_day(span: Span, wrong: int) -> Chart:
    """By the day a payout was sent on, and by what became of it."""
    book, words, days = span.book(SOURCE), choice_words(PayoutState), span.days
    paid = book.amounts(SENT, days, PayoutState.PAID)
    best, most = highest(paid, days)
    said = _("{yuan} yuan paid out, net of fees and refunds; the most on {day}: {most} yuan. Failed or returned: {wrong}.").format(
        yuan=shown(sum(paid), Unit.YUAN), day=best, most=shown(most, Unit.YUAN), wrong=shown(wrong, Unit.NUMBER)
    )
    states = [state for state in DRAWN if state in book.keys(SENT, days)]
    series = [Series(words[state], book.amounts(SENT, days, state), Unit.YUAN) for state in states]
    counts = [Series(_("{state}, payouts").format(state=words[state]), book.numbers(SENT, days, state), drawn=False) for state in states]
    title = _("Payouts to merchants by the day they were sent (yuan)")
    return Chart("payouts", title, PAYOUTS, said if states else _("Nothing was paid out."), [*series, *counts])


def to_approve() -> Ranking:
    """The oldest days first."""
    waiting = queries.to_approve()
    rows = [Rank(one.business_on.isoformat(), one.number, (shown(one.payout_fen, Unit.YUAN),)) for one in waiting[:MOST_DAYS]]
    said = _("No settlement waits for approval.")
    if waiting:
        said = _("Days that wait for approval: {days}; settlements: {number}, {yuan} yuan to pay out.").format(
            days=len(waiting),
            number=shown(sum(one.number for one in waiting), Unit.NUMBER),
            yuan=shown(sum(one.payout_fen for one in waiting), Unit.YUAN),
        )
    header = (_("Business day"), _("Settlements"), _("To pay out (yuan)"))
    return Ranking("to_approve", _("Settlements that wait for approval"), SETTLEMENTS, said, header, rows)


CHARTS.plug("payments.settlement", SettlementCharts())
