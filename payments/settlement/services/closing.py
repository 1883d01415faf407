"""Closing a business day for merchants: proved, summed, moved to what may be paid out. Set-based: some thousands of merchants a query."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.ledger import batch
from accounts.ledger import queries as ledger
from accounts.ledger.legs import Draft
from accounts.ledger.refusals import InsufficientFunds
from core.business_day import queries as business_days
from core.business_day.queries import add_trading_days
from core.clock.queries import start_of_day
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.production import refuse_in_production
from core.work import services as work
from payments.channels import telling
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.settlement import journals, queries
from payments.settlement.days import Line, Movement, Plan, Standing, Unproved, plan, proved, totals
from payments.settlement.facts import concerns, facts
from payments.settlement.models import Settlement, SettlementLine
from payments.settlement.states import SettlementState
from payments.splits import queries as splits
from payments.splits.services import orders as split_orders

UNPROVED = "settlement.unproved"
RULE = "rule"
AT_ONCE = 2000
TRIES = 8
OWN = (journals.CLOSED, journals.SENT, journals.BACK)
PLANNED = [*(one.name for one in fields(Plan)), "opening_fen", "kept_fen", "payout_fen", "reserve_left_fen", "reserve_until"]
SETTLED = (accounts.AVAILABLE, accounts.RESERVE, accounts.FROZEN)


class DaySettled(DomainError):
    code = "settlement_day_settled"
    en = "The business day {day} is settled already; what moves now is part of the next day's settlement."
    zh = "营业日 {day} 已结算,此后的资金变动计入下一营业日的结算。"


class DayEnding(DomainError):
    code = "settlement_day_ending"
    en = "The business day {day} is being closed. Ask again in a few minutes."
    zh = "营业日 {day} 正在日终处理中,请几分钟后重试。"


class NothingToSettle(DomainError):
    code = "settlement_nothing"
    en = "Nothing has moved today, so there is nothing to settle. Let an order be paid first."
    zh = "今日没有资金变动,无可结算内容,请先完成一笔支付。"


@dataclass
class Case:
    """One merchant's day while it is being closed, with the terms that apply to it."""

    row: Settlement
    terms: merchants.MerchantTerms
    rules: queries.SettlementTerms
    lines: list[Line] = field(default_factory=list)
    unproved: Unproved | None = None


@transaction.atomic
def close_shards(*, shards: Collection[int], business_on: date, at: datetime) -> int:
    """Close a day, cut off and folded, for the merchants of some shards; returns how many settlements it made.

    A merchant whose day cannot be proved or moved gets an open settlement and a work item, and holds up no other. Raises LedgerHalted,
    NoOpenDay, BeyondCalendar: then nothing is closed.
    """
    moved = movements(business_on, shards)
    wanted = set(moved) | queries.with_something_left(shards, business_on)
    fresh = sorted(wanted - queries.settled_on(business_on, shards)) if wanted else []
    parts = [fresh[start : start + AT_ONCE] for start in range(0, len(fresh), AT_ONCE)]
    return sum(close_merchants({key: moved.get(key, []) for key in part}, business_on=business_on, at=at) for part in parts)


@transaction.atomic
def close_again(*, settlement_id: uuid.UUID, by: str, at: datetime) -> Settlement:
    """Try once more to prove and move a day that stayed open; the settlement as it then stands, under a new id. Raises NotFound."""
    found = queries.locked(settlement_id)
    if found.state != SettlementState.OPEN:
        return found
    moved = movements_of(found.merchant_id, found.business_on)
    work.finish(kind=UNPROVED, target=found.public_id, by=by, at=at)
    SettlementLine.objects.filter(settlement_id=found.id).delete()
    Settlement.objects.filter(pk=found.pk).delete()
    close_merchants({found.merchant_id: moved}, business_on=found.business_on, at=at)
    closed = Settlement.objects.filter(merchant_id=found.merchant_id, business_on=found.business_on)
    closed.update(early=found.early)
    return closed.get()


@transaction.atomic
def close_now(*, merchant_id: uuid.UUID, at: datetime) -> Settlement:
    """Close the open day for one merchant before it is over: for the merchants' sandbox. The end of the day passes it over, and what moves
    until then is part of the next settlement (`movements`).

    Raises NotInProduction, DayEnding, DaySettled, NothingToSettle, LedgerHalted, NoOpenDay, BeyondCalendar.
    """
    refuse_in_production("closing a day early")
    business_on, shard = business_days.current(), shard_of(merchant_id)
    merchants.hold_back([merchant_id])
    ending = business_days.awaiting_close()
    if ending:
        raise DayEnding(day=ending[0].isoformat())
    if merchant_id in queries.settled_on(business_on, [shard]):
        raise DaySettled(day=business_on.isoformat())
    moved = movements_of(merchant_id, business_on)
    if not moved:
        raise NothingToSettle()
    close_merchants({merchant_id: moved}, business_on=business_on, at=at)
    closed = Settlement.objects.filter(merchant_id=merchant_id, business_on=business_on)
    closed.update(early=True)
    return closed.get()


def lines_now(merchant_id: uuid.UUID) -> list[tuple[str, str, uuid.UUID | None]]:
    """Kind, reference and order of the lines that `close_now` would make now. Raises NoOpenDay."""
    moved = movements_of(merchant_id, business_days.current())
    known = facts({merchant_id: moved})
    found = [(one.reference, known.get((merchant_id, one.journal_id))) for one in moved]
    return [(fact.kind, reference, fact.order_id) for reference, fact in found if fact is not None]


def movements_of(merchant_id: uuid.UUID, business_on: date) -> list[Movement]:
    """`movements` of one merchant, reading no other's."""
    return movements(business_on, [shard_of(merchant_id)], only=merchant_id).get(merchant_id, [])


def movements(business_on: date, shards: Collection[int], *, only: uuid.UUID | None = None) -> dict[uuid.UUID, list[Movement]]:
    """What a day's settlements are made of, by merchant: what moved on that day, and what moved on an earlier one that was closed for the
    merchant before it was over, after that."""
    found = moved_on(business_on, shards, only)
    early: dict[date, list[Settlement]] = defaultdict(list)
    for row in queries.closed_early(shards, business_on, only):
        early[row.business_on].append(row)
    for day, rows in early.items():
        earlier, taken = moved_on(day, {row.shard for row in rows}, only), queries.journals_of([row.id for row in rows])
        for row in rows:
            rest = [one for one in earlier.get(row.merchant_id, []) if one.journal_id not in taken]
            if rest:
                found[row.merchant_id] = rest + found.get(row.merchant_id, [])
    return found


def moved_on(business_on: date, shards: Collection[int], only: uuid.UUID | None) -> dict[uuid.UUID, list[Movement]]:
    """What moved the merchants' pending accounts on a day (and their settled money, where a refund took from it), by merchant."""
    roles = [accounts.PENDING, *SETTLED]
    moves = ledger.day_moves(business_on=business_on, roles=roles, shards=sorted(shards), not_events=OWN, owner=only)
    by_journal: dict[tuple[uuid.UUID, uuid.UUID], list[ledger.DayMove]] = defaultdict(list)
    for move in moves:
        by_journal[move.owner, move.journal_id].append(move)
    found: dict[uuid.UUID, list[Movement]] = defaultdict(list)
    for (merchant_id, journal_id), parts in by_journal.items():
        first, pending = parts[0], sum(one.amount for one in parts if one.role == accounts.PENDING)
        if concerns(first.event, pending):
            settled = sum(one.amount for one in parts) - pending
            found[merchant_id].append(Movement(journal_id, first.event, first.reference, first.posted_at, pending, settled, business_on))
    return found


def close_merchants(moved: Mapping[uuid.UUID, Sequence[Movement]], *, business_on: date, at: datetime) -> int:
    """Close one day for those of these merchants who have no settlement of it yet; returns how many. One merchant's days are closed one
    after another, whoever closes them."""
    merchants.hold_back(moved)
    settled = queries.settled_among(business_on, moved)
    cases = cases_of({key: parts for key, parts in moved.items() if key not in settled}, business_on, at)
    take_in(cases, at)
    provable = [case for case in cases if case.unproved is None]
    fill(provable, business_on)
    Settlement.objects.bulk_create([case.row for case in cases], batch_size=AT_ONCE)
    SettlementLine.objects.bulk_create(
        [line_of(case.row, line) for case in provable for line in case.lines],
        batch_size=AT_ONCE,
    )
    refused = move(provable, business_on, at)
    mark([case for case in provable if case.row.id not in refused], business_on, at)
    for case in cases:
        if case.unproved is not None:
            ask_people(case.row, said(case.unproved), at)
        elif case.row.id in refused:
            ask_people(case.row, {"refused": refused[case.row.id]}, at)
    Settlement.objects.filter(pk__in=refused).update(code="refused")
    return len(cases)


def cases_of(moved: Mapping[uuid.UUID, Sequence[Movement]], business_on: date, at: datetime) -> list[Case]:
    """Each merchant's lines, proved one by one, and the totals they come to."""
    known = facts(moved)
    terms, rules = merchants.terms_of(moved, business_on), queries.terms_of(moved, business_on)
    due = {days: due_on(business_on, days) for days in {one.settlement_delay_days for one in terms.values()}}
    cases = []
    for merchant_id in sorted(moved):
        row = Settlement(
            id=new_id(),
            merchant_id=merchant_id,
            shard=shard_of(merchant_id),
            business_on=business_on,
            due_on=due[terms[merchant_id].settlement_delay_days],
            created_at=at,
            changed_at=at,
        )
        case = Case(row, terms[merchant_id], rules[merchant_id])
        try:
            case.lines = [proved(merchant_id, one, known.get((merchant_id, one.journal_id))) for one in moved[merchant_id]]
        except Unproved as difference:
            case.unproved, row.code = difference, difference.code
        else:
            take(row, asdict(totals(case.lines)))
        cases.append(case)
    return cases


def take_in(cases: Sequence[Case], at: datetime) -> None:
    """Orders of the day that are to be split stay in pending."""
    split_orders.take_in(
        order_ids=[key for case in cases for line in case.lines if line.fact.to_split and (key := line.fact.order_id)], at=at
    )


def due_on(business_on: date, days: int) -> date:
    """T+n in working days."""
    return add_trading_days(business_on, days) if days else business_on


def fill(cases: Sequence[Case], business_on: date) -> None:
    """What is moved, kept back, released and to be paid out. Locks the settlements that still want to pay out, so that no payout
    passes between what is claimed and what is there."""
    mine = [case.row.merchant_id for case in cases]
    claims, openings, reserves = queries.claims(mine), queries.openings(mine), queries.reserves_due(mine, business_on)
    kept = splits.kept(mine, business_on)
    balances = merchants.balances_of(mine)
    for case in cases:
        key, row = case.row.merchant_id, case.row
        on = balances[key]
        standing = Standing(
            opening_fen=openings.get(key, 0),
            kept_fen=kept.get(key, 0),
            pending_fen=on[accounts.PENDING].available,
            available_fen=on[accounts.AVAILABLE].available,
            claims_fen=claims.get(key, 0),
            reserve_fen=on[accounts.RESERVE].available,
            reserve_due_fen=reserves.get(key, 0),
        )
        planned = plan(row.net_fen, standing, case.terms.reserve_bp)
        take(row, asdict(planned) | {"opening_fen": standing.opening_fen, "kept_fen": standing.kept_fen, "payout_fen": planned.payout_fen})
        row.reserve_left_fen = row.reserved_fen
        row.reserve_until = business_on + timedelta(days=case.rules.reserve_days) if row.reserved_fen else None


def take(row: Settlement, values: Mapping[str, int]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def move(cases: Sequence[Case], business_on: date, at: datetime) -> dict[uuid.UUID, str]:
    """Post what is planned; the refusals by settlement. What a merchant's accounts have may change between reading and taking (a refund, a
    dispute): the ledger refuses then, and they are read and planned again."""
    refused: dict[uuid.UUID, str] = {}
    waiting = list(cases)
    for _ in range(TRIES):
        found = post([case.row for case in waiting], at)
        refused |= {key: code for key, code in found.items() if code != InsufficientFunds.code}
        waiting = [case for case in waiting if found.get(case.row.id) == InsufficientFunds.code]
        if not waiting:
            return refused
        fill(waiting, business_on)
        Settlement.objects.bulk_update([case.row for case in waiting], PLANNED, batch_size=AT_ONCE)
    return refused | {case.row.id: InsufficientFunds.code for case in waiting}


def post(rows: Sequence[Settlement], at: datetime) -> dict[uuid.UUID, str]:
    """Journal 1 of each, whose id is the settlement's own, so that it is never moved twice; the refusals by settlement."""
    drafts = []
    for row in rows:
        legs = journals.closed(
            merchant_id=row.merchant_id, moved_fen=row.moved_fen, reserved_fen=row.reserved_fen, released_fen=row.released_fen
        )
        if legs:
            drafts.append(Draft(row.id, journals.CLOSED, legs, row.public_id))
    refused = {}
    for outcome in batch.post_many(drafts, at=at) if drafts else []:
        if isinstance(outcome.refusal, telling.SHUT):
            raise outcome.refusal
        if outcome.refusal is not None:
            refused[outcome.journal_id] = getattr(outcome.refusal, "code", "asset")
    return refused


def mark(cases: Sequence[Case], business_on: date, at: datetime) -> None:
    """The day is closed for these: theirs is the newest, what was due of the reserve is released, and each waits for what comes next."""
    mine = [case.row.merchant_id for case in cases]
    Settlement.objects.filter(merchant_id__in=mine, last=True).update(last=False)
    queries.due_reserves(mine, business_on).update(reserve_left_fen=0)
    groups: dict[tuple[SettlementState, bool, date], list[uuid.UUID]] = defaultdict(list)
    for case in cases:
        row = case.row
        groups[next_state(case), bool(row.moved_fen or row.released_fen), row.due_on].append(row.id)
    for (state, moves, due), ids in groups.items():
        approved = state == SettlementState.APPROVED
        Settlement.objects.filter(pk__in=ids).update(
            state=state,
            last=True,
            journal_id=F("id") if moves else None,
            approved_by=RULE if approved else "",
            pay_at=start_of_day(due) if approved else None,
            changed_at=at,
        )


def next_state(case: Case) -> SettlementState:
    """Too little waits for the next; what the rule allows needs nobody's approval."""
    if case.row.payout_fen < max(case.terms.least_payout_fen, 1):
        return SettlementState.CARRIED
    return SettlementState.APPROVED if case.row.payout_fen <= case.rules.approved_up_to_fen else SettlementState.CLOSED


def line_of(row: Settlement, line: Line) -> SettlementLine:
    return SettlementLine(
        id=new_id(),
        settlement_id=row.id,
        shard=row.shard,
        kind=line.fact.kind,
        reference=line.movement.reference,
        out_no=line.fact.out_no,
        order_id=line.fact.order_id,
        amount_fen=line.fact.amount_fen,
        fee_fen=line.fact.fee_fen,
        covered_fen=line.covered_fen,
        net_fen=line.movement.pending_fen,
        journal_id=line.movement.journal_id,
        posted_at=line.movement.posted_at,
    )


def said(difference: Unproved) -> dict[str, str | int | None]:
    return {
        "difference": difference.code,
        "journal": public_id("jrn", difference.journal_id),
        "ledger_fen": difference.ledger_fen,
        "rows_fen": difference.rows_fen,
    }


def ask_people(row: Settlement, facts: dict[str, str | int | None], at: datetime) -> None:
    """A day that could not be closed is an operator's turn."""
    found = {"merchant": row.merchant_public_id, "business_on": row.business_on.isoformat()}
    work.ask(kind=UNPROVED, target=row.public_id, facts=found | facts, at=at)
