"""Which form an answer has: there is one, and a caller who accepts no JSON is told so."""

import pytest
from django.test import Client

PATH = "/v1/accounts/limits"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "query", "status"),
    [
        (None, "", 401),
        ("application/json", "", 401),
        ("*/*", "", 401),
        ("application/problem+json, application/json;q=0.9", "", 401),
        ("text/html", "", 406),
        ("application/json", "?format=json", 401),
        ("application/json", "?format=xml", 404),
    ],
)
def test_json_is_answered_to_who_takes_it(accepted: str | None, query: str, status: int) -> None:
    answer = Client().get(PATH + query, headers={"accept": accepted} if accepted else None)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
