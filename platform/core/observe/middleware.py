"""What every request passes: measured by route (never by address), logged with who sent it, answered with the pages' policy."""

from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from core.address import client_address
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


class LogMiddleware(RequestMiddleware):
    """The address in the log is the one all else goes by."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))


class PolicyMiddleware(CSPMiddleware):
    """Nearly all answers carry the policy of the settings as it is, which is put together once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, usual_policy())
        return response


@cache
def usual_policy() -> str:
    return build_policy()
