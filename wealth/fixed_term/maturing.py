"""The end of lots, by the end of day: of one part of the customers at a time, in a number of statements that does not grow with lots but
for their chunks.

The end of `day` pays what matures by the day after, which is open by then. A lot with a part set aside waits for that part; on a day
without trading all wait. Interest stands on the lots, by the formula of the rules; nothing is worked out here.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.ledger import services as ledger
from accounts.ledger.batch import post_all
from accounts.ledger.legs import Draft
from core.arrays import array, id_array, text_array
from core.business_day import queries as business_days
from core.ids import new_id
from core.moves import advance_all
from core.outbox import services as outbox
from wealth.catalog import queries as catalog
from wealth.current import income
from wealth.fixed_term import journals, terms
from wealth.fixed_term.ahead import facts_of
from wealth.fixed_term.models import WIDTH, FixedHolding, FixedMove, FixedRun
from wealth.fixed_term.rolling import End, end_of
from wealth.fixed_term.states import LOT_MOVES, LotMove, LotState

DAY = timedelta(days=1)
CHUNK = 1000
MATURED, ROLLED = "wealth.matured", "wealth.rolled"
FINISH = """
UPDATE wealth_fixedholding l SET state = e.state, closed_on = %(on)s, principal_fen = 0, interest_fen = 0,
    earned_fen = l.earned_fen + l.interest_fen, paid_fen = e.paid_fen, pay_journal_id = e.journal_id,
    due_at = CASE WHEN e.journal_id IS NULL THEN l.due_at ELSE %(at)s END, code = e.code, changed_at = %(at)s
FROM unnest(%(ids)s::uuid[], %(states)s::varchar[], %(paid)s::bigint[], %(journals)s::uuid[], %(codes)s::varchar[])
    AS e (id, state, paid_fen, journal_id, code)
WHERE l.id = e.id AND l.state = 'maturing'
"""


def busy(*, day: date, parts: Collection[int]) -> set[int]:
    """The parts with a lot whose day has come by the morning after `day`."""
    low, high = min(parts) * WIDTH, (max(parts) + 1) * WIDTH
    due = FixedHolding.objects.filter(shard__gte=low, shard__lt=high, matures_on__lte=day + DAY)
    found = due.filter(state__in=(LotState.HELD, LotState.MATURING)).order_by().values_list("shard", flat=True).distinct()
    return {shard // WIDTH for shard in found} & set(parts)


@transaction.atomic(savepoint=False)
def mature(*, day: date, part: int, at: datetime) -> int:
    """Settle every lot of a part of the customers that matures by the morning after `day`. Returns how many moved; done before: none."""
    on, low = day + DAY, part * WIDTH
    mine = FixedHolding.objects.filter(shard__gte=low, shard__lt=low + WIDTH, matures_on__lte=on)
    moved = advance_all(mine.filter(state=LotState.HELD), LotState.MATURING, moves=LOT_MOVES, at=at)
    waiting = mine.filter(state=LotState.MATURING, frozen_fen=0).order_by("product_id", "id")
    lots = with_terms(list(waiting.select_for_update(no_key=True)))
    open_on = {exchange: trades(exchange, on) for exchange in {lot.version.exchange for lot in lots}}
    due, paid_on = [lot for lot in lots if open_on[lot.version.exchange]], cache(terms.paid_on)
    for product_id, its in groupby(due, key=lambda lot: lot.product_id):
        settle(product_id, [end_of(lot, on=on, at=at, paid_on=paid_on) for lot in its], day=day, part=part, at=at)
    return moved + len(due)


def with_terms(lots: list[FixedHolding]) -> list[FixedHolding]:
    """The lots, those of one product sharing one object of it, and of its versions: many lots are of few products."""
    products = catalog.products({lot.product_id for lot in lots})
    versions = catalog.versions({lot.version_id for lot in lots})
    for lot in lots:
        lot.product, lot.version = products[lot.product_id], versions[lot.version_id]
    return lots


def trades(exchange: str, day: date) -> bool:
    return business_days.trading_days_from(day, 1, exchange=exchange) == [day]


def settle(product_id: UUID, ends: Sequence[End], *, day: date, part: int, at: datetime) -> None:
    """The ends of one product's lots, with their control entries first."""
    run = run_of(product_id, ends, day, part, at)
    entries = control(run)
    for draft in entries:
        ledger.post(journal_id=draft.journal_id, event=draft.event, legs=draft.legs, reference=draft.reference, at=at)
    run.save(force_insert=True)
    booked_on = business_days.current()
    for first in range(0, len(ends), CHUNK):
        write(ends[first : first + CHUNK], run, booked_on, at)
    earners = list(dict.fromkeys(end.lot.customer_id for end in ends if end.interest_fen or end.rolled_interest_fen))
    if earners:
        income.tell_first(product_id, day, earners, at)


def run_of(product_id: UUID, ends: Sequence[End], day: date, part: int, at: datetime) -> FixedRun:
    rolled_fen = sum(end.rolled_interest_fen for end in ends)
    paid = any(end.paid_fen for end in ends)
    return FixedRun(
        product_id=product_id,
        day=day,
        part=part,
        matured=sum(end.next_lot is None for end in ends),
        rolled=sum(end.next_lot is not None for end in ends),
        principal_fen=sum(end.principal_fen for end in ends),
        interest_fen=sum(end.interest_fen for end in ends),
        rolled_interest_fen=rolled_fen,
        pay_journal_id=new_id() if paid else None,
        roll_journal_id=new_id() if rolled_fen else None,
        created_at=at,
    )


def control(run: FixedRun) -> list[Draft]:
    """W10 and W11 of a run."""
    drafts = []
    if run.pay_journal_id is not None:
        legs = journals.matured(product_id=run.product_id, principal_fen=run.principal_fen, interest_fen=run.interest_fen)
        drafts.append(Draft(journal_id=run.pay_journal_id, event=journals.MATURED, legs=legs, reference=run.public_id))
    if run.roll_journal_id is not None:
        legs = journals.rolled(product_id=run.product_id, interest_fen=run.rolled_interest_fen)
        drafts.append(Draft(journal_id=run.roll_journal_id, event=journals.ROLLED, legs=legs, reference=run.public_id))
    return drafts


def write(ends: Sequence[End], run: FixedRun, on: date, at: datetime) -> None:
    """Lots, their moves, the payouts and the news."""
    news = [
        outbox.announced(topic=topic, owner=end.lot.customer_id, payload=facts, at=at, key=end.lot.public_id)
        for end in ends
        for topic, facts in [told(end)]
    ]
    moves = [move for end in ends for move in moves_of(end, run, on, at)]
    for end in ends:
        if end.paid_fen:
            end.lot.pay_journal_id = new_id()
    payouts = [payout(end) for end in ends if end.paid_fen]
    finish(ends, on, at)
    FixedHolding.objects.bulk_create([end.next_lot for end in ends if end.next_lot is not None])
    FixedMove.objects.bulk_create(moves)
    outbox.publish_all(news)
    post_all(payouts, at=at)


def finish(ends: Sequence[End], on: date, at: datetime) -> None:
    """The lots as their ends say: one statement, which none of them has left `maturing` before."""
    values: dict[str, Any] = {
        "on": on,
        "at": at,
        "ids": id_array(end.lot.pk for end in ends),
        "states": text_array((LotState.MATURED if end.next_lot is None else LotState.ROLLED).value for end in ends),
        "paid": array(end.paid_fen for end in ends),
        "journals": array(end.lot.pay_journal_id for end in ends),
        "codes": text_array(end.code for end in ends),
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISH, values)
        assert cursor.rowcount == len(ends), "somebody else moved a locked lot"


def payout(end: End) -> Draft:
    """W5."""
    lot = end.lot
    assert lot.pay_journal_id is not None
    legs = journals.paid(product_id=lot.product_id, customer_id=lot.customer_id, amount_fen=end.paid_fen)
    return Draft(journal_id=lot.pay_journal_id, event=journals.MATURITY_PAID, legs=legs, reference=lot.public_id)


def moves_of(end: End, run: FixedRun, on: date, at: datetime) -> list[FixedMove]:
    """What left the lot, and what is in the next one."""
    lot, next_lot = end.lot, end.next_lot
    facts = {"customer_id": lot.customer_id, "shard": lot.shard, "product_id": lot.product_id, "day": on, "created_at": at}
    journal_id = run.pay_journal_id if end.paid_fen else run.roll_journal_id
    left = FixedMove(
        holding=lot,
        kind=LotMove.MATURE if next_lot is None else LotMove.ROLL_OUT,
        principal_fen=-lot.principal_fen,
        interest_fen=lot.interest_fen,
        cash_fen=-end.paid_fen,
        journal_id=journal_id,
        **facts,
    )
    if next_lot is None:
        return [left]
    came = FixedMove(holding=next_lot, kind=LotMove.ROLL_IN, principal_fen=next_lot.principal_fen, journal_id=run.roll_journal_id, **facts)
    return [left, came]


def told(end: End) -> tuple[str, outbox.Payload]:
    """The topic and facts; before the lot is written: its principal and interest are what ended."""
    facts: outbox.Payload = {**facts_of(end.lot), "paid_fen": end.paid_fen}
    if end.next_lot is None:
        return MATURED, facts | {"code": end.code}
    return ROLLED, facts | {"rolled_fen": end.next_lot.principal_fen, "next": end.next_lot.public_id}
