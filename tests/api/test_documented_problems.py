"""Answers that any operation may give are documented with each of them, and really given."""

from typing import Any

import pytest
from django.db import OperationalError

from core.api.problems import busy_answer
from tests import factories
from tests.api.operations import Operation, operations, schema

SHARED = {"406": "not_acceptable", "415": "unsupported_media_type", "503": "unavailable"}


def codes(operation: Operation, status: str) -> set[str]:
    """The codes documented for a status, through a reference where there is one."""
    answer = operation.spec["responses"].get(status, {})
    if "$ref" in answer:
        answer = schema()["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    return {code for media in answer.get("content", {}).values() for code in media["examples"]}


def gives_json(operation: Operation) -> bool:
    content = next(answer.get("content", {}) for status, answer in operation.spec["responses"].items() if status.startswith("2"))
    return not content or set(content) == {"application/json"}


def test_every_operation_says_that_it_may_be_busy() -> None:
    assert [str(one) for one in operations() if "unavailable" not in codes(one, "503")] == []
    assert busy_answer(OperationalError()).status_code == 503


def test_every_operation_that_takes_a_body_says_which_form() -> None:
    takes = {str(one) for one in operations() if one.takes_body}
    assert takes == {str(one) for one in operations() if codes(one, "415") == {"unsupported_media_type"}}


def test_only_files_are_given_whatever_is_accepted() -> None:
    files = {str(one) for one in operations() if not codes(one, "406")}
    assert files == {str(one) for one in operations() if not gives_json(one)}


def test_the_shared_answers_carry_their_example() -> None:
    shared = schema()["components"]["responses"]
    for status, code in SHARED.items():
        (media,) = shared[code]["content"].values()
        assert media["examples"][code]["value"]["status"] == int(status)
        assert media["examples"][code]["value"]["code"] == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepts", "body_type", "status"),
    [("text/html", "application/json", 406), ("*/*", "application/xml", 415)],
)
def test_an_operation_with_a_body_gives_them(accepts: str, body_type: str, status: int) -> None:
    client = factories.api(factories.customer())
    answer: Any = client.generic("POST", "/v1/payments/wallet/payees", "{}", content_type=body_type, HTTP_ACCEPT=accepts)
    assert (answer.status_code, answer.json()["code"]) == (status, SHARED[str(status)])
