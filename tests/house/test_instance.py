"""The services the tests start are those the settings connect to, and never a developer's."""

import os

import pytest
from django.conf import settings

from core.embedded import current_instance
from tests.conftest import chosen_instance


def test_the_instance_of_the_shell_is_the_one_that_starts() -> None:
    assert chosen_instance({}) == "test"
    assert chosen_instance({"BANYAN_INSTANCE": "test_of_mine"}) == "test_of_mine"


def test_the_settings_connect_to_the_instance_that_starts() -> None:
    started = current_instance(chosen_instance(os.environ)).database_url()
    assert os.environ.get("DATABASE_URL", started) == settings.DATABASE_URL


def test_an_instance_that_is_no_tests_is_refused_by_name() -> None:
    with pytest.raises(pytest.UsageError, match="BANYAN_INSTANCE=dev: tests empty their database"):
        chosen_instance({"BANYAN_INSTANCE": "dev"})
