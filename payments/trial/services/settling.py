"""Settling a merchant's day before it is over, when all that was paid on it was the test payer's."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from core.audit import services as audit
from core.clock.queries import local_day
from core.ids import parse_public_id
from payments.cashier import queries as orders
from payments.channels import queries as requests
from payments.channels import services as channels
from payments.channels.sandbox_bank.control import control
from payments.disputes import queries as disputes
from payments.disputes.queries import Dispute
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.settlement import queries
from payments.settlement.queries import Settlement, SettlementLine
from payments.settlement.services import approving, closing, paying
from payments.settlement.states import LineKind, SettlementState
from payments.trial.payers import TrialOnly
from payments.trial.results import payout_faults_for
from payments.trial.services.acting import as_operators

WHY = "Settled in the sandbox, as its merchant asked."


Behind = tuple[str, str, uuid.UUID | None]
"""What a line is about: its kind, reference and order."""


def payers_to_settle(merchant_id: uuid.UUID) -> set[tuple[uuid.UUID | None, date]]:
    """Whose payments a settlement would be made of now, each with the days they were made on. Raises TrialOnly for what nobody paid."""
    lines = closing.lines_now(merchant_id)
    on = merchants.balances(merchant_id)
    if on[accounts.AVAILABLE].posted or on[accounts.RESERVE].posted or queries.openings([merchant_id]).get(merchant_id):
        lines += behind(queries.lines_of_merchant(merchant_id))
    return payers_of(merchant_id, lines)


def behind(lines: QuerySet[SettlementLine]) -> list[Behind]:
    return list(lines.order_by().values_list("kind", "reference", "order_id"))


def payers_of(merchant_id: uuid.UUID, lines: Iterable[Behind]) -> set[tuple[uuid.UUID | None, date]]:
    """Raises TrialOnly for a line that no payment to the merchant is behind."""
    wanted = {order_id or disputed(kind, reference) for kind, reference, order_id in lines}
    paid = orders.of_merchant(merchant_id).filter(pk__in=wanted, paid_at__isnull=False).order_by()
    found = list(paid.values_list("payer_id", "paid_at"))
    if len(found) != len(wanted):
        raise TrialOnly()
    return {(payer_id, local_day(paid_at)) for payer_id, paid_at in found if paid_at is not None}


def disputed(kind: str, reference: str) -> uuid.UUID:
    """Raises TrialOnly for what is no dispute's."""
    if kind != LineKind.DISPUTE:
        raise TrialOnly()
    return disputes.dispute(parse_public_id(Dispute.PREFIX, reference)).order_id


def require_trial_alone(row: Settlement, trial: Collection[uuid.UUID]) -> None:
    """Refuse a settlement with anything in it, or left of earlier ones, that others paid. Raises TrialOnly."""
    lines = behind(queries.lines(row.id))
    if row.opening_fen or row.released_fen or row.spare_fen:
        lines += behind(queries.lines_of_merchant(row.merchant_id))
    if not {payer_id for payer_id, _ in payers_of(row.merchant_id, lines)} <= set(trial):
        raise TrialOnly()


@transaction.atomic
def settle(*, merchant_id: uuid.UUID, trial: Collection[uuid.UUID], at: datetime) -> Settlement:
    """Close the merchant's day, of what the customers `trial` paid alone, approve it in the operators' name, and place its payout; a
    settlement of less than the least payout is carried. Raises TrialOnly and what `closing.close_now` raises."""
    row = closing.close_now(merchant_id=merchant_id, at=at)
    require_trial_alone(row, trial)
    audit.record(actor="system", act="trial.settlement", target=row.public_id, reason=WHY, details={}, at=at)
    if row.state == SettlementState.CLOSED:
        with as_operators(approving.ONE):
            row = approving.approve(settlement_id=row.id, at=at)
    if row.state == SettlementState.APPROVED:
        paying.pay_now(settlement_id=row.id, at=at)
    return queries.settlement(row.id)


def go_on(*, settlement: Settlement, result: str, at: datetime) -> Settlement:
    """Tell the bank what to do with the payout, where one was placed, and send it. Outside any transaction. Raises ControlRefused."""
    for payout in queries.payouts(settlement.id)[-1:]:
        request = requests.request(payout.request_id)
        for fault in payout_faults_for(result):
            control("POST", "/control/faults", fault.rule(request.request_no))
        channels.send_seated(request_id=request.id, channel=request.channel_id, at=at)
    return queries.settlement(settlement.id)
