"""The files in which processes share their metrics. Imports nothing of Prometheus: the web server's master must not load it."""

from pathlib import Path


def forget_dead_processes(folder: str) -> None:
    """Remove the files of processes that are gone; Prometheus takes the drop for a restart, as it is."""
    for file in Path(folder).glob("*_*.db"):
        pid = file.stem.rsplit("_", 1)[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            file.unlink(missing_ok=True)
