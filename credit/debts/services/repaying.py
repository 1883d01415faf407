"""Paying a debt from the wallet: what is due by the waterfall, then ahead. Locks: the customer, the draw, the line, the ledger."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.ids import new_id
from credit.debts import book, journals, queries
from credit.debts.book import Paid
from credit.debts.models import Allocation, CreditTxn, Draw
from credit.debts.refusals import DebtSettled, RepaymentTooMuch, StrategyNotOffered
from credit.debts.services import keeping
from credit.debts.services.drawing import told
from credit.debts.states import DrawState, Toward, TxnKind
from credit.engine.paying import Prepay
from credit.lines import queries as lines
from credit.lines.services import changing, using
from credit.lines.states import Freeze
from credit.products.terms import STRATEGIES, CreditTerms
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "credit_repay"
"""Of the proof: the amount paid, the draw's public id as payee."""


def strategy_of(terms: CreditTerms, named: str) -> Prepay:
    """What paying ahead does; "": the first the product offers. Raises StrategyNotOffered."""
    offered = {name: way for name, way in STRATEGIES.items() if way in terms.early.strategies}
    if not named:
        return terms.early.strategies[0]
    if named not in offered:
        raise StrategyNotOffered(field="strategy", offered=", ".join(offered))
    return offered[named]


@transaction.atomic
def repay(*, intent: Intent, draw_id: UUID, amount_fen: int, strategy: str = "", at: datetime) -> CreditTxn:
    """Pay `amount_fen` of a draw: C4. Paid in full it is settled; with nothing late left on its line, the line lends again.

    Raises CustomerNotActive, NotFound, DebtSettled, RepaymentTooMuch, StrategyNotOffered, StepUpNeeded, ProofMismatch, ProofExpired,
    InsufficientFunds.
    """
    parties.require_active(intent.customer_id)
    row = keeping.locked(draw_id, intent.customer_id)
    if row.state != DrawState.OPEN:
        raise DebtSettled()
    day, kept = local_day(at), keeping.read(row)
    whole = book.to_settle(kept.debt, day)
    if amount_fen > whole.amount_fen:
        raise RepaymentTooMuch(field="amount", settlement_fen=whole.amount_fen)
    way = strategy_of(kept.debt.terms, strategy)
    with authority.saying(purpose=PURPOSE, amount_fen=amount_fen, payee=row.public_id):
        authority.require(intent=intent, purpose=PURPOSE, amount_fen=amount_fen, payee=row.public_id, at=at)
    paid = book.pay(kept.debt, day, amount_fen, way)
    assert not paid.overpaid_fen, "no more than what settles it is taken"
    keeping.keep(kept, paid, day, at)
    txn = CreditTxn(
        draw=row, customer_id=row.customer_id, shard=row.shard, kind=TxnKind.REPAID, amount_fen=amount_fen, on=day, strategy=str(way),
        journal_id=new_id(), created_at=at,
    )  # fmt: skip
    txn.save(force_insert=True)
    Allocation.objects.bulk_create(allocated(txn, paid))
    parts = by_component(paid)
    if parts.get(Toward.PRINCIPAL):
        using.restore(line_id=row.line_id, principal_fen=parts[Toward.PRINCIPAL], at=at)
    cure(row, at)
    told(row, journals.REPAID, at, txn=txn.public_id, amount_fen=amount_fen, settled=int(row.state == DrawState.SETTLED))
    legs = journals.repaid(line_id=row.line_id, product_id=row.product_id, customer_id=row.customer_id, parts=parts)
    ledger.post(journal_id=txn.journal_id, event=journals.REPAID, legs=legs, at=at, reference=txn.public_id)
    return txn


def allocated(txn: CreditTxn, paid: Paid) -> list[Allocation]:
    sums: dict[tuple[int, Toward], int] = {}
    for share in paid.shares:
        key = share.number, Toward(share.component.value)
        sums[key] = sums.get(key, 0) + share.fen
    return [
        Allocation(txn=txn, draw_id=txn.draw_id, shard=txn.shard, number=number, toward=toward, amount_fen=fen)
        for (number, toward), fen in sums.items()
    ]


def by_component(paid: Paid) -> dict[Toward, int]:
    found: dict[Toward, int] = {}
    for share in paid.shares:
        toward = Toward(share.component.value)
        found[toward] = found.get(toward, 0) + share.fen
    return found


def cure(row: Draw, at: datetime) -> None:
    """A line with nothing late left lends again, unless it is frozen for another reason too."""
    line = lines.line(row.line_id)
    if Freeze.OVERDUE in line.freezes and not queries.is_late(line.pk, local_day(at)):
        changing.unfreeze(line_id=line.pk, reason=Freeze.OVERDUE, why="what was overdue is paid", by="system", at=at)
