"""Errors outside the API's own handler: the same problem document, or a plain page in the desk; a trace id and no internals."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from structlog.contextvars import get_contextvars

from core.api import problems
from core.errors import Forbidden, NotFound

WORDS = {
    400: ("malformed", problems.TITLES["malformed"]),
    403: ("forbidden", (Forbidden.en, Forbidden.zh)),
    404: ("not_found", (NotFound.en, NotFound.zh)),
    500: ("internal", problems.TITLES["internal"]),
}


def answer(request: HttpRequest, status: int) -> HttpResponse:
    code, (english, chinese) = WORDS[status]
    detail = chinese if (get_language() or "en").startswith("zh") else english
    if request.path.startswith("/admin/") and "text/html" in request.headers.get("Accept", ""):
        facts = {"status": status, "detail": detail, "trace_id": get_contextvars().get("request_id", "")}
        return render(request, "desk/error.html", facts, status=status)
    return JsonResponse(problems.problem(status, code, detail), status=status, content_type=problems.MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500)
