"""What upper floors plug into verification: the outside authority that knows who is who."""

from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.sockets import Socket


class VerifyResult(StrEnum):
    """What a verifier said. UNAVAILABLE: it certainly did not look; UNKNOWN: a time-out, it may have looked."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


@runtime_checkable
class Verifier(Protocol):
    """A real-name authority. Asking again with the same `request_no` gives the same answer."""

    def verify(self, *, name: str, id_number: str, mobile: str, request_no: str) -> VerifyResult:
        """Ask. `mobile` is E.164. Never raises for what the outside says or for a time-out (UNKNOWN)."""


VERIFIERS: Socket[Verifier] = Socket("accounts.verification.verifiers", Verifier)  # type: ignore[type-abstract]
