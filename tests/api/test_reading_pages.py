"""Swagger and Redoc: the pages that show the schema to people work without the outside world."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

PAGES = ["/v1/docs", "/v1/redoc"]
ADDRESS = re.compile(r"""(?:src|href)="([^"]*)""")
SCRIPT = re.compile(r"""<script src="([^"]+)">""")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_outside_address_and_its_files_are_ours(page: str) -> None:
    answer = Client().get(page)
    text = answer.content.decode()
    named = ADDRESS.findall(text)
    assert answer.status_code == 200
    assert [address for address in named if not address.startswith("/")] == []
    assert "//" not in re.sub(r"//\s", "", text)
    files = SCRIPT.findall(text)
    assert files
    assert [file for file in files if finders.find(file.removeprefix("/static/")) is None] == []
    assert "/v1/schema" in text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_may_ask_this_host_alone(page: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in Client().get(page).headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "http" not in "".join(policy.values())
    assert policy.get("worker-src") == ("'self' blob:" if page == "/v1/redoc" else None)


def test_swagger_shows_the_schema_to_no_validator() -> None:
    assert '"validatorUrl": null' in Client().get("/v1/docs").content.decode()
