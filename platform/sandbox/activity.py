"""The latest requests, for the activity page. In memory: it is a window to look through, not a record."""

import threading
from collections import deque
from dataclasses import dataclass

_KEPT = 300
_BODY_SHOWN = 1500


@dataclass(frozen=True)
class Call:
    """One request; bodies are masked and shortened by the caller's `shorten`."""

    at: str
    method: str
    path: str
    merchant: str
    status: int
    code: str
    took_ms: float
    faults: str
    request: str
    response: str


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


def shorten(raw: bytes) -> str:
    """A body as text, cut to what a page can show."""
    text = raw.decode("utf-8", "replace")
    return text if len(text) <= _BODY_SHOWN else text[:_BODY_SHOWN] + " …"
