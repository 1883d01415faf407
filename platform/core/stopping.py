"""Ending a worker's long sweeps at their next row, once the worker was told to stop."""

import signal
from threading import Event
from types import FrameType

STOPPING = Event()


def stop_soon(number: int, frame: FrameType | None) -> None:
    """The call under way ends and its answer is stored; the worker then ends its processes itself."""
    STOPPING.set()


def listen() -> None:
    """Call in a process that runs tasks: what stops a whole group of processes reaches it too, not its parent alone."""
    signal.signal(signal.SIGTERM, stop_soon)
