"""The latest requests, for the activity page. In memory: it is a window to look through, not a record."""

import json
import threading
from collections import deque
from dataclasses import dataclass

from sandbox.identifiers import mask_numbers

_KEPT = 300
_BODY_SHOWN = 1500


@dataclass(frozen=True)
class Call:
    """One request. `status` 0: the connection was cut. The bodies are raw; what is shown of them is masked and cut short."""

    at: str
    method: str
    path: str
    merchant: str
    status: int
    took_ms: float
    faults: str
    sent: bytes
    answered: bytes

    @property
    def request(self) -> str:
        """The request body as a page may show it."""
        return _shown(self.sent)

    @property
    def response(self) -> str:
        """The answer as a page may show it."""
        return _shown(self.answered)

    @property
    def outcome(self) -> str:
        """Status and code of a JSON answer, "" for anything else."""
        try:
            body = json.loads(self.answered)
        except ValueError:
            return ""
        return f"{body.get('status', '')} {body.get('code', '')}".strip()


class Activity:
    """A bounded list, latest first."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=_KEPT)

    def add(self, call: Call) -> None:
        """Remember one."""
        with self._lock:
            self._calls.appendleft(call)

    def latest(self) -> list[Call]:
        """All that are kept, latest first."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._calls.clear()


def _shown(raw: bytes) -> str:
    text = mask_numbers(raw.decode("utf-8", "replace"))
    return text if len(text) <= _BODY_SHOWN else text[:_BODY_SHOWN] + " …"
