"""What an app team may change while the bank runs; kept in the store."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from sandbox.config import Config
from sandbox.store import Store, meta, set_meta
from sandbox.wire import Fields, dump, invalid

_MOST_S = 86_400.0


@dataclass(frozen=True)
class Values:
    """`notice_mode`: auto (a thread delivers) or manual (only a flush does). `plan_mode`: the same of what faults plan for later
    (decisions, returns, cancellations), which is then carried out when asked for. `hold_ms`: how long a cut connection is held first."""

    notice_mode: str
    notice_backoff_s: tuple[float, ...]
    hold_ms: int
    magic_amounts: bool = True
    plan_mode: str = "auto"


class Settings:
    """The current values."""

    def __init__(self, store: Store, config: Config) -> None:
        """Start-up values, overridden by what was kept."""
        self._store = store
        self._initial = Values("auto", config.notice_backoff_s, config.hold_ms)
        self.values = self._initial
        self.reload()

    def reload(self) -> None:
        """Read the kept values again."""
        with self._store.read() as tx:
            kept = json.loads(meta(tx, "settings", "{}"))
        if "notice_backoff_s" in kept:
            kept["notice_backoff_s"] = tuple(kept["notice_backoff_s"])
        self.values = replace(self._initial, **kept)

    def view(self) -> dict[str, Any]:
        """All values as JSON."""
        return asdict(self.values)

    def change(self, fields: Fields) -> None:
        """Apply the body of `PUT /control/settings`. Raises Refusal."""
        changes: dict[str, Any] = {}
        if fields.has("notice_mode"):
            changes["notice_mode"] = fields.text("notice_mode", pattern="auto|manual")
        if fields.has("plan_mode"):
            changes["plan_mode"] = fields.text("plan_mode", pattern="auto|manual")
        if fields.has("notice_backoff_s"):
            changes["notice_backoff_s"] = _backoff(fields.items("notice_backoff_s"))
        if fields.has("hold_ms"):
            changes["hold_ms"] = fields.whole("hold_ms", least=0, most=120_000)
        if fields.has("magic_amounts"):
            changes["magic_amounts"] = fields.flag("magic_amounts", default=True)
        fields.done()
        with self._store.write() as tx:
            kept = json.loads(meta(tx, "settings", "{}")) | changes
            set_meta(tx, "settings", dump(kept))
        self.reload()


def _backoff(given: list[Any] | None) -> tuple[float, ...]:
    waits = given or []
    if not 1 <= len(waits) <= 20 or not all(isinstance(wait, int | float) and 0 < wait <= _MOST_S for wait in waits):
        raise invalid("notice_backoff_s", "must be a list of 1 to 20 waits in seconds, each above 0 and at most 86400")
    return tuple(float(wait) for wait in waits)
