"""Alive, ready with reasons, version, metrics for those who may read them, headers, and errors without internals."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config import urls
from core.business_day.admin import ClockFigures
from core.clock import queries as clock
from core.ids import new_id
from core.observe import files, metrics, probes
from core.observe.middleware import LogMiddleware
from core.outbox import services as outbox
from core.outbox.models import OutboxEvent

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def lose(*_: object) -> None:
    """What Django raises when the server closed the connection."""
    raise InterfaceError("connection already closed")


def broken(request: object) -> None:
    raise RuntimeError("secret internals 13812345678")


class Broken:
    """A URLconf with an address that breaks."""

    handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
    urlpatterns = [*urls.urlpatterns, path("v1/broken", broken), path("admin/broken", broken)]


def test_healthz_asks_nothing_of_anybody(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_is_ready_with_every_check_named() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert set(answer.json()["checks"]) == {"database", "migrations", "broker", "outbox", "clock"}


def test_readyz_stays_200_and_says_why_when_the_outbox_is_stuck() -> None:
    then = clock.now() - timedelta(seconds=300)
    OutboxEvent.objects.create(id=new_id(), shard=1, topic="t", key="k", payload={}, occurred_at=then, next_attempt_at=then)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["degraded"]) == (200, "degraded", ["outbox"])
    assert "waits 30" in answer.json()["checks"]["outbox"]["reason"]


def test_readyz_stays_200_and_says_why_when_nobody_sends_the_periodic_tasks() -> None:
    every = IntervalSchedule.objects.create(every=5, period="seconds")
    ended = clock.wall() - timedelta(seconds=599)
    PeriodicTask.objects.create(name="a", task="a", interval=every, last_run_at=ended)
    PeriodicTask.objects.create(name="b", task="b", interval=every, last_run_at=clock.wall(), enabled=False)
    assert Client().get("/readyz").json()["status"] == "ready"
    PeriodicTask.objects.filter(name="a").update(last_run_at=ended - timedelta(seconds=2))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["degraded"]) == (200, "degraded", ["clock"])
    assert "is beat running?" in answer.json()["checks"]["clock"]["reason"]


def test_the_desk_and_the_metrics_tell_of_a_silent_clock(settings: Any) -> None:
    """By the wall clock, whatever time the business has."""
    settings.METRICS_TOKEN = "t"
    at = clock.now() + timedelta(days=90)
    every = IntervalSchedule.objects.create(every=5, period="seconds")
    (never,) = ClockFigures().figures(at=at)
    task = PeriodicTask.objects.create(name="a", task="a", interval=every, last_run_at=clock.wall() - timedelta(seconds=590))
    (running,) = ClockFigures().figures(at=at)
    assert [(shown.title, shown.value, shown.level) for shown in (never, running)] == [("Clock", "running", "ok")] * 2
    PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=clock.wall() - timedelta(minutes=30, seconds=1))
    (silent,) = ClockFigures().figures(at=at)
    assert (silent.value, silent.level, silent.page) == ("silent", "bad", "core.businessday")
    assert silent.detail == "no periodic task was sent for 30 min: start the clock (docs/night.md)"
    text = Client(headers={"Authorization": "Bearer t"}).get("/metrics").content.decode()
    (line,) = [line for line in text.splitlines() if line.startswith("banyan_clock_silent_seconds ")]
    assert 1800 <= float(line.split()[1]) < 1900


def test_readyz_stays_200_and_says_why_when_the_broker_is_gone_and_names_no_password() -> None:
    with override_settings(REDIS_URL="redis://:canary-password@127.0.0.1:1/0"):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["degraded"]) == (200, "degraded", ["broker"])
    assert answer.json()["checks"]["broker"] == {"ok": False, "reason": "the broker does not answer"}
    assert b"canary" not in answer.content


def test_readyz_says_503_and_why_when_the_database_takes_no_writes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["degraded"]) == (503, "not_ready", [])
    assert answer.json()["checks"]["database"] == {"ok": False, "reason": "the database takes no writes"}


def test_readyz_says_503_and_why_when_the_connection_is_gone() -> None:
    with connection.execute_wrapper(lose):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
    assert answer.json()["checks"]["database"] == {"ok": False, "reason": "the database does not answer"}


def test_readyz_says_503_and_why_when_migrations_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes.Migrated, "done", False)
    with connection_without_migration():
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "not applied" in answer.json()["checks"]["migrations"]["reason"]


class connection_without_migration:  # noqa: N801  (reads as a statement)
    """The migrations of the kernel forgotten (those that a squashed one replaces with it), until the test's transaction is rolled back."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")

    def __exit__(self, *_: object) -> None:
        """Nothing to do: the test is rolled back."""


def test_version_names_version_commit_and_schema() -> None:
    told = Client().get("/version").json()
    assert told["version"] == "0.1.0"
    assert len(told["commit"]) >= 7
    assert told["schema"]["core"].startswith("00")


def test_metrics_tell_depth_age_and_routes_never_addresses() -> None:
    client = Client()
    client.get("/admin/core/auditrecord/01900000-0000-7000-8000-000000000001/change/")
    client.get("/v1/no/such/13812345678")
    text = client.get("/metrics").content.decode()
    assert 'banyan_outbox_events{state="dead"} 0.0' in text
    assert 'route="admin/core/auditrecord/<path:object_id>/change/"' in text
    assert 'route="unknown",status="404"' in text
    assert "01900000-0000" not in text
    assert "13812345678" not in text


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "10.0.0.7"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ({"REMOTE_ADDR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer the-metrics-token"}, 200),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(extra: dict[str, str], status: int) -> None:
    with override_settings(METRICS_TOKEN="the-metrics-token"):
        assert Client().get("/metrics", **extra).status_code == status


@pytest.mark.parametrize("behind", [{"PRODUCTION": True}, {"TRUSTED_PROXIES": 1}])
def test_metrics_take_nothing_but_the_token_where_a_proxy_may_ask_from_this_machine(behind: dict[str, Any]) -> None:
    with override_settings(METRICS_TOKEN="the-metrics-token", **behind):
        assert Client().get("/metrics").status_code == 404
        assert Client().get("/metrics", headers={"Authorization": "Bearer the-metrics-token"}).status_code == 200
    with override_settings(METRICS_TOKEN="", **behind):
        assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_money_is_counted_by_product_when_its_event_is_committed(django_capture_on_commit_callbacks: object) -> None:
    product = f"product_{new_id().hex}"
    metrics.counts_money("tests.counted", product=product, outcome="done")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            outbox.publish(topic="tests.counted", owner=new_id(), payload={"amount_fen": 1250}, at=clock.now())
            assert product not in Client().get("/metrics").content.decode()
    finally:
        del metrics.MONEY_COUNTERS["tests.counted"]
    text = Client().get("/metrics").content.decode()
    assert f'banyan_money_fen_total{{currency="CNY",outcome="done",product="{product}"}} 1250.0' in text
    assert f'banyan_money_moves_total{{currency="CNY",outcome="done",product="{product}"}} 1.0' in text


def test_the_files_of_dead_processes_are_forgotten_and_of_living_ones_kept(tmp_path: Path) -> None:
    dead, alive = tmp_path / "counter_4194304.db", tmp_path / f"counter_{os.getpid()}.db"
    dead.touch()
    alive.touch()
    files.forget_dead_processes(str(tmp_path))
    assert (dead.exists(), alive.exists()) == (False, True)


@pytest.mark.parametrize("address", ["/v1/broken", "/admin/broken"])
def test_a_broken_page_answers_with_a_trace_id_and_no_internals(address: str) -> None:
    with override_settings(ROOT_URLCONF=Broken):
        answer = Client(raise_request_exception=False).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    told = answer.json()
    assert told["code"] == "internal"
    assert len(told["trace_id"]) == 36
    assert b"internals" not in answer.content
    with override_settings(ROOT_URLCONF=Broken):
        page = Client(raise_request_exception=False).get(address, headers={"accept": "text/html"})
    assert b"internals" not in page.content


def test_an_unknown_address_is_a_problem_in_the_callers_language() -> None:
    answer = Client().get("/v1/no/such", headers={"accept-language": "zh-CN"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert "未找到" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/healthz", "/admin/login/", "/v1/no/such"])
def test_every_answer_carries_the_security_headers(address: str) -> None:
    answer = Client().get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_a_request_is_logged_with_the_address_all_else_goes_by() -> None:
    seen: list[object] = []

    def answered(request: HttpRequest) -> HttpResponse:
        seen.append(structlog.contextvars.get_contextvars()["ip"])
        return HttpResponse()

    LogMiddleware(answered)(RequestFactory().get("/healthz", headers={"x-forwarded-for": "203.0.113.9"}))
    assert seen == ["127.0.0.1"]


def test_the_api_knows_no_login_in_a_cookie() -> None:
    answers = [Client().get(address) for address in ("/v1/docs", "/admin/login/")]
    assert [hasattr(answer.wsgi_request, "session") for answer in answers] == [False, True]


def test_check_deploy_is_clean_under_production_settings() -> None:
    environment = os.environ | {
        "BANYAN_ENV": "production",
        "SECRET_KEY": "k7-" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!",
        "FIELD_KEYS": "p1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE=",
        "BLIND_INDEX_KEY": "a-blind-index-key-of-more-than-32-characters",
        "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "banyan.example",
        "PUBLIC_URL": "https://banyan.example",
        "TRUSTED_PROXIES": "1",
        "SANDBOX_BANK_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert settings.DEBUG is False
