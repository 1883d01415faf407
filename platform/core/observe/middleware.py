"""Measuring each request: its time and its time in the database, by route, never by address."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.observe.metrics import HTTP, SQL, STATEMENTS

UNKNOWN_ROUTE = "unknown"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Stopwatch:
    """An execute wrapper that adds up what statements take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        start = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - start
            self.statements += 1


class MeasureMiddleware:
    """Stands near the top, so that it measures what a client waits for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        start, watch = perf_counter(), Stopwatch()
        with connection.execute_wrapper(watch):
            answer = self.get_response(request)
        route = route_of(request)
        method = request.method if request.method in METHODS else "OTHER"
        HTTP.labels(method, route, str(answer.status_code)).observe(perf_counter() - start)
        SQL.labels(route).observe(watch.seconds)
        STATEMENTS.labels(route).inc(watch.statements)
        return answer


def route_of(request: HttpRequest) -> str:
    """The pattern that matched: `/v1/payments/cards/<id>`, so that ids never become label values."""
    match = getattr(request, "resolver_match", None)
    return match.route if match is not None else UNKNOWN_ROUTE
