"""What rooms plug into privacy: what is open, what is known, and how it is forgotten."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from core.sockets import Socket


@dataclass(frozen=True)
class Obstacle:
    """One reason why an account cannot close yet: a stable code, and words in English and Chinese that say what to do."""

    code: str
    en: str
    zh: str


@runtime_checkable
class Obligation(Protocol):
    """Something a customer owns or owes that must end before the account does."""

    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        """What is open, empty when nothing is. Called inside the closing transaction: lock what could change."""


@runtime_checkable
class Exporter(Protocol):
    """Part of a personal-data export."""

    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any] | list[Mapping[str, Any]]:
        """What this room holds on the customer, as JSON values in clear, for the customer alone."""


@runtime_checkable
class Eraser(Protocol):
    """How a room forgets a person when the account closes; books stay."""

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        """Overwrite what identifies the person, inside the closing transaction."""


OBLIGATIONS: Socket[Obligation] = Socket("accounts.privacy.obligations", Obligation)  # type: ignore[type-abstract]
EXPORTERS: Socket[Exporter] = Socket("accounts.privacy.exporters", Exporter)  # type: ignore[type-abstract]
ERASERS: Socket[Eraser] = Socket("accounts.privacy.erasers", Eraser)  # type: ignore[type-abstract]
