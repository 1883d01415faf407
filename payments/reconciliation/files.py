"""Getting a channel's statements of a day, and keeping them as they came."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.errors import NotFound
from core.ids import new_id, parse_public_id
from payments.channels import services as channels
from payments.channels.port import Capability, StatementBroken, StatementFile, StatementLine
from payments.reconciliation.models import ReconFile, ReconLine, ReconRun

PAYMENTS, ACCOUNT = "payments", "account"
OPERATIONS = {"payment": "pay", "refund": "refund", "payout": "payout", "payout_return": "payout"}


def fetch(*, channel: str, day: date) -> list[StatementFile]:
    """Both statements of a day from the channel: its orders, and the bank account it settles to where it gives one.

    Calls the network: outside any transaction. Raises StatementNotReady, StatementBroken, ChannelUnreachable, ChannelNotConnected.
    """
    channels.refuse_inside_transaction()
    port = channels.open_port(channel)
    files = [port.fetch_statement(day=day, kind=PAYMENTS, format="csv")]
    if Capability.STATEMENT_CAMT053 in port.capabilities:
        files.append(port.fetch_statement(day=day, kind=ACCOUNT, format="camt053"))
    return files


def keep(run: ReconRun, files: Sequence[StatementFile], at: datetime) -> list[ReconLine]:
    """Store the files in the caller's transaction. Returns the orders' lines in order, to be judged and then stored.

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
    return [row(run, line) for file in files if file.kind == PAYMENTS for line in file.lines]


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
