"""What the process was started with."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_BACKOFF_S = (1.0, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 300.0)
DEFAULT_HOLD_MS = 3000


@dataclass(frozen=True)
class Config:
    """Start-up settings; what an app team may change while it runs is in settings.py."""

    data_dir: Path
    port: int
    notify_url: str = ""
    threads: int = 32
    notice_backoff_s: tuple[float, ...] = DEFAULT_BACKOFF_S
    hold_ms: int = DEFAULT_HOLD_MS
