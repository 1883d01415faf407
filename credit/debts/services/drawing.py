"""Borrowing money in hand on a line. Locks: the customer, the line, the ledger."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.ids import new_id, public_id, shard_of
from core.outbox import services as outbox
from credit.debts import book, disclosing, journals
from credit.debts.book import Debt
from credit.debts.models import CreditTxn, Draw
from credit.debts.refusals import CreditQuoteChanged
from credit.debts.services import keeping
from credit.debts.states import DrawKind, TxnKind
from credit.lines import queries as lines
from credit.lines.services import using
from credit.products import quoting
from credit.products import terms as terms_of
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "credit_draw"
"""Of the proof: the amount drawn, the line's public id as payee."""


@transaction.atomic
def draw(*, intent: Intent, line_id: UUID, amount_fen: int, periods: int, shown_sha256: str, at: datetime) -> Draw:
    """Borrow to the wallet, at exactly what was shown: the plan, the line's use and C2 at once.

    Raises CustomerNotActive, NotFound, CreditNotOffered, CashNotLent, AmountNotOffered, PeriodsNotOffered, GradeNotPriced, PriceAboveCap,
    CreditQuoteChanged, LineFrozen, LineExceeded, StepUpNeeded, ProofMismatch, ProofExpired.
    """
    parties.require_active(intent.customer_id)
    line = lines.own_line(intent.customer_id, line_id)
    version = disclosing.version_of(line)
    quote = disclosing.quoted(line, version, amount_fen=amount_fen, periods=periods, at=at)
    facts = disclosing.facts_of(line, version, quote)
    if disclosing.digest(facts) != shown_sha256:
        raise CreditQuoteChanged(field="quote_sha256")
    with authority.saying(purpose=PURPOSE, amount_fen=amount_fen, payee=line.public_id):
        authority.spend(intent=intent, purpose=PURPOSE, amount_fen=amount_fen, payee=line.public_id, at=at)
    using.use(line_id=line.pk, amount_fen=amount_fen, at=at)
    terms = terms_of.of(version)
    made = Draw(
        id=new_id(),
        line=line,
        customer_id=line.customer_id,
        shard=shard_of(line.customer_id),
        product=line.product,
        version=version,
        kind=DrawKind.CASH,
        amount_fen=amount_fen,
        periods=periods,
        rate_ppm=quoting.rate_of(terms, line.grade),
        starts_on=quote.starts_on,
        quote=facts,
        quote_sha256=shown_sha256,
        created_at=at,
        changed_at=at,
    )
    made.save(force_insert=True)
    debt = Debt(terms, quoting.chosen(terms, periods), made.rate_ppm, amount_fen, made.starts_on)
    keeping.begin(made, book.lent(debt), at)
    journal_id = new_id()
    txn = CreditTxn(
        draw=made, customer_id=made.customer_id, shard=made.shard, kind=TxnKind.DRAWN, amount_fen=amount_fen, on=made.starts_on,
        journal_id=journal_id, created_at=at,
    )  # fmt: skip
    txn.save(force_insert=True)
    told(made, journals.DRAWN, at, amount_fen=amount_fen, periods=periods)
    legs = journals.drawn(line_id=line.pk, customer_id=made.customer_id, amount_fen=amount_fen)
    ledger.post(journal_id=journal_id, event=journals.DRAWN, legs=legs, at=at, reference=txn.public_id)
    return made


def told(made: Draw, topic: str, at: datetime, **facts: str | int) -> None:
    """To the customer, and whoever listens."""
    payload: outbox.Payload = {
        "draw": made.public_id,
        "line": public_id("crl", made.line_id),
        "customer": public_id("cus", made.customer_id),
        "product": made.product.code,
        "currency": made.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=made.customer_id, payload=payload, at=at, key=made.public_id)
