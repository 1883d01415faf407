"""What upper rooms and adapters plug into channels."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from core.sockets import Socket
from payments.channels.models import ChannelRequest
from payments.channels.port import Port, Result
from payments.channels.typed import Typed


@runtime_checkable
class OutcomeListener(Protocol):
    """The room a money request was made for, plugged in under `ChannelRequest.business`. Called with the request locked,
    inside a transaction: take your own rows next, the ledger last; never call the network. A DomainError undoes what you wrote, and
    you are told again later; WrongState says that it can never be (a second success for one order), and leaves a Break."""

    def settled(self, *, request: ChannelRequest, at: datetime) -> None:
        """The request became success or failed (`request.state`, `request.code`); told once."""
        ...

    def returned(self, *, request: ChannelRequest, at: datetime) -> None:
        """A payout told as success came back; told once, after `settled`."""
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


OUTCOMES: Socket[OutcomeListener] = Socket("payments.channels.outcomes", OutcomeListener)
SIGNINGS: Socket[SigningListener] = Socket("payments.channels.signings", SigningListener)
ADAPTERS: Socket[AdapterMaker] = Socket("payments.channels.adapters", AdapterMaker)
AGREEMENTS: Socket[AgreementListener] = Socket("payments.channels.agreements", AgreementListener)
CREDENTIALS: Socket[CredentialRules] = Socket("payments.channels.credentials", CredentialRules)
