"""What the rooms that ask about their acts plug in."""

from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.sockets import Socket


@runtime_checkable
class ReviewListener(Protocol):
    """A room whose acts are decided about, plugged in under the name it asks with (`Act.business`): its scene in the rules.

    Called once a review, with the review locked, inside the transaction that decides it: take your own rows next, the ledger last;
    never call the network. A DomainError undoes the decision, and whoever made it reads why.
    """

    label: str
    """The desk's page of the room's rows (`payments.transfer`)."""
    prefix: str
    """The prefix of their public ids."""
    payee_label: str
    """The desk's page of what these acts pay (`accounts.customer`)."""
    payee_prefix: str
    """The prefix of its public ids."""

    def released(self, *, business_id: UUID, at: datetime) -> None:
        """The act goes on."""
        ...

    def refused(self, *, business_id: UUID, at: datetime) -> None:
        """The act ends, and what it holds goes back; also when nobody decided in time."""
        ...


REVIEWED: Socket[ReviewListener] = Socket("payments.risk.reviewed", ReviewListener)
