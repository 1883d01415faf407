"""Structured logs: JSON lines in production, readable ones in development, redacted twice, tracebacks without variables."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor

from core.observe.redaction import redact

# fpdf warns of each character its font has not: pieces of a customer's remark. fontTools tells of each table it reads.
QUIET = {
    "django.server": "WARNING",
    "celery.app.trace": "WARNING",
    "celery.worker.strategy": "WARNING",
    "httpx": "WARNING",
    "fontTools": "WARNING",
    "fpdf": "ERROR",
}


def shared() -> list[Processor]:
    """What every event passes, our own or a library's. Redaction stands first: nothing later sees what must not be seen."""
    return [
        structlog.contextvars.merge_contextvars,
        redact,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def rendering(*, as_json: bool) -> list[Processor]:
    """From event to line: the traceback as text (never with local variables), redacted again with it."""
    last: Processor
    if as_json:
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, redact, last]


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `settings` holds `level` and `json`."""
    structlog.configure(
        processors=[*shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings["level"]]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared(), processors=rendering(as_json=settings["json"])))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings["level"])
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in ("gunicorn.error", "celery", "django"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
