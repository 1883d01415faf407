"""Every error the API answers with is an RFC 9457 problem: type, title, status, detail, code, trace id, field errors."""

from math import ceil
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import Error, InterfaceError, OperationalError
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback
from structlog.contextvars import get_contextvars

from core.attempts import Attempt
from core.errors import DomainError, NotFound, TooManyRequests

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
READ_ONLY = "25006"
TITLES = {
    "malformed": ("The request cannot be read.", "请求无法解析。"),
    "validation_failed": ("One or more fields are not acceptable; see errors.", "一个或多个字段不符合要求,详见 errors。"),
    "not_authenticated": (
        "Log in first: send Authorization: Bearer <access token>.",
        "请先登录:请求头需携带 Authorization: Bearer <访问令牌>。",
    ),
    "authentication_failed": ("The access token is not valid any more. Refresh it or log in again.", "访问令牌已失效,请刷新或重新登录。"),
    "forbidden": ("You may not do this.", "您无权执行此操作。"),
    "method_not_allowed": ("This address does not take this method.", "该地址不支持此请求方法。"),
    "not_acceptable": ("The answer is JSON; accept application/json.", "响应为 JSON,请接受 application/json。"),
    "unsupported_media_type": ("Send JSON with Content-Type: application/json.", "请以 Content-Type: application/json 发送 JSON。"),
    "throttled": ("Too many requests. Try again later.", "请求过于频繁,请稍后再试。"),
    "internal": (
        "Something broke on our side. Nothing was done twice; repeat with the same Idempotency-Key.",
        "服务器内部错误。请使用同一 Idempotency-Key 重试,不会重复处理。",
    ),
    "unavailable": (
        "The service is busy. Repeat with the same Idempotency-Key in a moment.",
        "服务繁忙,请稍后使用同一 Idempotency-Key 重试。",
    ),
}
CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "authentication_failed",
    exceptions.PermissionDenied: "forbidden",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
}


def words(code: str) -> str:
    english, chinese = TITLES[code]
    return chinese if (get_language() or "en").startswith("zh") else english


def problem(status: int, code: str, detail: str, *, errors: list[dict[str, str]] | None = None, **members: Any) -> dict[str, Any]:
    """The members of one problem document."""
    body: dict[str, Any] = {"type": f"urn:banyan:problem:{code}", "title": code.replace("_", " "), "status": status}
    body |= {"detail": detail, "code": code, "trace_id": str(get_contextvars().get("request_id", ""))}
    if errors is not None:
        body["errors"] = errors
    return body | {name: value for name, value in members.items() if name not in body}


def handle(problem_raised: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Anything not named here is a bug and goes on to become a 500."""
    answer = answer_for(problem_raised)
    if answer is None:
        return None
    set_rollback()
    if isinstance(problem_raised, DomainError) and problem_raised.afterwards is not None:
        with Attempt("api.afterwards", code=problem_raised.code):
            problem_raised.afterwards()
    answer.content_type = MEDIA_TYPE
    return answer


def answer_for(raised: Exception) -> Response | None:
    if isinstance(raised, Http404):
        raised = NotFound()
    if isinstance(raised, PermissionDenied):
        raised = exceptions.PermissionDenied()
    if isinstance(raised, DomainError):
        return domain_answer(raised)
    if isinstance(raised, exceptions.ValidationError):
        return Response(problem(422, "validation_failed", words("validation_failed"), errors=flatten(raised.detail)), status=422)
    if isinstance(raised, exceptions.APIException):
        code = next((code for kind, code in CODES.items() if isinstance(raised, kind)), "malformed")
        headers = {"WWW-Authenticate": "Bearer"} if raised.status_code == 401 else {}
        wait = getattr(raised, "wait", None)
        if wait:
            headers["Retry-After"] = str(ceil(wait))
        return Response(problem(raised.status_code, code, words(code)), status=raised.status_code, headers=headers)
    if isinstance(raised, (OperationalError, InterfaceError)) or sqlstate(raised) == READ_ONLY:
        return busy_answer(raised)
    return None


def sqlstate(raised: Exception) -> str | None:
    return getattr(raised.__cause__, "sqlstate", None) if isinstance(raised, Error) else None


def busy_answer(raised: Exception) -> Response:
    """The database is away, read-only (a failover), out of connections, or a lock took too long.

    Nothing was committed: a repeat is safe.
    """
    log.warning("database_busy", problem=type(raised).__name__, sqlstate=sqlstate(raised))
    return Response(problem(503, "unavailable", words("unavailable")), status=503, headers={"Retry-After": "1"})


def domain_answer(raised: DomainError) -> Response:
    language = get_language() or "en"
    detail = raised.text(language)
    errors = [{"field": raised.field, "code": raised.code, "detail": detail}] if raised.field else None
    hidden = {"reason_en", "reason_zh"}
    members = {name: value for name, value in raised.members.items() if name not in hidden}
    headers = {"Retry-After": str(raised.members["retry_after"])} if isinstance(raised, TooManyRequests) else {}
    return Response(problem(raised.status, raised.code, detail, errors=errors, **members), status=raised.status, headers=headers)


def flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list of {field, code, detail}; nested names joined by dots."""
    if isinstance(detail, dict):
        return [
            row
            for name, inner in detail.items()
            for row in flatten(inner, f"{path}.{name}".lstrip(".") if name != "non_field_errors" else path)
        ]
    if isinstance(detail, list):
        if any(isinstance(inner, (dict, list)) for inner in detail):
            return [row for place, inner in enumerate(detail) for row in flatten(inner, f"{path}.{place}".lstrip("."))]
        return [{"field": path or "body", "code": getattr(inner, "code", "invalid"), "detail": str(inner)} for inner in detail]
    return [{"field": path or "body", "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


def server_error(request: HttpRequest) -> dict[str, Any]:
    """The body of a 500: a trace id and no internals."""
    return problem(500, "internal", words("internal"))
