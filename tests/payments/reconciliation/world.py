"""Days at the real sandbox bank, and thousands of requests made without it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.batch import post_many
from accounts.ledger.legs import Draft, credit, debit
from core.business_day import travel
from core.clock import queries as clock
from core.ids import new_id, public_id
from payments.channels.models import ChannelRequest
from payments.channels.port import StatementFile, StatementLine
from payments.reconciliation import journals
from payments.reconciliation.models import ReconRun
from payments.reconciliation.services import reconcile
from tests.sandbox_bank import SandboxBank

CHANNEL = "sandbox_bank"


def end_of(bank: SandboxBank) -> date:
    """Let a day pass at the platform and at the bank; the day that is over."""
    day = clock.local_day(clock.now())
    travel.advance(to=clock.start_of_day(day + timedelta(days=1)) + timedelta(hours=2))
    bank.clock(offset_seconds=clock.offset.current())
    return day


def reconciled(day: date) -> ReconRun:
    return reconcile(channel=CHANNEL, day=day, at=clock.now())


def at_the_bank() -> int:
    """The platform's account at the bank as our books have it, positive for money of ours."""
    return -ledger.balance(journals.bank(CHANNEL)).posted


def clearing() -> int:
    return -ledger.balance(journals.clearing(CHANNEL)).posted


def paid(customer_id: UUID, amounts: list[int], *, day: date, at: datetime) -> list[UUID]:
    """Payments of these amounts that are done and booked on `day`, with their journals, in few statements."""
    rows = [waiting(customer_id, amount, at) for amount in amounts]
    ChannelRequest.objects.bulk_create(rows, batch_size=1000)
    made = ChannelRequest.objects.filter(customer_id=customer_id)
    made.filter(state="new").update(state="sent", sent_at=at, due_at=None)
    made.filter(state="sent").update(state="success", settled_at=at, booked_on=day, fee_fen=(F("amount_fen") * 20 + 5000) / 10_000)
    source, target = journals.clearing(CHANNEL), platform_account("equity:capital")
    drafts = [
        Draft(new_id(), "ledger.adjusted", [debit(source, row.amount_fen), credit(target, row.amount_fen)], reference=row.reference)
        for row in rows
    ]
    assert all(outcome.posted for outcome in post_many(drafts, at=at))
    return [row.id for row in rows]


def waiting(customer_id: UUID, amount_fen: int, at: datetime) -> ChannelRequest:
    request_id = new_id()
    number = public_id(ChannelRequest.PREFIX, request_id)
    return ChannelRequest(
        id=request_id,
        request_no=number,
        channel_id=CHANNEL,
        operation="pay",
        business="top_up",
        business_id=request_id,
        reference=number,
        customer_id=customer_id,
        shard=0,
        amount_fen=amount_fen,
        created_at=at,
        changed_at=at,
    )


def line(line_no: int, request_id: UUID | None, amount_fen: int, **changes: object) -> StatementLine:
    """One payment as the channel lists it."""
    facts: dict[str, object] = {
        "line_no": line_no,
        "booked_at": clock.now(),
        "kind": "payment",
        "request_no": public_id("chr", request_id) if request_id else f"EXTRA{line_no}",
        "channel_no": f"P{line_no}",
        "original_request_no": "",
        "amount_fen": amount_fen,
        "fee_fen": (amount_fen * 20 + 5000) // 10000,
        "currency": "CNY",
        "status": "SUCCESS",
        "direction": "credit",
    }
    return StatementLine(**(facts | changes))  # type: ignore[arg-type]


def statement(day: date, lines: list[StatementLine]) -> StatementFile:
    return StatementFile(day, "payments", "csv", repr(lines).encode(), f"{hash(tuple(lines)) % 16**40:064x}", tuple(lines), {})
