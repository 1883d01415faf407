"""What upper rooms plug into the cashier: sources that fund an order, and discounts on it (docs/funding-sources.md is the contract).

A leg lives through one attempt: `hold` when the attempt begins, then either `commit_legs` and `committed` in the one commit of the
order, or `release`; later any number of `refund_legs` and `refunded`. All of these run inside a transaction with the order's row
locked: take your own rows next, never call the network, leave the ledger's postings to the cashier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from accounts.ledger.legs import Leg
from core.errors import DomainError
from core.sockets import Socket


@dataclass(frozen=True)
class OrderFacts:
    """What a source may know of the order it is asked about. One for a payee has no merchant."""

    id: UUID
    public_id: str
    merchant_id: UUID | None
    store_id: UUID | None
    scene: str
    subject: str
    amount_fen: int
    currency: str
    payee: str = ""


@dataclass(frozen=True)
class PayeeOrder:
    """An order as its payee sees it: `id` is the cashier's, `payee_order_id` the payee's own."""

    id: UUID
    public_id: str
    payee: str
    payee_order_id: UUID
    customer_id: UUID
    amount_fen: int
    currency: str


@dataclass(frozen=True)
class Reason:
    """Why something cannot be used now, and what to do; `code` is stable."""

    code: str
    en: str
    zh: str

    @classmethod
    def of(cls, refusal: DomainError) -> "Reason":
        """A refusal as a reason, in its own words."""
        return cls(refusal.code, refusal.text("en"), refusal.text("zh"))


@dataclass(frozen=True)
class Party:
    """What the payer's app may say beside a ref: who pays outside, or in which way. `form`: the regular expression it keeps to;
    `en`, `zh`: what belongs there. `needed`: nothing can be paid without."""

    form: str
    en: str
    zh: str
    needed: bool = False


@dataclass(frozen=True)
class Offer:
    """One thing a source can give: `ref` names it within the source (a card's id, empty when there is but one).

    `most_fen` is what it gives at most now (a discount: exactly what it takes off). `fee_fen` is what using it costs the customer
    beside the order, taken by the source itself. `reason` says why it cannot be used; such a one is shown and never chosen. `party`:
    what may be said beside the ref; None: nothing.
    """

    ref: str
    title_en: str
    title_zh: str
    most_fen: int
    fee_fen: int = 0
    reason: Reason | None = None
    party: Party | None = None


@dataclass(frozen=True)
class LegFacts:
    """One leg as its source sees it. `factors`: how many kinds of factor approved the attempt. `at_once`: nothing outside is asked,
    so the commit follows in the same transaction. `until`: what is set aside is needed no longer than this. `began_at`: when the
    attempt began, for limits to be given back to the right day. `hold_id` and `request_id`: what `hold` and `place` gave. `party`: what
    was said beside the ref, told to `hold` and `place` alone and kept by nobody but them."""

    id: UUID
    order_id: UUID
    order_public_id: str
    customer_id: UUID
    merchant_id: UUID | None
    ref: str
    amount_fen: int
    factors: int
    at_once: bool
    until: datetime
    began_at: datetime
    hold_id: UUID | None
    request_id: UUID | None
    party: str = field(default="", repr=False)


@runtime_checkable
class Source(Protocol):
    """What discounts and funding sources have in common. `order` sorts them where the customer did not (coupon 10, points 15,
    balance 20, fund share 30, credit 40, card 50, external wallet 60)."""

    @property
    def order(self) -> int: ...

    def offers(self, *, order: OrderFacts, customer_id: UUID, factors: int, at: datetime) -> Sequence[Offer]:
        """What the customer could use, best first, in a number of queries that does not follow from history. `factors`: how many kinds
        of factor approve the payment, as far as that is known (1 until then)."""
        ...

    def hold(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Set `leg.amount_fen` aside, or refuse with a DomainError. Returns the ledger's hold where it is one: the cashier captures
        it with the commit. With `at_once` what the ledger's own floor guards needs no hold."""
        ...

    def commit_legs(self, *, leg: LegFacts) -> Sequence[Leg]:
        """The debits that fund the order: in the order's currency they sum to minus the leg's amount, in other assets to zero."""
        ...

    def committed(self, *, leg: LegFacts, journal_id: UUID, at: datetime) -> None:
        """The order is paid by `journal_id`: note it in rows of your own."""
        ...

    def release(self, *, leg: LegFacts, at: datetime) -> None:
        """The attempt is over and the leg is not needed: undo everything `hold` did (a ledger's hold too)."""
        ...

    def refund_legs(self, *, leg: LegFacts, amount_fen: int) -> Sequence[Leg]:
        """The credits that take `amount_fen` back: the mirror of `commit_legs` for a part."""
        ...

    def refunded(self, *, leg: LegFacts, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        """`amount_fen` of the leg went back: note it, and give limits back. Told once a refund."""
        ...


@runtime_checkable
class FundingSource(Source, Protocol):
    """A source the customer pays from. `external`: somebody outside must say yes, through a channel; an attempt has one such leg at
    most, and asks it last."""

    @property
    def external(self) -> bool: ...


@runtime_checkable
class ExternalSource(FundingSource, Protocol):
    """A funding source whose money an outside party moves."""

    def place(self, *, leg: LegFacts, at: datetime) -> UUID:
        """Write the channel's request for the leg (payments.channels.services.place, business BUSINESS, business_id the leg's id) and
        return its id. The cashier sends it after the commit."""
        ...


@runtime_checkable
class Attended(Protocol):
    """An external source whose payer has to act outside before it pays: scan a code, confirm in an app. It is never chosen where nobody
    asks the payer, and as long as they have not acted they may give the payment up."""

    attended: bool


@runtime_checkable
class Rerouted(Protocol):
    """An external source that knows other channels. Asked only after a definite refusal whose verdict is next_channel."""

    def place_next(self, *, leg: LegFacts, at: datetime) -> UUID | None:
        """Like `place`, with a channel that no request of the leg was made at; None: there is no other now."""
        ...


@runtime_checkable
class Refusing(Protocol):
    """A source whose `hold` refuses with errors that no other room has: the payer's API promises them."""

    refusals: Sequence[type[DomainError]]


@runtime_checkable
class Released(Protocol):
    """An external source whose `release` gave something back."""

    def taken(self, *, leg: LegFacts, at: datetime) -> None:
        """The money of a released leg was taken after all and goes back (`refunded`): undo what `release` did, refuse nothing."""
        ...


@runtime_checkable
class WithRefs(Protocol):
    """A funding source of which a customer may have several (cards), each named by a ref; a source without refs is named by its name."""

    def has(self, *, customer_id: UUID, ref: str) -> bool:
        """Whether the customer has what `ref` names, usable at the moment or not. `ref` may be anything somebody wrote."""
        ...


@runtime_checkable
class DiscountProvider(Source, Protocol):
    """A discount: what it takes off the order is paid by its provider (expense:coupon), so the merchant gets the whole order."""


@runtime_checkable
class ForPayees(Protocol):
    """A discount that is offered for orders of payees too; others are for merchants' orders alone."""

    for_payees: bool


@runtime_checkable
class Payee(Protocol):
    """Something an order pays that is no merchant (docs/payees.md), plugged in under its name. All of these run inside a transaction with
    the order's row and its payer locked: take your own rows next, never call the network, leave postings to the cashier."""

    @property
    def refusals(self) -> Sequence[type[DomainError]]:
        """What `require_payable` and `paid` refuse with, beyond the cashier's own."""
        ...

    def require_payable(self, *, order: PayeeOrder, customer_id: UUID, at: datetime) -> None:
        """Raises what says why the order cannot be paid now."""
        ...

    def credits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        """Where the money goes; sums to `amount_fen`."""
        ...

    def paid(self, *, order: PayeeOrder, journal_id: UUID, at: datetime) -> None:
        """In the paying transaction. A DomainError refuses the commit: what a card was charged goes back as a late success."""
        ...

    def closed(self, *, order: PayeeOrder, code: str, at: datetime) -> None:
        """Over without payment; told once."""
        ...

    def refund_debits(self, *, order: PayeeOrder, amount_fen: int) -> Sequence[Leg]:
        """Whence a refund is paid; sums to minus `amount_fen`. Asked when it is done, and nothing is held for it: the money must stay in
        the payee's account until `refunded`."""
        ...

    def refunded(self, *, order: PayeeOrder, amount_fen: int, refund_id: UUID, at: datetime) -> None:
        """In the transaction that books the refund."""
        ...

    def refund_failed(self, *, order: PayeeOrder, refund_id: UUID, code: str, at: datetime) -> None:
        """Operators gave the refund up; its room on the order is free again."""
        ...


@runtime_checkable
class SceneRule(Protocol):
    """What a scene asks of each payment in it, beside its sources (a limit a day); plugged in under the scene's name."""

    def admit(self, *, order: OrderFacts, customer_id: UUID, amount_fen: int, at: datetime) -> None:
        """An attempt begins, of which the payer gives `amount_fen`: count it, or refuse with a DomainError."""
        ...

    def undone(self, *, order: OrderFacts, customer_id: UUID, amount_fen: int, began_at: datetime) -> None:
        """The attempt that began then came to nothing: undo what `admit` did. Told once an attempt."""
        ...


BUSINESS = "payment"
FUNDING_SOURCES: Socket[FundingSource] = Socket("payments.cashier.funding_sources", FundingSource)
DISCOUNTS: Socket[DiscountProvider] = Socket("payments.cashier.discounts", DiscountProvider)
PAYEES: Socket[Payee] = Socket("payments.cashier.payees", Payee)
SCENE_RULES: Socket[SceneRule] = Socket("payments.cashier.scene_rules", SceneRule)


def plugged(*, discount: bool) -> Mapping[str, Source]:
    """The plugs of one of the two sockets, by name."""
    return dict(DISCOUNTS.items()) if discount else dict(FUNDING_SOURCES.items())


def source_of(name: str, *, discount: bool) -> Source:
    """The plug behind a stored leg."""
    found = (DISCOUNTS if discount else FUNDING_SOURCES).get(name)
    assert found is not None, f"nothing is plugged in as {name}"
    return found


def payee_of(name: str) -> Payee:
    """The plug an order pays."""
    found = PAYEES.get(name)
    assert found is not None, f"no payee is plugged in as {name}"
    return found


def own_refusals() -> list[type[DomainError]]:
    """What only the plugs themselves refuse with."""
    return [
        *(code for _, source in (*DISCOUNTS.items(), *FUNDING_SOURCES.items()) if isinstance(source, Refusing) for code in source.refusals),
        *(code for _, payee in PAYEES.items() for code in payee.refusals),
    ]


def is_attended(name: str) -> bool:
    """Whether the payer of a funding source has to act outside."""
    found = FUNDING_SOURCES.get(name)
    return isinstance(found, Attended) and found.attended


def external_of(name: str) -> ExternalSource:
    """The plug behind an external leg."""
    found = FUNDING_SOURCES.get(name)
    assert isinstance(found, ExternalSource), f"{name} asks nobody outside"
    return found
