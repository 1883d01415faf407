"""One channel's day, from its statement to closed books. Every step is a transaction of its own and may be done again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.ledger import check, periods
from accounts.ledger import queries as ledger_reads
from accounts.ledger.batch import post_many
from accounts.ledger.legs import Draft
from core.errors import DomainError
from core.ids import new_id
from core.moves import advance, advance_all
from core.outbox import services as outbox
from core.work import services as work
from payments.channels import breaks, done, late_word
from payments.channels import queries as channel_requests
from payments.channels import services as channels
from payments.channels.port import ChannelUnreachable, StatementBroken, StatementFile, StatementNotReady
from payments.channels.states import Operation, RequestState
from payments.reconciliation import files, journals, lines, looking, queries
from payments.reconciliation.account import Totals, differences, sides
from payments.reconciliation.carrying import carry_missing, settle_carried
from payments.reconciliation.dating import date_journal
from payments.reconciliation.models import ReconLine, ReconRun
from payments.reconciliation.states import LINE_MOVES, RUN_MOVES, LineState, RunState

WORK = "reconciliation.waiting"
CHUNK = 1000
ASKED_AT_ONCE = 100
CLOSED_ON = frozenset({"balance.sum_zero", "clearing.open_items"})
ASKABLE = (RequestState.SENT, RequestState.PENDING, RequestState.ACTION_REQUIRED, RequestState.UNKNOWN)


def reconcile(*, channel: str, day: date, at: datetime) -> ReconRun:
    """Bring one day of a channel as far as it goes now: fetch, judge, ask about what is not decided, book, close. Outside any
    transaction. What the channel cannot give yet stays `open` with its reason, and is tried again, ever more seldom."""
    run = begin(channel=channel, day=day, at=at)
    if run.state == RunState.OPEN:
        try:
            take(run_id=run.id, got=files.fetch(channel=channel, day=day), at=at)
        except (StatementNotReady, StatementBroken, ChannelUnreachable, channels.ChannelNotConnected) as problem:
            return wait(run_id=run.id, why=reason(problem), at=at)
    return carry_on(run_id=run.id, at=at)


@transaction.atomic
def take(*, run_id: UUID, got: Sequence[StatementFile], at: datetime) -> ReconRun:
    """Store a day's files and judge all of them, and what a day before carried, once. Raises StatementBroken for another day's bytes."""
    run = locked(run_id)
    if run.state != RunState.OPEN:
        return run
    orders = files.keep(run, got, at)
    lines.judge(run, orders, at)
    settle_carried(run, queries.terms_in_force(run.channel_id, run.day), at)
    carry_missing(run, at)
    check_account(run, got, at)
    opening, closing = queries.balances(run)
    fresh: dict[str, Any] = {"why": "", "looks": 0, "due_at": None, "opening_fen": opening, "closing_fen": closing}
    advance(run, RunState.MATCHED, moves=RUN_MOVES, at=at, **fresh)
    work.finish(kind=WORK, target=run.public_id, by="system", at=at)
    return run


def reason(problem: Exception) -> str:
    if isinstance(problem, StatementNotReady):
        return "not_ready"
    return f"broken: {problem}"[:80] if isinstance(problem, StatementBroken) else "no_answer"


@transaction.atomic
def begin(*, channel: str, day: date, at: datetime) -> ReconRun:
    """The run of a day, made when it is the first look at it."""
    return ReconRun.objects.get_or_create(channel_id=channel, day=day, defaults={"id": new_id(), "created_at": at, "changed_at": at})[0]


@transaction.atomic
def wait(*, run_id: UUID, why: str, at: datetime) -> ReconRun:
    """No statement that can be believed yet. An operator hears of one that is broken, which time does not mend, of a channel that does
    not answer for an hour, and of a statement that does not come."""
    run = locked(run_id)
    if run.state != RunState.OPEN:
        return run
    look_later(run, at, why=why)
    if looking.for_people(why, run.looks):
        work.ask(kind=WORK, target=run.public_id, facts={"channel": run.channel_id, "day": str(run.day), "why": why}, at=at)
    return run


@transaction.atomic
def asked(*, run_id: UUID, at: datetime) -> None:
    """The channel was asked about what is not decided: again when the next look is due."""
    look_later(locked(run_id), at)


def look_later(run: ReconRun, at: datetime, **fields: str) -> None:
    """Count a look at the channel, with the run locked."""
    ReconRun.objects.filter(pk=run.pk).update(looks=F("looks") + 1, due_at=looking.next_look(at, run.looks), changed_at=at, **fields)
    run.refresh_from_db()


def locked(run_id: UUID) -> ReconRun:
    return ReconRun.objects.select_for_update(of=("self",)).get(pk=run_id)


def check_account(run: ReconRun, got: Sequence[StatementFile], at: datetime) -> None:
    """Compare the bank account's entries, where the channel gives them, with the day's orders; each difference becomes a break."""
    for file in got:
        if file.kind == files.ACCOUNT:
            totals = Totals.of(queries.listed_totals(run), done.booked(run.channel_id, run.day), queries.terms_of(run))
            found = differences(file.lines, totals, day=str(run.day))
            breaks.record(found, channel=run.channel_id, day=run.day, at=at)
            ReconRun.objects.filter(pk=run.pk).update(account_says=sides(file.lines, totals))


def carry_on(*, run_id: UUID, at: datetime) -> ReconRun:
    """Ask about what the channel calls done and we do not, then go on with what is here."""
    for request_id in queries.undecided(run_id, most=ASKED_AT_ONCE):
        ask(request_id, at)
    asked(run_id=run_id, at=at)
    return go_on(run_id=run_id, at=at)


def go_on(*, run_id: UUID, at: datetime) -> ReconRun:
    """Judge again what was not decided, book what agrees, close what is whole: all that needs nobody outside."""
    judge_again(run_id=run_id, at=at)
    while book_some(run_id=run_id, at=at):
        pass
    return conclude(run_id=run_id, at=at)


def ask(request_id: UUID, at: datetime) -> None:
    """Ask the channel about a request that left and has no end yet, about a payout that may have come back, and about a payment that
    it had refused."""
    request = channel_requests.request(request_id)
    if request.state in ASKABLE or (request.state == RequestState.SUCCESS and request.operation == Operation.PAYOUT):
        channels.query(request_id=request_id, at=at)
    elif request.state == RequestState.FAILED:
        late_word.hear(request_id=request_id, at=at)


@transaction.atomic
def judge_again(*, run_id: UUID, at: datetime) -> ReconRun:
    """Lines broken by their state alone agree once the request has become what the channel says."""
    run = locked(run_id)
    lines.judge_again(run, at)
    return run


@transaction.atomic
def book_some(*, run_id: UUID, at: datetime) -> int:
    """Book up to CHUNK matched lines: journals 4 to 4c, dated to the statement's day, or to the open day where the books are closed
    through it. Returns how many; the ledger is called last. A refused journal leaves its line as it is, and an operator a work item.
    """
    run = locked(run_id)
    matched = list(queries.bookable(run)[:CHUNK])
    if not matched:
        return 0
    effective_on = periods.effective_day(run.day)
    outcomes = post_many([draft(run, line, effective_on) for line in matched], at=at)
    posted = {outcome.journal_id: outcome.posted for outcome in outcomes if outcome.posted is not None}
    refused = next((outcome.refusal for outcome in outcomes if outcome.refusal is not None), None)
    if refused is not None:
        code = refused.code if isinstance(refused, DomainError) else type(refused).__name__
        work.ask(kind=WORK, target=run.public_id, facts={"channel": run.channel_id, "day": str(run.day), "why": code}, at=at)
    booked = [line.id for line in matched if line.journal_id in posted]
    advance_all(ReconLine.objects.filter(pk__in=booked), LineState.BOOKED, moves=LINE_MOVES, at=at)
    if posted:
        date_journal(run, max(journal.effective_on for journal in posted.values()))
    return len(booked) if refused is None else 0


def draft(run: ReconRun, line: ReconLine, effective_on: date | None) -> Draft:
    legs = journals.legs_of(
        channel=run.channel_id, kind=line.kind, amount_fen=line.amount_fen, fee_fen=line.fee_fen, variance_fen=line.variance_fen
    )
    return Draft(
        journal_id=line.journal_id,
        event=journals.EVENTS[line.kind],
        legs=legs,
        reference=line.reference,
        effective_on=effective_on,
        metadata={"request_no": line.request_no, "line": line.line_no},
    )


@transaction.atomic
def conclude(*, run_id: UUID, at: datetime) -> ReconRun:
    """Write down what our books say of the bank account on that day, and close a run whose every line is booked or corrected, with no
    break open. The two balances must be the same but for what is `explained`: any other difference is a break of its own, also after
    people corrected the books, whose journals are dated to the day. Nothing closes on books that are unwell."""
    run = locked(run_id)
    if run.state != RunState.MATCHED:
        return run
    books = -ledger_reads.balance(journals.bank(run.channel_id), as_of=run.day).posted
    ReconRun.objects.filter(pk=run.pk).update(books_fen=books, changed_at=at)
    run.refresh_from_db()
    if queries.unfinished(run) or breaks.any_open(run.channel_id, run.day):
        return run
    if run.closing_fen is not None and run.closing_fen != books and not explained(run, run.closing_fen - books):
        gap = breaks.Finding("amount", f"account {run.day} closing balance", f"{books} CNY", f"{run.closing_fen} CNY")
        breaks.record([gap], channel=run.channel_id, day=run.day, at=at)
        return run
    unwell = books_unwell()
    if unwell:
        work.ask(kind=WORK, target=run.public_id, facts={"channel": run.channel_id, "day": str(run.day), "why": unwell}, at=at)
        return run
    advance(run, RunState.CLOSED, moves=RUN_MOVES, at=at, closed_at=at)
    work.finish(kind=WORK, target=run.public_id, by="system", at=at)
    outbox.publish(topic="reconciliation.closed", owner=run.id, payload={"run": run.public_id, "channel": run.channel_id}, at=at)
    return run


def books_unwell() -> str:
    """Which of the proofs a day is closed on does not hold: that all balances sum to zero, and that what clearing accounts have is their
    open items. Each reads one snapshot."""
    proofs = (proof for proof in check.STATEMENTS if proof.name in CLOSED_ON)
    return next((f"books: {proof.name}" for proof in proofs if proof.findings()), "")


def explained(run: ReconRun, gap_fen: int) -> bool:
    """Whether the account and our books may differ by this at the end of the day: an earlier day is still open and the day began with
    that difference, a statement or correction up to that day could only be booked later, or the account has orders in time that the
    day's own list has not."""
    booked = done.booked(run.channel_id, run.day)
    elsewhere = queries.listed_elsewhere(run, [request.id for request in booked]) | set(breaks.late(run.channel_id, run.day))
    terms = queries.terms_of(run)
    moved = sum(terms.effect_of(request) for request in booked if request.id in elsewhere)
    return gap_fen - gap_before(run) == moved or queries.booked_later(run)


def gap_before(run: ReconRun) -> int:
    """By how much the account and our books differed as the day began, because of earlier days that are still open."""
    if run.opening_fen is None or not queries.any_open_before(run):
        return 0
    return run.opening_fen + ledger_reads.balance(journals.bank(run.channel_id), as_of=run.day - timedelta(days=1)).posted
