"""Many journals in one round trip: each for itself (`post_many`), or all or none (`post_all`)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.ledger.accounts import AccountRef
from accounts.ledger.calls import Row, json_or_none, rows
from accounts.ledger.legs import Draft, check
from accounts.ledger.services import SETTLED, AssetMismatch, Posted, UnknownRole, known, posted, refusal
from core.arrays import array, id_array, text_array
from core.errors import DomainError

POST_MANY = """
SELECT * FROM ledger_post_many(%s::uuid[], %s::varchar[], %s::varchar[], %s::date[], %s::jsonb[], %s::int[], %s::int[],
  %s::uuid[], %s::bigint[], %s::varchar[], %s)
"""
OPEN_MISSING = """
SELECT w.name, ledger_open(w.id, w.owner, w.name, w.asset, %s) FROM (
  SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::varchar[], %s::varchar[]) AS u (id, owner, name, asset)
  WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = u.id) ORDER BY id
) AS w
"""
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one journal of a batch: `posted`, or the `refusal` that `post` would have raised."""

    journal_id: UUID
    posted: Posted | None
    refusal: DomainError | AssetMismatch | None


def post_many(journals: Sequence[Draft], *, at: datetime) -> list[Outcome]:
    """Post each journal for itself, in order, with the outcome `post` would give it: one that is refused (no funds,
    frozen, a taken id) fails alone. The same id twice posts once. In chunks of CHUNK, each its own statement.

    Raises BadLegs, UnknownEvent, UnknownRole for defects, before anything of the chunk is posted.
    """
    done: list[Outcome] = []
    for start in range(0, len(journals), CHUNK):
        done += chunk(journals[start : start + CHUNK], at, together=False)
    return done


def post_all(journals: Sequence[Draft], *, at: datetime) -> list[Posted]:
    """Post all of the journals or none, in one statement. Raises the first refusal, in their order; see `post`."""
    outcomes = chunk(journals, at, together=True)
    for outcome in outcomes:
        if outcome.refusal is not None:
            raise outcome.refusal
    return [outcome.posted for outcome in outcomes if outcome.posted is not None]


def chunk(journals: Sequence[Draft], at: datetime, *, together: bool) -> list[Outcome]:
    """One call of the function; where accounts are missing open them and call again."""
    if not journals:
        return []
    arguments = (*flat(journals), together)
    answers = rows(POST_MANY, arguments)
    if answers[0][1] == "missing":
        open_missing({leg.account for draft in journals for leg in draft.legs}, at)
        answers = rows(POST_MANY, arguments)
    return [outcome(draft, row[1:]) for draft, row in zip(journals, answers, strict=True)]


def open_missing(accounts: Collection[AccountRef], at: datetime) -> None:
    """Open those that do not exist yet, in the one order in which several are ever opened, in one statement. Raises UnknownRole."""
    wanted = sorted(accounts, key=lambda ref: ref.id)
    owners = array([None if ref.owner is None else ref.owner.hex for ref in wanted])
    names, assets = text_array([ref.name for ref in wanted]), text_array([ref.asset for ref in wanted])
    for name, opened in rows(OPEN_MISSING, (at, id_array([ref.id for ref in wanted]), owners, names, assets)):
        if not opened:
            raise UnknownRole(f"no role of the books fits {name!r}, or its asset is in no book")


def flat(journals: Sequence[Draft]) -> tuple[str, ...]:
    """The journals as the function's parallel arrays: one element a journal, then one a leg."""
    for draft in journals:
        check(draft.legs)
        known(draft.event)
    legs = [leg for draft in journals for leg in draft.legs]
    return (
        id_array([draft.journal_id for draft in journals]),
        text_array([draft.event for draft in journals]),
        text_array([draft.reference for draft in journals]),
        array([draft.effective_on for draft in journals]),
        text_array([json_or_none(draft.metadata) for draft in journals]),
        array([len(draft.legs) for draft in journals]),
        array([place for place, draft in enumerate(journals, 1) for _ in draft.legs]),
        id_array([leg.account.id for leg in legs]),
        array([leg.amount for leg in legs]),
        text_array([leg.account.asset for leg in legs]),
    )


def outcome(draft: Draft, row: Row) -> Outcome:
    if row[0] in SETTLED:
        return Outcome(draft.journal_id, posted(draft.journal_id, draft.legs, row), None)
    return Outcome(draft.journal_id, None, refusal(draft.journal_id, draft.legs, row))
