"""Getting a channel's statements of a day, and keeping them as they came."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from core.clock import queries as clock
from core.errors import NotFound
from core.ids import new_id, parse_public_id
from payments.channels import done
from payments.channels import services as channels
from payments.channels.port import Capability, StatementBroken, StatementFile, StatementLine, StatementNotReady
from payments.reconciliation.account import between_accounts
from payments.reconciliation.judging import DONE, STATUSES
from payments.reconciliation.models import ReconFile, ReconLine, ReconRun

PAYMENTS, ACCOUNT = "payments", "account"
LATEST = timedelta(days=4)
"""How long after a day's beginning its bill may come."""
OPERATIONS = {"payment": "pay", "refund": "refund", "payout": "payout", "payout_return": "payout"}


def fetch(*, channel: str, day: date) -> list[StatementFile]:
    """Both statements of a day from the channel: its orders, and the account it settles to where it gives one.

    Calls the network: outside any transaction. Raises StatementNotReady, StatementBroken, ChannelUnreachable, ChannelNotConnected.
    """
    channels.refuse_inside_transaction()
    port = channels.open_port(channel)
    files = [port.fetch_statement(day=day, kind=PAYMENTS, format="csv")]
    if Capability.STATEMENT_CAMT053 in port.capabilities:
        files.append(port.fetch_statement(day=day, kind=ACCOUNT, format="camt053"))
    elif Capability.STATEMENT_ACCOUNT in port.capabilities:
        files.append(port.fetch_statement(day=day, kind=ACCOUNT, format="csv"))
    if not any(file.raw for file in files) and expected(channel, day):
        raise StatementNotReady()
    return files


def expected(channel: str, day: date) -> bool:
    """Whether a day cannot be empty: we have orders of it as done. Believed all the same when it stays so (LATEST)."""
    return clock.wall() < clock.start_of_day(day) + LATEST and bool(done.booked(channel, day))


def keep(run: ReconRun, files: Sequence[StatementFile], at: datetime) -> list[ReconLine]:
    """Store the files in the caller's transaction. Returns the orders' lines in order, to be judged and then stored: those of the list,
    and after them those that the channel lists in its account alone, also money between our own accounts.

    Raises StatementBroken for another day's bytes.
    """
    digests = [file.sha256 for file in files if file.lines]
    if ReconFile.objects.filter(sha256__in=digests, lines__gt=0).exists():
        raise StatementBroken("these bytes were another day's statement")
    for file in files:
        ReconFile.objects.create(
            run=run,
            kind=file.kind,
            format=file.format,
            sha256=file.sha256,
            lines=len(file.lines),
            packed=zlib.compress(file.raw),
            summary=dict(file.summary),
            created_at=at,
        )
    listed = [line for file in files if file.kind == PAYMENTS for line in file.lines]
    last = max((line.line_no for line in listed), default=0)
    in_account = [line for file in files for line in file.lines if line.kind in file.orders_here] + between(files)
    moved = [replace(line, line_no=place, status=STATUSES.get(line.kind, DONE)) for place, line in enumerate(in_account, start=last + 1)]
    return [row(run, line) for line in [*listed, *moved]]


def between(files: Sequence[StatementFile]) -> list[StatementLine]:
    """The account's entries of money between our own accounts, under that kind."""
    entries = [(line, between_accounts(line)) for file in files if file.kind == ACCOUNT for line in file.lines]
    return [replace(line, kind=kind) for line, kind in entries if kind]


def row(run: ReconRun, line: StatementLine) -> ReconLine:
    return ReconLine(
        run=run,
        channel_id=run.channel_id,
        line_no=line.line_no,
        booked_at=line.booked_at,
        kind=line.kind,
        operation=OPERATIONS.get(line.kind, ""),
        request_no=line.request_no,
        named=named(line.request_no),
        channel_no=line.channel_no,
        amount_fen=line.amount_fen,
        fee_fen=line.fee_fen,
        currency=line.currency,
        status=line.status,
        journal_id=new_id(),
    )


def named(request_no: str) -> UUID | None:
    """The request a business number names; None for a number that is none of ours."""
    try:
        return parse_public_id("chr", request_no)
    except NotFound:
        return None


def unpacked(file: ReconFile) -> bytes:
    """The statement's bytes as they came."""
    return zlib.decompress(bytes(file.packed))
