"""One stack of real processes for all tests of this folder."""

import os
import shutil
from collections.abc import Iterator

import pytest

from core.embedded import current_instance
from tests.crash.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    folder = current_instance("test").root / f"crash-{os.getpid()}"
    folder.mkdir(parents=True)
    with Stack(folder) as running:
        yield running
    shutil.rmtree(folder)
