"""Problem details: every refusal has one form, in the caller's language, and no internals."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, OperationalError, connection
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from core.api.problems import MEDIA_TYPE, answer_for, flatten, handle
from core.errors import Forbidden, Invalid, NotFound, TooManyRequests


def error(text: str, code: str = "invalid") -> ErrorDetail:
    return ErrorDetail(text, code=code)


def body(raised: Exception) -> dict[str, Any]:
    answer = answer_for(raised)
    assert answer is not None
    return dict(answer.data)


def test_a_refusal_becomes_a_problem_with_its_code_and_members() -> None:
    answer = handle(TooManyRequests(retry_after=30), {})
    assert answer is not None
    assert (answer.status_code, answer.content_type, answer.headers["Retry-After"]) == (429, MEDIA_TYPE, "30")
    assert answer.data == {
        "type": "urn:banyan:problem:too_many_requests",
        "title": "too many requests",
        "status": 429,
        "detail": "Too many tries. Try again in 30 seconds.",
        "code": "too_many_requests",
        "trace_id": "",
        "retry_after": 30,
    }


def test_a_refusal_that_names_a_field_lists_it_and_hides_its_raw_words() -> None:
    problem = body(Invalid("amount_fen", "Send at least 1 fen.", "金额至少为 1 分。"))
    assert problem["errors"] == [{"field": "amount_fen", "code": "invalid", "detail": "Send at least 1 fen."}]
    assert {"reason_en", "reason_zh"} & set(problem) == set()


@pytest.mark.parametrize(("language", "detail"), [("zh-hans", "您无权执行此操作。"), ("en", "You may not do this.")])
def test_a_problem_speaks_the_callers_language(language: str, detail: str) -> None:
    with translation.override(language):
        assert body(Forbidden())["detail"] == detail
        assert body(exceptions.PermissionDenied())["detail"] == detail


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (Http404("Customer 7"), 404, "not_found"),
        (NotFound(), 404, "not_found"),
        (PermissionDenied("secret"), 403, "forbidden"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed("which token"), 401, "authentication_failed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.ParseError("at byte 7"), 400, "malformed"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=3.2), 429, "throttled"),
        (OperationalError("connection to 10.0.0.7 failed"), 503, "unavailable"),
    ],
)
def test_what_frameworks_raise_becomes_a_stable_code_without_their_words(raised: Exception, status: int, code: str) -> None:
    problem = body(raised)
    assert (problem["status"], problem["code"]) == (status, code)
    assert not any(word in str(problem) for word in ("Customer 7", "secret", "which token", "byte 7", "10.0.0.7"))


def test_waits_are_told_in_whole_seconds_upwards() -> None:
    answer = answer_for(exceptions.Throttled(wait=3.2))
    assert answer is not None
    assert answer.headers["Retry-After"] == "4"


def test_a_bug_is_not_dressed_up_as_a_problem() -> None:
    assert handle(KeyError("x"), {}) is None


@pytest.mark.parametrize(
    ("detail", "rows"),
    [
        ({"amount": [error("too small", "min_value")]}, [("amount", "min_value", "too small")]),
        ({"card": {"bin": [error("unknown")]}}, [("card.bin", "invalid", "unknown")]),
        ({"legs": [{}, {"amount": [error("zero")]}]}, [("legs.1.amount", "invalid", "zero")]),
        (
            {"tags": {0: [error("blank", "blank")], 2: [error("long", "max_length")]}},
            [("tags.0", "blank", "blank"), ("tags.2", "max_length", "long")],
        ),
        ({"non_field_errors": [error("do not fit")]}, [("body", "invalid", "do not fit")]),
        ({"card": {"non_field_errors": [error("expired")]}}, [("card", "invalid", "expired")]),
        ([error("a"), error("b")], [("body", "invalid", "a"), ("body", "invalid", "b")]),
        (error("alone", "odd"), [("body", "odd", "alone")]),
        ({"name": [error("blank", "blank"), error("long", "max_length")]}, [("name", "blank", "blank"), ("name", "max_length", "long")]),
    ],
)
def test_nested_field_errors_become_a_flat_list_with_dotted_names(detail: Any, rows: list[tuple[str, str, str]]) -> None:
    assert [(row["field"], row["code"], row["detail"]) for row in flatten(detail)] == rows


def test_a_validation_error_is_422_with_its_fields() -> None:
    problem = body(exceptions.ValidationError({"amount": [error("too small", "min_value")]}))
    assert (problem["status"], problem["code"]) == (422, "validation_failed")
    assert problem["errors"] == [{"field": "amount", "code": "min_value", "detail": "too small"}]


@pytest.mark.django_db
def test_a_database_that_takes_no_writes_is_503_and_any_other_internal_error_a_bug() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(InternalError) as refused:
            cursor.execute("UPDATE core_workitem SET kind = kind")
    answer = answer_for(refused.value)
    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer_for(InternalError("current transaction is aborted")) is None
