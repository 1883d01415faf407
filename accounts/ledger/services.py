"""Posting, holding, reversing: every write of the ledger is one SQL function in one round trip.

A function refuses by saying why and writing nothing, so a DomainError raised here leaves the caller's transaction
usable. Locks: balance rows in key order, then the hold row. Call the ledger last in a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts.ledger import books
from accounts.ledger.accounts import AccountRef
from accounts.ledger.calls import Row, call, json_or_none
from accounts.ledger.legs import LARGEST, Leg, check
from accounts.ledger.models import Hold, LedgerAccount
from accounts.ledger.refusals import (
    AccountFrozen,
    AccountNotHoldable,
    AlreadyReversed,
    BalanceOutOfRange,
    CeilingReached,
    DayClosed,
    EffectiveInFuture,
    HoldConflict,
    HoldExceeded,
    HoldNotOpen,
    HoldNotPartial,
    InsufficientFunds,
    JournalConflict,
    LedgerHalted,
    UnknownHold,
    UnknownJournal,
)
from core.arrays import array, id_array, text_array
from core.business_day.queries import NoOpenDay
from core.errors import DomainError
from core.ids import public_id
from core.rows import with_rows

POST = "SELECT * FROM ledger_post(%s, %s, %s::uuid[], %s::bigint[], %s::varchar[], %s, %s, %s::jsonb, NULL, %s::uuid, %s::bigint, %s)"
CAPTURE_ALL = (
    "SELECT * FROM ledger_capture_all(%s, %s, %s::uuid[], %s::bigint[], %s::varchar[], %s, %s::jsonb, %s::uuid[], %s::timestamptz)"
)
REVERSE = "SELECT * FROM ledger_reverse(%s, %s, %s, %s, %s::date, %s::jsonb, %s)"
HOLD = "SELECT * FROM ledger_hold(%s, %s, %s::bigint, %s, %s, %s, %s)"
END_HOLD = "SELECT * FROM ledger_end_hold(%s, %s, %s::bigint, %s)"
SETTLED = frozenset({"posted", "replayed"})
OPEN = "SELECT ledger_open(%s, %s::uuid, %s, %s, %s)"


class UnknownEvent(ValueError):
    """No plugged book declares this event type: a defect of the caller."""


class UnknownRole(ValueError):
    """No role of the books fits this account's name, or its asset is in no book: a defect of the caller."""


class AssetMismatch(ValueError):
    """A leg's asset is not its account's: a defect of the caller."""


class CaptureMismatch(ValueError):
    """The legs of a capture do not take exactly the captured amount from the held account: a defect of the caller."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a journal became. `replayed`: it stood there before this call, with the same content."""

    journal_id: UUID
    posted_at: datetime
    business_on: date
    effective_on: date
    replayed: bool


def post(
    *,
    journal_id: UUID,
    event: str,
    legs: Sequence[Leg],
    at: datetime,
    reference: str = "",
    effective_on: date | None = None,
    metadata: dict[str, Any] | None = None,
    beside: Sequence[Model] = (),
) -> Posted:
    """Post one balanced journal; the same id with the same content answers again and moves nothing.

    `journal_id` is a uuid7 of the caller. `effective_on` defaults to the open business day and may lie before it. `beside`
    are new rows of the caller written in the same round trip; the caller's transaction ends them with a refusal.
    Accounts that do not exist yet are opened. Raises InsufficientFunds, CeilingReached, AccountFrozen, JournalConflict,
    BalanceOutOfRange, DayClosed, EffectiveInFuture, LedgerHalted, NoOpenDay; BadLegs, UnknownEvent, UnknownRole for defects.
    """
    check(legs)
    return posted(
        journal_id, legs, settle(post_arguments(journal_id, event, legs, at, reference, effective_on, metadata), legs, at, beside)
    )


def hold(*, hold_id: UUID, account: AccountRef, amount: int, expires_at: datetime, at: datetime, reference: str = "") -> UUID:
    """Set `amount` minor units aside until `expires_at`; the same id with the same content changes nothing while it stands.

    Raises InsufficientFunds, AccountFrozen, HoldConflict, AccountNotHoldable, LedgerHalted, and HoldNotOpen: asked for again
    after it ended, or with a time to expire that is over at `at`.
    """
    if type(amount) is not int or not 1 <= amount <= LARGEST:
        raise CaptureMismatch(f"a hold needs at least one whole minor unit and at most {LARGEST}, not {amount!r}")
    arguments = (hold_id, account.id, amount, account.asset, expires_at, reference, at)
    row = call(HOLD, arguments)
    if row[0] == "missing":
        open_account(account=account, at=at)
        row = call(HOLD, arguments)
    if row[0] not in {"held", "replayed"}:
        raise hold_refusal(hold_id, account.name, account.asset, row)
    return hold_id


def capture(
    *,
    hold_id: UUID,
    journal_id: UUID,
    event: str,
    legs: Sequence[Leg],
    amount: int,
    at: datetime,
    reference: str = "",
    metadata: dict[str, Any] | None = None,
) -> Posted | None:
    """Post the journal a hold was placed for, taking `amount` (0 to the whole) from it and freeing the rest.

    The legs on the held account must sum to minus `amount`. With amount 0 and no legs nothing is posted (None).
    A hold is captured once; the same journal id with the same content and amount answers again. Raises what `post` raises, and
    UnknownHold, HoldNotOpen (also past its expiry, whether swept or not), HoldExceeded; CaptureMismatch for defects.
    """
    if amount == 0 and not legs:
        row = call(END_HOLD, (hold_id, "captured", 0, at))
        if row[0] not in {"ended", "replayed"}:
            raise hold_refusal(hold_id, "", "", row)
        return None
    check(legs)
    arguments = post_arguments(journal_id, event, legs, at, reference, None, metadata, hold_id, amount)
    row = settle(arguments, legs, at)
    if row[0].startswith("hold_"):
        if row[0] == "hold_mismatch":
            raise CaptureMismatch(f"the legs do not take {amount} from the account of hold {hold_id}")
        raise hold_refusal(hold_id, "", "", (row[0], *row[4:]))
    if row[0] == "replayed" and not Hold.objects.filter(id=hold_id, captured=amount).exists():
        raise JournalConflict(journal=public_id("jrn", journal_id))
    return posted(journal_id, legs, row)


def capture_all(
    *,
    hold_ids: Sequence[UUID],
    journal_id: UUID,
    event: str,
    legs: Sequence[Leg],
    at: datetime,
    reference: str = "",
    metadata: dict[str, Any] | None = None,
) -> Posted:
    """Post one journal that takes several holds, each as a whole: all or none.

    The legs on each held account sum to minus its holds. The same journal with the same holds answers again; with fewer, more or others
    it raises JournalConflict. Raises what `capture` raises; the first hold that is not open refuses all.
    """
    check(legs)
    arguments = post_arguments(journal_id, event, legs, at, reference, None, metadata)
    capturing = (*arguments[:6], arguments[7], array(hold_ids), at)
    row = call(CAPTURE_ALL, capturing)
    if row[0] == "missing":
        open_accounts(legs, at)
        row = call(CAPTURE_ALL, capturing)
    if row[0] == "hold_mismatch":
        raise CaptureMismatch(f"the legs do not take what the holds of journal {journal_id} keep")
    if row[0].startswith("hold_"):
        raise hold_refusal(hold_ids[0], "", "", (row[0], *row[4:]))
    return posted(journal_id, legs, row)


def release(*, hold_id: UUID, at: datetime, amount: int | None = None) -> None:
    """Free a hold as a whole; freeing one that is released or expired already changes nothing.

    `amount`, when given, must be the whole hold. Raises UnknownHold, HoldNotOpen (captured), HoldNotPartial, HoldExceeded.
    """
    row = call(END_HOLD, (hold_id, "released", amount, at))
    if row[0] not in {"ended", "replayed"}:
        raise hold_refusal(hold_id, "", "", row)


def reverse(
    *,
    journal_id: UUID,
    reverses: UUID,
    event: str,
    at: datetime,
    reference: str | None = None,
    effective_on: date | None = None,
    metadata: dict[str, Any] | None = None,
) -> Posted:
    """Post the mirror image of journal `reverses`, once. `reference` defaults to that of the journal reversed.

    Only an event type whose row is `forced` may push a balance below its floor. Raises UnknownJournal,
    AlreadyReversed, and what `post` raises.
    """
    known(event)
    row = call(REVERSE, (journal_id, reverses, event, reference, effective_on, json_or_none(metadata), at))
    if row[0] == "unknown":
        raise UnknownJournal(journal=str(reverses))
    if row[0] == "reversed":
        raise AlreadyReversed(journal=str(reverses))
    return posted(journal_id, (), row)


def open_account(*, account: AccountRef, at: datetime) -> None:
    """Open an account of the role its name begins with; opening it again changes nothing. Raises UnknownRole."""
    if not call(OPEN, (account.id, account.owner, account.name, account.asset, at))[0]:
        raise UnknownRole(f"no role of the books fits {account.name!r}, or {account.asset!r} is in no book")


def known(event: str) -> str:
    """`event`, if a plugged book declares it. Raises UnknownEvent."""
    if not books.knows_event(event):
        raise UnknownEvent(f"event {event!r} is in no book: declare it in the room's books.py")
    return event


def post_arguments(
    journal_id: UUID,
    event: str,
    legs: Sequence[Leg],
    at: datetime,
    reference: str,
    effective_on: date | None,
    metadata: dict[str, Any] | None,
    hold_id: UUID | None = None,
    amount: int | None = None,
) -> tuple[Any, ...]:
    """The parameters of POST in order."""
    accounts = id_array([leg.account.id for leg in legs])
    amounts = array([leg.amount for leg in legs])
    assets = text_array([leg.account.asset for leg in legs])
    return (
        journal_id, known(event), accounts, amounts, assets, reference, effective_on, json_or_none(metadata), hold_id, amount, at,
    )  # fmt: skip


def settle(arguments: tuple[Any, ...], legs: Sequence[Leg], at: datetime, beside: Sequence[Model] = ()) -> Row:
    """Post, with the rows `beside` it; where accounts are missing open them and post again."""
    row = call(*with_rows(POST, arguments, beside))
    if row[0] == "missing":
        open_accounts(legs, at)
        row = call(POST, arguments)
    return row


def open_accounts(legs: Sequence[Leg], at: datetime) -> None:
    """Open the accounts of a journal, in the one order in which several are ever opened."""
    for account in sorted({leg.account for leg in legs}, key=lambda ref: ref.id):
        open_account(account=account, at=at)


def posted(journal_id: UUID, legs: Sequence[Leg], row: Row) -> Posted:
    """The answer of a posting function as a value, or its refusal raised."""
    outcome, posted_at, business_on, effective_on = row[:4]
    if outcome in SETTLED:
        return Posted(journal_id, posted_at, business_on, effective_on, outcome == "replayed")
    raise refusal(journal_id, legs, row)


def refusal(journal_id: UUID, legs: Sequence[Leg], row: Row) -> DomainError | AssetMismatch:
    """Why a journal was refused, as the error to raise. Row: outcome, three dates, account, wanted, available."""
    outcome, _, business_on, effective_on, account, wanted, available = row
    asset = next((leg.account.asset for leg in legs if leg.account.id == account), None)
    amounts = {"wanted": wanted, "available": available, "asset": asset or (asset_of(account) if account else "")}
    match outcome:
        case "insufficient":
            return InsufficientFunds(**amounts)
        case "ceiling":
            return CeilingReached(**amounts)
        case "frozen":
            return AccountFrozen(account=public_id("acc", account))
        case "range":
            return BalanceOutOfRange(account=public_id("acc", account))
        case "conflict":
            return JournalConflict(journal=public_id("jrn", journal_id))
        case "closed":
            return DayClosed(day=effective_on.isoformat())
        case "future":
            return EffectiveInFuture(day=effective_on.isoformat(), business_day=business_on.isoformat())
        case "halted":
            return LedgerHalted()
        case "no_day":
            return NoOpenDay()
        case "asset":
            return AssetMismatch(f"a leg on {account} carries another asset than the account")
    raise AssertionError(f"the ledger answered {outcome!r}")


def asset_of(account: UUID) -> str:
    """The asset of an account that the caller did not name (the legs of a reversal)."""
    return str(LedgerAccount.objects.values_list("asset_id", flat=True).get(id=account))


def hold_refusal(hold_id: UUID, account: str, asset: str, row: Row) -> DomainError | ValueError:
    """Why a hold was refused. Row: outcome, account, wanted, available."""
    outcome, _, wanted, available = row
    name = public_id("hld", hold_id)
    match outcome:
        case "insufficient":
            return InsufficientFunds(wanted=wanted, available=available, asset=asset)
        case "frozen":
            return AccountFrozen(account=account)
        case "conflict":
            return HoldConflict(hold=name)
        case "mode":
            return AccountNotHoldable(account=account)
        case "halted":
            return LedgerHalted()
        case "hold_unknown":
            return UnknownHold(hold=name)
        case "hold_exceeded":
            return HoldExceeded(wanted=wanted, available=available)
        case "hold_partial":
            return HoldNotPartial(wanted=wanted, available=available)
        case "hold_captured" | "hold_released" | "hold_expired":
            return HoldNotOpen(hold=name, state=outcome.removeprefix("hold_"))
        case "asset":
            return AssetMismatch(f"account {account} does not hold {asset}")
    raise AssertionError(f"the ledger answered {outcome!r}")
