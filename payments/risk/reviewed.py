"""What a room plugs in whose acts are judged and never wait for a person (`deciding.decide_now`)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass
class NeverWaits:
    """A scene of the rules (see `ReviewListener`): such an act is refused where another would wait, so no review of one is ever decided."""

    label: str
    prefix: str
    payee_label: str
    payee_prefix: str

    def released(self, *, business_id: UUID, at: datetime) -> None:
        raise AssertionError(f"{business_id}: no act of this kind waits for a person")

    def refused(self, *, business_id: UUID, at: datetime) -> None:
        raise AssertionError(f"{business_id}: no act of this kind waits for a person")
