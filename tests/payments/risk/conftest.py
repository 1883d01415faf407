"""A room that asks, and no rules but a test's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from payments.risk.sockets import REVIEWED
from tests.payments.risk.world import OTHER, SCENE, Listener, no_rules


@pytest.fixture
def room(request: pytest.FixtureRequest) -> Iterator[Listener]:
    """Two scenes of one room; the database has no rules."""
    marker: Any = request.node.get_closest_marker("django_db")
    request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
    no_rules()
    listener = Listener()
    for scene in (SCENE, OTHER):
        REVIEWED.plug(scene, listener)
    yield listener
    for scene in (SCENE, OTHER):
        REVIEWED.unplug(scene)
