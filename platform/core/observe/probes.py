"""The probes: alive, ready, which version; and the metrics for those who may read them."""

import hmac
import ipaddress
import subprocess
import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.api import problems
from core.clock import queries as clock
from core.observe import beat, metrics
from core.outbox import queries as outbox

OUTBOX_SECONDS = 120
"""Longer than an event whose handler works is on its way, whatever was killed meanwhile (docs/processes.md)."""
BROKER_SECONDS = 1.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing of what it depends on: restarting it would not mend the database."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can do its work: every check with its reason; 503 when one of REQUIRED fails.

    What all web processes share and money does not wait for (the broker, the outbox, the clock) only degrades: one bad event
    must not take every one of them out of service.
    """
    at = clock.wall()
    checks = {name: check(at) for name, check in CHECKS.items()}
    failed = {name for name, reason in checks.items() if reason}
    told = {name: {"ok": not reason} | ({"reason": reason} if reason else {}) for name, reason in checks.items()}
    status = "not_ready" if failed & REQUIRED else "degraded" if failed else "ready"
    body = {"status": status, "checks": told, "degraded": sorted(failed - REQUIRED)}
    return JsonResponse(body, status=503 if status == "not_ready" else 200)


@require_safe
@never_cache
def version(request: HttpRequest) -> HttpResponse:
    """The version, the commit it was built from, and the last migration of each floor."""
    try:
        schema = applied_schema()
    except (DatabaseError, InterfaceError):
        schema = {}
    return JsonResponse({"version": project_version(), "commit": commit(), "schema": schema})


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN as a bearer token, or in development for this machine itself; to everybody else it does not exist."""
    if not may_read_metrics(request):
        return JsonResponse(problems.problem(404, "not_found", problems_text()), status=404, content_type=problems.MEDIA_TYPE)
    return HttpResponse(metrics.page(clock.now()), content_type=METRICS_TYPE)


def problems_text() -> str:
    return "There is no such thing here."


def may_read_metrics(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode()):
        return True
    if settings.PRODUCTION or settings.TRUSTED_PROXIES:
        # A proxy on this machine asks from loopback for all the world, and need not say whom it asks for.
        return False
    forwarded = any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
    try:
        loopback = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return loopback and not forwarded


def database_reason(at: datetime) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            (read_only,) = cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return "the database does not answer"
    return "the database takes no writes" if read_only else ""


class Migrated:
    """Remembers once all migrations were applied: they are not taken back under a running process."""

    done = False

    def __call__(self, at: datetime) -> str:
        if self.done:
            return ""
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except (DatabaseError, InterfaceError):
            return "the migrations cannot be read"
        if waiting:
            return f"{len(waiting)} migrations are not applied, the first is {waiting[0][0].app_label}.{waiting[0][0].name}"
        type(self).done = True
        return ""


def broker_reason(at: datetime) -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=BROKER_SECONDS, socket_timeout=BROKER_SECONDS)
    try:
        client.ping()
    except redis.RedisError:
        return "the broker does not answer"
    finally:
        client.close()
    return ""


def outbox_reason(at: datetime) -> str:
    try:
        oldest = outbox.backlog(at=clock.now()).oldest_pending_seconds
    except (DatabaseError, InterfaceError):
        return "the outbox cannot be read"
    return f"the oldest event waits {oldest:.0f} s, more than {OUTBOX_SECONDS}" if oldest > OUTBOX_SECONDS else ""


def clock_reason(at: datetime) -> str:
    """Whether beat still sends the periodic tasks, the outbox's sweep among them; one that was never started is not missed."""
    try:
        silent = beat.silent_seconds(wall=at)
    except (DatabaseError, InterfaceError):
        return "the schedule cannot be read"
    long = silent > beat.SILENT_SECONDS
    return f"no periodic task was sent for {silent:.0f} s, more than {beat.SILENT_SECONDS}: is beat running?" if long else ""


CHECKS: dict[str, Callable[[datetime], str]] = {
    "database": database_reason,
    "migrations": Migrated(),
    "broker": broker_reason,
    "outbox": outbox_reason,
    "clock": clock_reason,
}
REQUIRED = {"database", "migrations"}


@lru_cache(maxsize=1)
def project_version() -> str:
    with (settings.ROOT / "pyproject.toml").open("rb") as file:
        found: str = tomllib.load(file)["project"]["version"]
    return found


@lru_cache(maxsize=1)
def commit() -> str:
    """COMMIT as the image was built with, else the checkout's own."""
    if settings.COMMIT:
        return str(settings.COMMIT)
    try:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=settings.ROOT, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return asked.stdout.strip() or "unknown"


def applied_schema() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app, max(name) FROM django_migrations WHERE app = ANY(%s) GROUP BY app ORDER BY app", [list(settings.FLOORS)]
        )
        return dict(cursor.fetchall())
