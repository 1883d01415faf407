"""Money of a merchant in dispute: frozen as far as there is any, asked for again where it was short, released, or taken by a refund."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Func, Value

from accounts.ledger import services as ledger
from accounts.ledger.legs import Leg
from accounts.ledger.refusals import InsufficientFunds
from core.ids import new_id
from core.work import services as work
from payments.disputes import journals
from payments.disputes.models import FROM, Dispute
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.refunds.shares import had

SHORT = "dispute.short"
TRIES = 8


def freeze(dispute: Dispute, at: datetime) -> Dispute:
    """Journal 1 for what is `short`, as far as the merchant has it. Called with the dispute new or locked; saves the row's counts.

    What the merchant's accounts have may change between reading and taking: the ledger refuses then, and they are read again.
    """
    for _ in range(TRIES):
        available = {role: found.available for role, found in merchants.balances(dispute.merchant_id).items()}
        parts = had(dispute.short_fen, list(FROM), available)
        try:
            with transaction.atomic():
                return frozen(dispute, parts, at)
        except InsufficientFunds:
            continue
    return frozen(dispute, {}, at)


def frozen(dispute: Dispute, parts: Mapping[str, int], at: datetime) -> Dispute:
    counts = {FROM[role]: getattr(dispute, FROM[role]) + fen for role, fen in parts.items()}
    short_fen = dispute.short_fen - sum(parts.values())
    Dispute.objects.filter(pk=dispute.pk).update(**counts, short_fen=short_fen, asked_at=at)
    if parts:
        post(dispute, journals.FROZEN, journals.frozen(dispute.merchant_id, parts), at)
    dispute.refresh_from_db(fields=[*FROM.values(), "short_fen", "asked_at", "journal_ids"])
    return dispute


def note_short(dispute: Dispute, at: datetime) -> None:
    """An operator hears of a merchant that has less than is disputed, and that it is there at last."""
    if dispute.short_fen:
        facts = {"short_fen": dispute.short_fen, "amount_fen": dispute.amount_fen, "merchant": dispute.merchant_public_id}
        work.ask(kind=SHORT, target=dispute.public_id, facts=facts, at=at)
    else:
        work.finish_one(kind=SHORT, target=dispute.public_id, by="system", at=at)


def release(dispute: Dispute, at: datetime) -> None:
    """Journal 2: all that is frozen for a dispute goes back to where it came from."""
    if dispute.frozen:
        post_release(dispute, dispute.frozen, at)


def release_rest(dispute: Dispute, taken_fen: int, at: datetime) -> None:
    """Journal 2 for what a lost dispute's refund did not take."""
    rest = dispute.frozen_fen - taken_fen
    if rest:
        post_release(dispute, {accounts.PENDING: rest}, at)


def post_release(dispute: Dispute, parts: Mapping[str, int], at: datetime) -> None:
    post(dispute, journals.RELEASED, journals.released(dispute.merchant_id, parts), at)


def post(dispute: Dispute, event: str, legs: Sequence[Leg], at: datetime) -> None:
    """A journal of the dispute, which is new or locked and keeps its id."""
    journal_id = new_id()
    kept = Dispute.objects.filter(pk=dispute.pk)
    kept.update(journal_ids=Func("journal_ids", Value(journal_id), function="array_append"))
    ledger.post(journal_id=journal_id, event=event, legs=legs, reference=dispute.public_id, at=at)
