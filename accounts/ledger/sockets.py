"""How upper floors write in the books: assets, GL codes, account roles and event types, declared as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from core.sockets import Socket


@dataclass(frozen=True)
class AssetLine:
    code: str
    scale: int
    en: str
    zh: str


@dataclass(frozen=True)
class GLLine:
    """One GL code; `kind` is asset, liability, equity, income or expense."""

    code: str
    kind: str
    en: str
    zh: str


@dataclass(frozen=True)
class RoleLine:
    """One class of accounts; fields as in models.AccountRole, `gl_code` is where its legs go unless an event says else."""

    role: str
    kind: str
    gl_code: str
    en: str
    zh: str
    mode: str = "sync"
    subs: int = 1
    floor: int | None = None
    ceiling: int | None = None
    hold_overdraft: bool = False
    clearing: bool = False


@dataclass(frozen=True)
class EventLine:
    """One event type; `gl` maps a role to the GL code its legs take for this event alone."""

    event: str
    en: str
    zh: str
    forced: bool = False
    passes_freeze: bool = False
    gl: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Book(Protocol):
    """What a room adds to the books. A plain object with these four attributes will do (see `Lines`)."""

    @property
    def assets(self) -> Sequence[AssetLine]: ...

    @property
    def gl_codes(self) -> Sequence[GLLine]: ...

    @property
    def roles(self) -> Sequence[RoleLine]: ...

    @property
    def events(self) -> Sequence[EventLine]: ...


@dataclass(frozen=True)
class Lines:
    """A Book as a value."""

    assets: Sequence[AssetLine] = ()
    gl_codes: Sequence[GLLine] = ()
    roles: Sequence[RoleLine] = ()
    events: Sequence[EventLine] = ()


BOOKS: Socket[Book] = Socket("accounts.ledger.books", Book)


@dataclass(frozen=True)
class Finding:
    """Something that must not be: the check that found it, the first bad row, and what is wrong with it."""

    check: str
    subject: str
    detail: str


@runtime_checkable
class Check(Protocol):
    """A proof another room adds to `ledger_check`. Runs inside one read-only snapshot: reads alone, no own transaction.

    `since` is the business day that earlier proofs covered, None to read everything.
    """

    name: str

    def findings(self, *, since: date | None) -> Sequence[Finding]: ...


CHECKS: Socket[Check] = Socket("accounts.ledger.checks", Check)
"""Of the books: the daily proof halts all money on a finding."""
