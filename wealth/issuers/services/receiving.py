"""The day's confirmation files: expected, fetched, believed, kept."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.attempts import Attempt
from core.business_day.queries import is_trading_day, next_trading_day
from core.clock import queries as clock
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from wealth.issuers import queries, schedule
from wealth.issuers.models import IssuerFile, IssuerLine
from wealth.issuers.outside import refuse_inside_transaction
from wealth.issuers.port import ConfirmationFile, FileBroken, FileNotReady, IssuerUnreachable
from wealth.issuers.refusals import IssuerNotConnected
from wealth.issuers.services.sending import open_port
from wealth.issuers.states import FILE_MOVES, FileState

WAITING = "issuer_file.waiting"
NOT_READY = "not_ready"
BATCH = 1000


def expect(*, at: datetime) -> int:
    """A row for every trading day up to today whose file may confirm what is open, from the day after the oldest trade date on. Returns
    how many are new."""
    today, made = clock.local_day(at), 0
    for issuer_code, oldest in queries.oldest_open():
        begin = max(next_trading_day(oldest), today - timedelta(days=schedule.MOST_DAYS))
        days = [begin + timedelta(days=number) for number in range((today - begin).days + 1)]
        known = queries.file_days(issuer_code, begin)
        for day in days:
            if day not in known and is_trading_day(day):
                made += expect_day(issuer_code, day, at)
    return made


def expect_day(issuer_code: str, day: date, at: datetime) -> bool:
    facts = {"id": new_id(), "due_at": at, "created_at": at, "changed_at": at}
    _row, made = IssuerFile.objects.get_or_create(issuer_id=issuer_code, day=day, defaults=facts)
    return made


def fetch_due(*, at: datetime, most: int = 10) -> int:
    """Fetch the files that wait and are due, each claimed for a minute. Outside any transaction. Returns how many were tried."""
    refuse_inside_transaction()
    for tried in range(most):
        file = claim(FileState.WAITING, at)
        if file is None:
            return tried
        with Attempt("issuers.fetch_file", file=file.public_id):
            fetch(file, at)
    return most


@transaction.atomic
def claim(state: FileState, at: datetime) -> IssuerFile | None:
    """Take the most overdue file in a state for a minute, so that no other worker takes it."""
    due = IssuerFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=state, due_at__lte=at)
    file = due.defer("raw").order_by("due_at", "id").first()
    if file is not None:
        IssuerFile.objects.filter(pk=file.pk).update(due_at=at + schedule.LEASE)
    return file


def fetch(file: IssuerFile, at: datetime) -> None:
    if not queries.reachable(file.issuer_id):
        not_here(file.id, "maintenance", at)
        return
    try:
        found = open_port(file.issuer_id).fetch_file(day=file.day)
    except FileNotReady:
        not_here(file.id, NOT_READY, at)
    except IssuerNotConnected as problem:
        not_here(file.id, problem.code, at)
    except IssuerUnreachable:
        not_here(file.id, "unreachable", at)
    except FileBroken as problem:
        not_here(file.id, f"broken_{problem.reason}", at)
    else:
        receive(file_id=file.id, found=found, at=at)


@transaction.atomic
def not_here(file_id: UUID, code: str, at: datetime) -> None:
    """It is fetched again; an operator hears of one that is late, and of one that cannot be believed at once."""
    file = IssuerFile.objects.select_for_update(of=("self",)).defer("raw").get(pk=file_id)
    if file.state != FileState.WAITING:
        return
    IssuerFile.objects.filter(pk=file_id).update(code=code, tries=file.tries + 1, due_at=at + schedule.FILE_AGAIN, changed_at=at)
    if code.startswith("broken_") or at >= clock.start_of_day(file.day) + schedule.ALARM_AFTER:
        work.ask(kind=WAITING, target=file.public_id, facts={"issuer": file.issuer_id, "day": file.day.isoformat(), "code": code}, at=at)


@transaction.atomic
def receive(*, file_id: UUID, found: ConfirmationFile, at: datetime) -> IssuerFile:
    """Keep a verified file and its lines, once: a file that is here stays what it was."""
    file = IssuerFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    assert found.day == file.day, "the adapter verified the day"
    if file.state != FileState.WAITING:
        return file
    advance(
        file,
        FileState.RECEIVED,
        moves=FILE_MOVES,
        at=at,
        code="",
        tries=file.tries + 1,
        raw=found.raw,
        sha256=found.sha256,
        lines=len(found.lines),
        subscribed_fen=found.subscribed_fen,
        redeemed_fen=found.redeemed_fen,
        fee_fen=found.fee_fen,
        received_at=at,
        due_at=at,
    )
    rows = [IssuerLine(id=new_id(), file=file, **vars(line)) for line in found.lines]
    IssuerLine.objects.bulk_create(rows, batch_size=BATCH)
    work.finish(kind=WAITING, target=file.public_id, by="system", at=at)
    return file
