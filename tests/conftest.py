"""The test session's ground: embedded services of the `test` instance, started when none are given."""

import os

import pytest

from core.embedded import Services, current_instance

STARTED: list[Services] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded services once, in the controlling process; xdist's workers find them running."""
    if hasattr(config, "workerinput") or (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        return
    services = Services(current_instance("test"), durable=False)
    if services.start():
        STARTED.append(services)


def pytest_unconfigure(config: pytest.Config) -> None:
    for services in STARTED:
        services.stop()
    STARTED.clear()
