"""What upper rooms and adapters plug into channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.sockets import Socket
from payments.channels.models import Break, ChannelRequest
from payments.channels.port import Port, Result
from payments.channels.typed import Typed


@runtime_checkable
class OutcomeListener(Protocol):
    """The room a money request was made for, plugged in under `ChannelRequest.business`. Called with the request locked,
    inside a transaction: take your own rows next, the ledger last; never call the network. A DomainError undoes what you wrote, and
    you are told again later; WrongState says that it can never be (a second success for one order), and leaves a Break."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        """The request became success or failed (`request.state`, `request.code`); told once, but for TakesLate."""
        ...

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        """A payout told as success came back; told once, after `settled`."""
        ...


@runtime_checkable
class Wanting(Protocol):
    """The room a payment was placed for, plugged in under `ChannelRequest.business`, where it may stop wanting what is still on its way."""

    def wanted(self, *, request: ChannelRequest) -> bool:
        """Whether an open payment is still to be made. One that is not does not leave any more; at the channel it is closed."""
        ...


@runtime_checkable
class Described(Protocol):
    """An OutcomeListener whose payments have a name of their own, one request always the same: it leaves again with its number."""

    def subject(self, *, request: ChannelRequest) -> str:
        """What the payer reads at the channel."""
        ...


@runtime_checkable
class Rerouting(Protocol):
    """An OutcomeListener whose payouts may go through another channel. Where one is open, a payout that its channel certainly did not do
    ends as failed with the verdict `next_channel`, and `settled` places the next request; else it waits, and is sent again."""

    def has_another(self, *, request: ChannelRequest, at: datetime) -> bool:
        """Whether a channel that the payout was not asked at would take it now. Reads alone."""
        ...


@runtime_checkable
class TakesLate(Protocol):
    """An OutcomeListener whose orders, once over, take a success after the failure they were told: `settled` is told again, books it late
    and gives it back."""

    def takes_late(self, *, request: ChannelRequest) -> bool:
        """Whether the order of a failed payment is over and can take its success now."""
        ...


@runtime_checkable
class SigningListener(Protocol):
    """The room of agreements (cards). Called like an OutcomeListener, with the channel's whole answer, since its facts
    (tokens) are not kept on the request."""

    def answered(self, *, request: ChannelRequest, result: Result, at: datetime) -> None:
        """A sign_start, sign_confirm, resend or unsign became final (Success or Failed); told once."""
        ...

    def sign_ref(self, *, request: ChannelRequest) -> str:
        """The channel's name of the signing a request belongs to, empty while unknown."""
        ...


@runtime_checkable
class AgreementListener(Protocol):
    """The room that keeps agreements. Called inside the transaction that takes the notice in."""

    def cancelled(self, *, channel: str, token: str, at: datetime) -> None:
        """The channel's side ended the agreement `token`; may be told again, and before the agreement is known here."""
        ...


@runtime_checkable
class AdapterMaker(Protocol):
    """Opens a channel for calls."""

    def open(self, *, channel: str) -> Port:
        """Raises ChannelNotConnected when there is no live credential."""
        ...


@runtime_checkable
class CredentialRules(Protocol):
    """What an adapter's channel needs to be connected by hand."""

    def checked(self, typed: Typed) -> Typed:
        """What was typed, put in order. Raises Invalid with the field at fault and what belongs there."""
        ...


@dataclass(frozen=True)
class Fix:
    """What would put a break right: a stable code, what it means, and the journal's legs (the platform's own account by name, signed fen,
    positive is credit) with the reference they are filed under. No legs: nothing is to be booked."""

    code: str
    en: str
    zh: str
    legs: tuple[tuple[str, int], ...] = ()
    reference: str = ""


@runtime_checkable
class BreakFixer(Protocol):
    """The room that knows what statements mean for the books."""

    def proposed(self, *, found: Break) -> Fix | None:
        """The fix of an open break; None where people have to find out more."""
        ...

    def lock(self, *, found: Break) -> None:
        """Lock what `post` changes, before the break itself is locked."""
        ...

    def post(self, *, found: Break, fix: Fix, people: Mapping[str, str], at: datetime) -> UUID | None:
        """Post the fix in the transaction that closes the break; returns its journal, if it has one. `people`: who proposed and who
        approved it."""
        ...

    def corrected(self, *, found: Break, effective_on: date) -> None:
        """Take note of people's own correction, dated to that day, in the transaction that closes the break."""
        ...


FIXERS: Socket[BreakFixer] = Socket("payments.channels.fixers", BreakFixer)
OUTCOMES: Socket[OutcomeListener] = Socket("payments.channels.outcomes", OutcomeListener)
WANTED: Socket[Wanting] = Socket("payments.channels.wanted", Wanting)
SIGNINGS: Socket[SigningListener] = Socket("payments.channels.signings", SigningListener)
ADAPTERS: Socket[AdapterMaker] = Socket("payments.channels.adapters", AdapterMaker)
AGREEMENTS: Socket[AgreementListener] = Socket("payments.channels.agreements", AgreementListener)
CREDENTIALS: Socket[CredentialRules] = Socket("payments.channels.credentials", CredentialRules)
