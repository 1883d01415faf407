"""The web server: one worker a core with few threads, each keeping its database connection (measured: docs/adr)."""

import gc
import multiprocessing
import os
from pathlib import Path
from typing import Any

from core.observe.files import forget_dead_processes

METRICS = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(Path(__file__).resolve().parents[2] / "var" / "metrics"))
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")  # half of `timeout`: no statement outlives the request that sent it
workers = multiprocessing.cpu_count()
threads = int(os.environ.get("WEB_THREADS") or 2)
worker_class = "gthread"
preload_app = False
keepalive = 30
timeout = 30
graceful_timeout = 20
accesslog = None
errorlog = "-"
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Metrics of processes of the last run are forgotten."""
    forget_dead_processes(METRICS)


def post_worker_init(worker: Any) -> None:
    """What the application is made of stays to the end: the garbage collector need not walk through it between requests."""
    gc.collect()
    gc.freeze()
